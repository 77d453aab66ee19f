// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QWidget>

#include "engine/core/result.h"

class QSplitter;

namespace synann::ui {

// One page of the window. A hidden page does no work; it catches up when it is shown.
class Page : public QWidget {
  Q_OBJECT

 public:
  using QWidget::QWidget;

  // The parts that a person can move; their state is remembered under their object names.
  virtual QList<QSplitter*> splitters() const { return {}; }
  // Whether the time line belongs to it.
  virtual bool usesTimeLine() const { return false; }
  // The figure that Export saves: whether there is one, a file name for it without extension, and the saving,
  // as what the extension says.
  virtual bool canExport() const { return false; }
  virtual QString figureName() const { return {}; }
  virtual Status exportFigure(const QString& /*path*/) { return {}; }

 signals:
  void exportableChanged();
};

}  // namespace synann::ui
