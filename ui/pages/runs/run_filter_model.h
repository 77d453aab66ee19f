// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>
#include <QStringList>

namespace synann::ui {

class RunTableModel;

// The runs whose texts have all of some words, without those that are archived, sorted: numbers as numbers,
// those that are missing last.
class RunFilterModel : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  explicit RunFilterModel(RunTableModel* runs);

  void setSearch(const QString& words);  // with spaces between them
  void setArchived(bool shown);          // whether archived runs are listed too

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  RunTableModel* runs_;
  QStringList words_;
  bool archived_ = false;
};

}  // namespace synann::ui
