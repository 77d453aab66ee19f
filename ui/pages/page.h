// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

class QSplitter;

namespace synann::ui {

// One page of the window. A hidden page does no work; it catches up when it is shown.
class Page : public QWidget {
  Q_OBJECT

 public:
  using QWidget::QWidget;

  // The parts that a person can move; their state is remembered under their object names.
  virtual QList<QSplitter*> splitters() const { return {}; }
};

}  // namespace synann::ui
