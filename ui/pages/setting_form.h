// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QWidget>

#include "engine/train/settings.h"

class QDoubleSpinBox;

namespace synann::ui {

// The hyper-parameters as a form, made from train::setting_infos(): label, value with unit, range and step,
// and a tooltip that says what it does and whether it may change while a run is open.
class SettingForm : public QWidget {
  Q_OBJECT

 public:
  explicit SettingForm(QWidget* parent = nullptr);

  const train::Settings& settings() const { return settings_; }
  void setSettings(const train::Settings& settings);  // emits nothing
  // Another data set: a number of epochs that was the old one's default becomes the new one's.
  void setData(const std::string& spec);
  // While a run is open only live settings can be edited.
  void setLocked(bool locked);

 public slots:
  void setModel(const QString& model) { settings_.model = model.toStdString(); }
  void resetToOriginal();

 signals:
  void edited(const std::string& key, double value);

 private:
  struct Row {
    train::SettingInfo info;
    QDoubleSpinBox* box;
  };
  QDoubleSpinBox* makeBox(const train::SettingInfo& info);
  void onValue(const train::SettingInfo& info, double value);
  double fallback(const train::SettingInfo& info) const;

  train::Settings settings_;
  std::vector<Row> rows_;
  bool locked_ = false;
};

}  // namespace synann::ui
