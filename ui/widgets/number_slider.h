// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDoubleSpinBox>
#include <QObject>
#include <QSlider>

namespace synann::ui {

// A box for exact numbers: shows as many digits as there are, up to nine.
class ExactBox : public QDoubleSpinBox {
  Q_OBJECT

 public:
  explicit ExactBox(QWidget* parent = nullptr);
  QString textFromValue(double value) const override;
};

// A slider for quick changes and a box for exact ones, both of one number. The box may go beyond the slider.
class NumberSlider : public QObject {
  Q_OBJECT

 public:
  struct Bounds {
    double slider_from = 0, slider_to = 1;
    double from = 0, to = 1;  // of the box
  };
  // Both widgets belong to `parent`; their names are `name` and `name`-slider.
  NumberSlider(const QString& name, const QString& label, const QString& help, const Bounds& bounds,
               QWidget* parent);

  // The value stays, cut to the box's range; tells nobody.
  void setBounds(const Bounds& bounds);
  double value() const { return value_; }
  void setValue(double value);  // tells nobody

  QSlider* slider() const { return slider_; }
  ExactBox* box() const { return box_; }

 signals:
  void moved(double value);  // by a person

 private:
  void take(double value);

  Bounds bounds_;
  QSlider* slider_;
  ExactBox* box_;
  double value_ = 0;
};

}  // namespace synann::ui
