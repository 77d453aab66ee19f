// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/calm_combo_box.h"

namespace synann::ui {

// A list whose last entry opens a dialog: walking over it with the keyboard or the wheel does not; Enter or
// Space on it does, and so does a click.
class DataChoice : public CalmComboBox {
  Q_OBJECT

 public:
  explicit DataChoice(QWidget* parent = nullptr);

 signals:
  void entryChosen(int index);  // by the person
  void left();                  // the focus went away

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  bool onLast() const { return currentIndex() == count() - 1; }
  bool walking_ = false;
};

}  // namespace synann::ui
