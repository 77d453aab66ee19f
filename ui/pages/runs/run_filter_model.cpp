// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_filter_model.h"

#include "ui/pages/runs/run_table_model.h"

namespace synann::ui {

RunFilterModel::RunFilterModel(RunTableModel* runs) : QSortFilterProxyModel(runs), runs_(runs) {
  setSourceModel(runs);
}

void RunFilterModel::setSearch(const QString& search) {
  terms_ = runTerms(search);
  invalidateFilter();
}

void RunFilterModel::setArchived(bool shown) {
  archived_ = shown;
  invalidateFilter();
}

bool RunFilterModel::filterAcceptsRow(int row, const QModelIndex& /*parent*/) const {
  return (archived_ || !runs_->run(row).notes.archived) && runs_->matches(row, terms_);
}

bool RunFilterModel::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  const QVariant a = left.data(Qt::UserRole), b = right.data(Qt::UserRole);
  if (a.isValid() && b.isValid()) return a.toDouble() < b.toDouble();
  if (a.isValid() != b.isValid()) return a.isValid() == (sortOrder() == Qt::AscendingOrder);
  return left.data().toString().localeAwareCompare(right.data().toString()) < 0;
}

}  // namespace synann::ui
