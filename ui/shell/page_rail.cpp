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
  }
  column->addStretch(1);
  auto* const question = new ActionButton(help, Qt::ToolButtonIconOnly, this);
  question->setIconSize(QSize(20, 20));
  column->addWidget(question, 0, Qt::AlignHCenter);
}

}  // namespace synann::ui
