// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/number_slider.h"

#include <algorithm>
#include <cmath>

#include <QLocale>
#include <QSignalBlocker>

namespace synann::ui {
namespace {
constexpr int kSteps = 200;  // of the slider
constexpr int kDecimals = 12, kDigits = 9;
constexpr double kBoxStep = 0.01;
}  // namespace

ExactBox::ExactBox(QWidget* parent) : QDoubleSpinBox(parent) {
  setLocale(QLocale::c());
  setDecimals(kDecimals);
  setSingleStep(kBoxStep);
  setKeyboardTracking(false);  // a number that is half typed is none
}

QString ExactBox::textFromValue(double value) const {
  return QString::number(value, 'g', kDigits);
}

NumberSlider::NumberSlider(const QString& name, const QString& label, const QString& help,
                           const Bounds& bounds, QWidget* parent)
    : QObject(parent),
      bounds_(bounds),
      slider_(new QSlider(Qt::Horizontal, parent)),
      box_(new ExactBox(parent)) {
  box_->setObjectName(name);
  box_->setRange(bounds.from, bounds.to);
  slider_->setObjectName(name + "-slider");
  slider_->setRange(0, kSteps);
  slider_->setPageStep(kSteps / 10);
  for (QWidget* widget : {static_cast<QWidget*>(box_), static_cast<QWidget*>(slider_)}) {
    widget->setAccessibleName(label);
    widget->setToolTip(help);
  }
  connect(slider_, &QSlider::valueChanged, this, [this](int step) {
    const double width = bounds_.slider_to - bounds_.slider_from;
    // Rounded to what the steps mean, so that no digits appear that nobody chose.
    take(std::round((bounds_.slider_from + width * step / kSteps) * 1e6) / 1e6);
  });
  connect(box_, &QDoubleSpinBox::valueChanged, this, &NumberSlider::take);
}

void NumberSlider::setBounds(const Bounds& bounds) {
  bounds_ = bounds;
  const QSignalBlocker quiet(box_);
  box_->setRange(bounds.from, bounds.to);
  setValue(std::clamp(value_, bounds.from, bounds.to));
}

void NumberSlider::setValue(double value) {
  value_ = value;
  const QSignalBlocker quiet_slider(slider_), quiet_box(box_);
  const double place = (value - bounds_.slider_from) / (bounds_.slider_to - bounds_.slider_from);
  slider_->setValue(static_cast<int>(std::lround(std::clamp(place, 0.0, 1.0) * kSteps)));
  box_->setValue(value);
}

void NumberSlider::take(double value) {
  if (value == value_) return;
  setValue(value);
  emit moved(value);
}

}  // namespace synann::ui
