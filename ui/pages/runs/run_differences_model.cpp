// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_differences_model.h"

#include <algorithm>
#include <utility>

#include <QFont>

#include "ui/pages/runs/run_words.h"

namespace synann::ui {
namespace {

// All settings that have an effect in one of the runs.
std::vector<std::string> mattering(const std::vector<runs::RunSummary>& runs) {
  std::vector<std::string> keys;
  const auto add = [&](const std::string& key) {
    if (std::ranges::any_of(runs, [&](const auto& run) { return train::setting_matters(run.settings, key); }))
      keys.push_back(key);
  };
  add("model");
  add("data");
  for (const train::SettingInfo& info : train::setting_infos()) add(std::string(info.key));
  for (const train::ChoiceInfo& info : train::choice_infos()) add(std::string(info.key));
  return keys;
}

}  // namespace

void RunDifferencesModel::setRuns(std::vector<runs::RunSummary> runs) {
  beginResetModel();
  runs_ = std::move(runs);
  std::erase_if(runs_, [](const runs::RunSummary& run) { return !run.problem.empty(); });
  differing_ = runs::differing_settings(runs_);
  keys_ = only_ ? differing_ : mattering(runs_);
  endResetModel();
}

void RunDifferencesModel::setDifferencesOnly(bool only) {
  if (only == only_) return;
  only_ = only;
  setRuns(std::move(runs_));
}

int RunDifferencesModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(keys_.size());
}

int RunDifferencesModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() || keys_.empty() ? 0 : static_cast<int>(runs_.size());
}

QVariant RunDifferencesModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  if (role == Qt::FontRole) return fontOf(keys_[static_cast<std::size_t>(index.row())]);
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
  const train::Settings& settings = runs_[static_cast<std::size_t>(index.column())].settings;
  const std::string& key = keys_[static_cast<std::size_t>(index.row())];
  if (!train::setting_matters(settings, key)) return QStringLiteral("–");
  return runSettingValue(settings, key);
}

// What differs stands out among what does not.
QVariant RunDifferencesModel::fontOf(const std::string& key) const {
  if (only_ || std::ranges::find(differing_, key) == differing_.end()) return {};
  QFont font;
  font.setBold(true);
  return font;
}

QVariant RunDifferencesModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
  const auto at = static_cast<std::size_t>(section);
  return orientation == Qt::Vertical ? runSettingName(keys_[at]) : QString::fromStdString(runs_[at].name);
}

}  // namespace synann::ui
