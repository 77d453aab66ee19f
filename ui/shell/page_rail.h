// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

class QAction;

namespace synann::ui {

// The column of pages on the left: one button for each page's action.
class PageRail : public QWidget {
  Q_OBJECT

 public:
  explicit PageRail(const QList<QAction*>& pages, QAction* help, QWidget* parent = nullptr);
};

}  // namespace synann::ui
