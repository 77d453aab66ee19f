// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QSortFilterProxyModel>

#include "ui/pages/runs/run_query.h"

namespace synann::ui {

class RunTableModel;

// The runs for which all terms of a search hold (run_query.h), without those that are archived, sorted:
// numbers as numbers, those that are missing last.
class RunFilterModel : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  explicit RunFilterModel(RunTableModel* runs);

  void setSearch(const QString& search);
  void setArchived(bool shown);  // whether archived runs are listed too

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  RunTableModel* runs_;
  std::vector<RunTerm> terms_;
  bool archived_ = false;
};

}  // namespace synann::ui
