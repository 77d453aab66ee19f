// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include <QAbstractTableModel>
#include <QStringList>

namespace synann::ui {

// Rows of texts with the numbers behind them, which are what is copied. Replaced whole; what is selected
// stays selected as long as the headings are the same and its row is there.
class CellTableModel : public QAbstractTableModel {
 public:
  struct Cell {
    QString text;
    QVariant value{};  // a number with all its digits; invalid where the text is all there is
    QString help{};
  };
  using Row = std::vector<Cell>;

  using QAbstractTableModel::QAbstractTableModel;

  void setCells(QStringList headings, std::vector<Row> rows) {
    if (headings != headings_) {
      beginResetModel();
      headings_ = std::move(headings);
      rows_ = std::move(rows);
      endResetModel();
      return;
    }
    const int before = rowCount(), after = static_cast<int>(rows.size());
    if (after > before) beginInsertRows({}, before, after - 1);
    if (after < before) beginRemoveRows({}, after, before - 1);
    rows_ = std::move(rows);
    if (after > before) endInsertRows();
    if (after < before) endRemoveRows();
    if (const int kept = std::min(before, after); kept > 0)
      emit dataChanged(index(0, 0), index(kept - 1, columnCount() - 1));
  }

  // Of a row and a column that are there.
  void setCell(int row, int column, Cell cell) {
    rows_[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)] = std::move(cell);
    emit dataChanged(index(row, column), index(row, column));
  }

  int rowCount(const QModelIndex& parent = {}) const override {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
  }
  int columnCount(const QModelIndex& parent = {}) const override {
    return parent.isValid() ? 0 : static_cast<int>(headings_.size());
  }
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return headings_.value(section);
  }
  QVariant data(const QModelIndex& at, int role) const override {
    if (!at.isValid()) return {};
    const Row& row = rows_[static_cast<std::size_t>(at.row())];
    if (static_cast<std::size_t>(at.column()) >= row.size()) return {};
    const Cell& cell = row[static_cast<std::size_t>(at.column())];
    if (role == Qt::DisplayRole) return cell.text;
    if (role == Qt::EditRole) return cell.value.isValid() ? cell.value : QVariant(cell.text);
    if (role == Qt::ToolTipRole && !cell.help.isEmpty()) return cell.help;
    if (role == Qt::TextAlignmentRole && cell.value.isValid())
      return QVariant(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    return {};
  }

 private:
  QStringList headings_;
  std::vector<Row> rows_;
};

}  // namespace synann::ui
