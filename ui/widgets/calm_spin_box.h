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
  explicit CalmSpinBox(QWidget* parent = nullptr) : QDoubleSpinBox(parent) {
    connect(this, &QDoubleSpinBox::valueChanged, this, [this] { nameUnit(); });
  }

  // Behind the number, in the plural; one is "1 epoch". A symbol stays as it is.
  void setUnit(const QString& unit) {
    unit_ = unit;
    nameUnit();
  }
  // As setValue(); names the unit also where signals are blocked.
  void showValue(double value) {
    setValue(value);
    nameUnit();
  }

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

 private:
  void nameUnit() {
    if (unit_.isEmpty()) return;
    const QString words = ' ' + (value() == 1 && unit_.endsWith('s') ? unit_.chopped(1) : unit_);
    if (words != suffix()) setSuffix(words);
  }

  QString unit_;
};

}  // namespace synann::ui
