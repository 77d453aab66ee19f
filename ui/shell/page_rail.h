// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

class QAction;
class QToolButton;

namespace synann::ui {

// The column of pages on the left: one button for each page's action, of words alone where the window is too
// low for their icons.
class PageRail : public QWidget {
  Q_OBJECT

 public:
  explicit PageRail(const QList<QAction*>& pages, QAction* help, QWidget* parent = nullptr);

  QSize minimumSizeHint() const override;

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void setLow(bool low);

  QList<QToolButton*> buttons_;
  int full_ = 0, least_ = 0;  // heights with icons and without, pixels
  bool low_ = false;
};

}  // namespace synann::ui
