// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDoubleSpinBox>
#include <QEvent>
#include <QLocale>

namespace synann::ui {

// A spin box without idle zeros, which the mouse wheel leaves alone until it is clicked: scrolling by must
// not change a run.
class CalmSpinBox : public QDoubleSpinBox {
 public:
  using QDoubleSpinBox::QDoubleSpinBox;

  // As a person writes it: 0.012, not 0.012000.
  QString textFromValue(double value) const override {
    QString text = QLocale::c().toString(value, 'f', decimals());
    while (text.contains('.') && (text.endsWith('0') || text.endsWith('.'))) text.chop(1);
    return text;
  }

 protected:
  bool event(QEvent* event) override {
    if (event->type() == QEvent::Wheel && !hasFocus()) {
      event->ignore();
      return true;
    }
    return QDoubleSpinBox::event(event);
  }
};

}  // namespace synann::ui
