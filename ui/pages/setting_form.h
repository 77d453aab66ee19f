// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <QWidget>

#include "engine/train/settings.h"

class QFormLayout;
class QLabel;

namespace synann::ui {

class CalmSpinBox;

// The hyper-parameters as a form, made from train::setting_infos() and choice_infos(): label, value with
// unit, range and step, and a tooltip that says what it does and whether it may change while a run is open.
// What the original does not have is folded away behind "More settings".
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
  // What the record of β may take, in MiB, and what it takes.
  int recordMib() const;
  void setRecordMib(int mib);
  void showRecordUse(std::uint64_t bytes);
  // One sentence on what Train would do with these settings; empty hides it.
  void setHint(const QString& words);

 public slots:
  // Another model brings the settings it is recommended with; data, and what the person typed, stay.
  void setModel(const QString& model);
  // The recommended settings of the model (for SynaCNN: the original's), as far as they can be edited now.
  void reset();
  void showMore(bool more);

 signals:
  // A setting was edited; value is the index of the option where it is a choice.
  void edited(const std::string& key, double value);
  void recordChosen(int mib);

 private:
  struct Row {
    std::string key;
    bool live, advanced, choice;
    QLabel* label;
    QWidget* editor;
  };
  void addRow(QFormLayout* form, Row row, std::string_view label);
  void addRecordRow(QFormLayout* form);
  QWidget* makeBox(const train::SettingInfo& info);
  QWidget* makeSwitch(const train::SettingInfo& info);
  QWidget* makeChoice(const train::ChoiceInfo& info);
  void setEditor(const Row& row, const train::Settings& settings);

  train::Settings settings_;
  std::vector<Row> rows_;
  CalmSpinBox* record_ = nullptr;
  QLabel* record_label_ = nullptr;
  QLabel* record_words_ = nullptr;
  QLabel* hint_ = nullptr;
};

}  // namespace synann::ui
