// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QKeyEvent>

#include "ui/widgets/ring_button.h"

namespace synann::ui {

// A button for one action of the registry: takes text, icon, help and state from it, and obeys Enter as well
// as Space.
class ActionButton : public RingButton {
 public:
  ActionButton(QAction* action, Qt::ToolButtonStyle style, QWidget* parent = nullptr) : RingButton(parent) {
    setDefaultAction(action);
    setToolButtonStyle(style);
    setAutoRaise(style != Qt::ToolButtonTextOnly);  // a word without a frame looks like a label
    const auto name = [this, action] { setAccessibleName(action->text().remove('&')); };
    name();
    connect(action, &QAction::changed, this, name);
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
