// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QAbstractTableModel>

#include "engine/runs/catalogue.h"

namespace synann::ui {

// The settings in which some runs differ as rows, the runs as columns.
class RunDifferencesModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  using QAbstractTableModel::QAbstractTableModel;

  void setRuns(std::vector<runs::RunSummary> runs);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  std::vector<runs::RunSummary> runs_;
  std::vector<std::string> keys_;
};

}  // namespace synann::ui
