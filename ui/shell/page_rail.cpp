// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/page_rail.h"

#include <QAction>
#include <QSize>
#include <QVBoxLayout>

#include "ui/widgets/action_button.h"

namespace synann::ui {

PageRail::PageRail(const QList<QAction*>& pages, QAction* help, QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(4, 4, 0, 4);
  column->setSpacing(4);
  for (QAction* page : pages) {
    auto* button = new ActionButton(page, Qt::ToolButtonTextUnderIcon, this);
    button->setIconSize(QSize(24, 24));
    button->setMinimumWidth(64);
    column->addWidget(button);
    buttons_.append(button);
  }
  column->addStretch(1);
  auto* const question = new ActionButton(help, Qt::ToolButtonIconOnly, this);
  question->setIconSize(QSize(20, 20));
  column->addWidget(question, 0, Qt::AlignHCenter);
  full_ = column->minimumSize().height();
  setLow(true);
  least_ = column->minimumSize().height();
  setLow(false);
}

void PageRail::setLow(bool low) {
  low_ = low;
  for (QToolButton* button : buttons_)
    button->setToolButtonStyle(low ? Qt::ToolButtonTextOnly : Qt::ToolButtonTextUnderIcon);
  layout()->invalidate();
}

QSize PageRail::minimumSizeHint() const {
  return {QWidget::minimumSizeHint().width(), least_};
}

void PageRail::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  if (const bool low = height() < full_; low != low_) setLow(low);
}

}  // namespace synann::ui
