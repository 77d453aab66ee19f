// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/data_choice.h"

#include <QKeyEvent>

namespace synann::ui {

DataChoice::DataChoice(QWidget* parent) : CalmComboBox(parent) {
  connect(this, &QComboBox::activated, this, [this](int index) {
    if (!walking_ || !onLast()) emit entryChosen(index);
  });
}

void DataChoice::keyPressEvent(QKeyEvent* event) {
  const int key = event->key();
  if (onLast() && (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space)) {
    emit entryChosen(currentIndex());
    return;
  }
  walking_ = true;
  QComboBox::keyPressEvent(event);
  walking_ = false;
}

void DataChoice::wheelEvent(QWheelEvent* event) {
  walking_ = true;
  CalmComboBox::wheelEvent(event);
  walking_ = false;
}

void DataChoice::focusOutEvent(QFocusEvent* event) {
  QComboBox::focusOutEvent(event);
  if (event->reason() != Qt::PopupFocusReason) emit left();
}

}  // namespace synann::ui
