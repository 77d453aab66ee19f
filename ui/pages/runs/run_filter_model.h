// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>
#include <QStringList>

namespace synann::ui {

class RunTableModel;

// The runs whose texts have all of some words, sorted: numbers as numbers, those that are missing last.
class RunFilterModel : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  explicit RunFilterModel(RunTableModel* runs);

  void setSearch(const QString& words);  // with spaces between them

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  RunTableModel* runs_;
  QStringList words_;
};

}  // namespace synann::ui
