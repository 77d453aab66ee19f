// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QAbstractTableModel>

#include "engine/runs/catalogue.h"

namespace synann::ui {

// The settings in which some runs differ as rows, or all that matter in one of them, the runs as columns.
class RunDifferencesModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  using QAbstractTableModel::QAbstractTableModel;

  void setRuns(std::vector<runs::RunSummary> runs);
  void setDifferencesOnly(bool only);
  bool differencesOnly() const { return only_; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  QVariant fontOf(const std::string& key) const;

  std::vector<runs::RunSummary> runs_;
  std::vector<std::string> keys_;  // of the rows
  std::vector<std::string> differing_;
  bool only_ = true;
};

}  // namespace synann::ui
