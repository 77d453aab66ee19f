// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_differences_model.h"

#include "ui/pages/runs/run_words.h"

namespace synann::ui {

void RunDifferencesModel::setRuns(std::vector<runs::RunSummary> runs) {
  beginResetModel();
  runs_ = std::move(runs);
  std::erase_if(runs_, [](const runs::RunSummary& run) { return !run.problem.empty(); });
  keys_ = runs::differing_settings(runs_);
  endResetModel();
}

int RunDifferencesModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(keys_.size());
}

int RunDifferencesModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() || keys_.empty() ? 0 : static_cast<int>(runs_.size());
}

QVariant RunDifferencesModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) return {};
  const train::Settings& settings = runs_[static_cast<std::size_t>(index.column())].settings;
  const std::string& key = keys_[static_cast<std::size_t>(index.row())];
  if (!train::setting_matters(settings, key)) return QStringLiteral("–");
  return runSettingValue(settings, key);
}

QVariant RunDifferencesModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
  const auto at = static_cast<std::size_t>(section);
  return orientation == Qt::Vertical ? runSettingName(keys_[at]) : QString::fromStdString(runs_[at].name);
}

}  // namespace synann::ui
