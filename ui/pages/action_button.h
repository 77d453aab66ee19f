// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QKeyEvent>
#include <QToolButton>

namespace synann::ui {

// A button for one action of the registry: takes text, icon, help and state from it, and obeys Enter as well
// as Space.
class ActionButton : public QToolButton {
 public:
  ActionButton(QAction* action, Qt::ToolButtonStyle style, QWidget* parent = nullptr) : QToolButton(parent) {
    setDefaultAction(action);
    setToolButtonStyle(style);
    setFocusPolicy(Qt::StrongFocus);
    setAutoRaise(true);
    setAccessibleName(action->text().remove('&'));
    setObjectName("button." + action->objectName());
  }

 protected:
  void keyPressEvent(QKeyEvent* event) override {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
      click();
    } else {
      QToolButton::keyPressEvent(event);
    }
  }
};

}  // namespace synann::ui
