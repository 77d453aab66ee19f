// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QWheelEvent>

#include "ui/widgets/choice_accessible.h"

namespace synann::ui {

// A list that the mouse wheel leaves alone until it is clicked: scrolling by must not change a run.
class CalmComboBox : public QComboBox {
 public:
  explicit CalmComboBox(QWidget* parent = nullptr) : QComboBox(parent) {
    installChoiceAccessibility();
    setFocusPolicy(Qt::StrongFocus);  // not by the wheel
  }

 protected:
  void wheelEvent(QWheelEvent* event) override {
    if (hasFocus()) {
      QComboBox::wheelEvent(event);
    } else {
      event->ignore();
    }
  }
};

}  // namespace synann::ui
