// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <QWidget>

#include "ui/session/run_plan.h"

class QFormLayout;
class QLabel;
class QToolButton;

namespace synann::ui {

class AugmentPreview;
class CalmSpinBox;

// The settings of the plan as a form, made from train::setting_infos() and choice_infos() under short
// headings: label, value with unit, range and step, and a tooltip that says what it does and whether it may
// change while a run is open. What has no effect now is hidden, what the original does not have is folded
// away behind "More settings", and what differs from the run at hand is bold.
class SettingForm : public QWidget {
  Q_OBJECT

 public:
  // The plan must outlive it.
  // What the settings are for: of a fork, those that cannot differ from its parent's cannot be edited and say
  // why, and what is not the run's own (the record's budget, recommended values) is not there.
  enum class Use { NextRun, Fork };
  explicit SettingForm(RunPlan& plan, QWidget* parent = nullptr, Use use = Use::NextRun);

  // While a run is open only live settings can be edited.
  void setLocked(bool locked);
  // What the record of β may take, in MiB, and what it takes.
  int recordMib() const;
  void setRecordMib(int mib);
  void showRecordUse(std::uint64_t bytes);

 public slots:
  void showMore(bool more);

 signals:
  void recordChosen(int mib);

 private:
  struct Row {
    std::string key;  // of the record's rows: empty
    std::string group;
    QLabel* label;
    QWidget* editor;
    QString help;  // the editor's tooltip, as long as nothing is to be added
  };
  void makeForFork();
  void addGroup(std::string_view group);
  void addRow(Row row, std::string_view label);
  void addMore();
  void addRecordRows();
  QWidget* makeBox(const train::SettingInfo& info);
  QWidget* makeSwitch(const train::SettingInfo& info);
  QWidget* makeChoice(const train::ChoiceInfo& info);
  QWidget* makeText(const train::ChoiceInfo& info);
  void fill();
  void fillEditor(const Row& row);
  void showDifference(const Row& row);
  void showRows();

  RunPlan& plan_;
  Use use_;
  QFormLayout* form_;
  std::vector<Row> rows_;
  std::vector<std::pair<std::string, QLabel*>> headings_;
  QToolButton* more_ = nullptr;
  AugmentPreview* preview_ = nullptr;
  CalmSpinBox* record_ = nullptr;
  QLabel* record_words_ = nullptr;
  QLabel* hint_ = nullptr;
};

}  // namespace synann::ui
