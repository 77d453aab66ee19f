// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/field_controls.h"

#include <QCheckBox>
#include <QComboBox>
#include <QSignalBlocker>
#include <QSpinBox>

#include "ui/pages/page_controls.h"
#include "ui/widgets/number_slider.h"

namespace synann::ui {
namespace {

constexpr int kWordsWide = 9;  // characters of a list

QSpinBox* makeWholeBox(const FieldInfo& info, QWidget* parent) {
  auto* box = new QSpinBox(parent);
  box->setRange(static_cast<int>(info.least), static_cast<int>(info.most));
  box->setPrefix(info.prefix);
  box->setSuffix(info.suffix);
  return box;
}

ExactBox* makeNumberBox(const FieldInfo& info, QWidget* parent) {
  auto* box = new ExactBox(parent);
  if (info.decimals >= 0) box->setDecimals(info.decimals);
  box->setRange(info.factor * info.least, info.factor * info.most);
  box->setSingleStep(info.factor * info.step);
  box->setSuffix(info.suffix);
  return box;
}

QComboBox* makeWordList(const FieldInfo& info, QWidget* parent) {
  QStringList words;
  for (const FieldWord& word : info.words) words.append(word.text);
  return makeChoice(words, parent, kWordsWide);
}

QWidget* makeWidget(const FieldInfo& info, QWidget* parent) {
  switch (info.kind) {
    case FieldKind::Whole:
      return makeWholeBox(info, parent);
    case FieldKind::Number:
      return makeNumberBox(info, parent);
    case FieldKind::Switch:
      return new QCheckBox(info.label, parent);
    case FieldKind::Word:
      return makeWordList(info, parent);
  }
  return nullptr;
}

}  // namespace

FieldControls::FieldControls(const QString& page, QWidget* parent)
    : QObject(parent), page_(page), parent_(parent) {}

void FieldControls::add(const FieldInfo& info) {
  const QString name = page_ + '.' + QString::fromStdString(info.id).replace('_', '-');
  Control& control = controls_[info.id];
  control.info = info;
  if (info.slider) {
    const auto [from, to] = *info.slider;
    control.slider =
        new NumberSlider(name, info.label, info.help, {from, to, info.least, info.most}, parent_);
    control.widget = control.slider->box();
  } else {
    control.widget = named(makeWidget(info, parent_), name, info.label, info.help);
  }
  connectWidget(control);
  setValue(info.id, info.fallback);
}

void FieldControls::connectWidget(const Control& control) {
  const auto tell = [this, id = QString::fromStdString(control.info.id)] { emit changed(id); };
  if (control.slider) {
    connect(control.slider, &NumberSlider::moved, this, tell);
  } else if (auto* whole = qobject_cast<QSpinBox*>(control.widget)) {
    connect(whole, &QSpinBox::valueChanged, this, tell);
  } else if (auto* number = qobject_cast<QDoubleSpinBox*>(control.widget)) {
    connect(number, &QDoubleSpinBox::valueChanged, this, tell);
  } else if (auto* words = qobject_cast<QComboBox*>(control.widget)) {
    connect(words, &QComboBox::currentIndexChanged, this, tell);
  } else if (auto* box = qobject_cast<QCheckBox*>(control.widget)) {
    connect(box, &QCheckBox::toggled, this, tell);
  }
}

QWidget* FieldControls::widget(const char* id) const {
  return controls_.at(id).widget;
}

QWidget* FieldControls::slider(const char* id) const {
  return controls_.at(id).slider->slider();
}

double FieldControls::value(const std::string& id) const {
  const Control& control = controls_.at(id);
  if (control.slider) return control.slider->value();
  if (const auto* whole = qobject_cast<const QSpinBox*>(control.widget)) return whole->value();
  if (const auto* number = qobject_cast<const QDoubleSpinBox*>(control.widget))
    return number->value() / control.info.factor;
  if (const auto* words = qobject_cast<const QComboBox*>(control.widget)) return words->currentIndex();
  return qobject_cast<const QCheckBox*>(control.widget)->isChecked() ? 1 : 0;
}

void FieldControls::setValue(const std::string& id, double value) {
  const Control& control = controls_.at(id);
  if (control.slider) return control.slider->setValue(value);
  const QSignalBlocker quiet(control.widget);
  if (auto* whole = qobject_cast<QSpinBox*>(control.widget)) {
    // The data may not be open yet: what is chosen is shown all the same.
    whole->setMaximum(std::max(whole->maximum(), static_cast<int>(value)));
    whole->setValue(static_cast<int>(value));
  } else if (auto* number = qobject_cast<QDoubleSpinBox*>(control.widget)) {
    number->setValue(value * control.info.factor);
  } else if (auto* words = qobject_cast<QComboBox*>(control.widget)) {
    words->setCurrentIndex(static_cast<int>(value));
  } else {
    qobject_cast<QCheckBox*>(control.widget)->setChecked(value != 0);
  }
}

}  // namespace synann::ui
