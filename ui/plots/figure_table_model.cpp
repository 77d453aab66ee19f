// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_table_model.h"

#include <algorithm>
#include <cmath>

namespace synann::ui {

void FigureTableModel::setFigure(std::shared_ptr<const Figure> figure) {
  const bool alike = figure && figure_ && figure->columnCount() == figure_->columnCount();
  if (!alike) {
    beginResetModel();
    figure_ = std::move(figure);
    endResetModel();
    return;
  }
  // Rows come and go at the end while a run goes on: what is selected and where one reads stay.
  const int rows = figure->rowCount(), before = figure_->rowCount();
  if (rows > before) beginInsertRows({}, before, rows - 1);
  if (rows < before) beginRemoveRows({}, rows, before - 1);
  figure_ = std::move(figure);
  if (rows > before) endInsertRows();
  if (rows < before) endRemoveRows();
  const int same = std::min(rows, before);
  if (same > 0 && columnCount() > 0) emit dataChanged(index(0, 0), index(same - 1, columnCount() - 1));
  if (columnCount() > 0) emit headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
  if (same > 0) emit headerDataChanged(Qt::Vertical, 0, same - 1);
}

int FigureTableModel::rowCount(const QModelIndex& parent) const {
  return figure_ && !parent.isValid() ? figure_->rowCount() : 0;
}

int FigureTableModel::columnCount(const QModelIndex& parent) const {
  return figure_ && !parent.isValid() ? figure_->columnCount() : 0;
}

QVariant FigureTableModel::data(const QModelIndex& index, int role) const {
  // A view may still ask for what an earlier, larger figure had.
  if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount()) return {};
  const QVariant value = figure_->cell(index.row(), index.column());
  const bool number = value.typeId() == QMetaType::Double || value.typeId() == QMetaType::Float;
  if (role == Qt::EditRole) return value;  // with all its digits, to be copied
  if (number && std::isnan(value.toDouble())) {
    if (role == Qt::DisplayRole) return QStringLiteral("—");
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole) {
      const QString why = figure_->whyNoValue(index.row(), index.column());
      return why.isEmpty() ? valueText(value.toDouble()) : tr("no value: %1").arg(why);
    }
  }
  if (role == Qt::DisplayRole)
    return number ? QVariant(numberText(value.toDouble(), figure_->shownDigits())) : value;
  if (role == Qt::ToolTipRole && number) return numberText(value.toDouble(), 17);
  if (role == Qt::TextAlignmentRole)
    return int(number ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
  return {};
}

QVariant FigureTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  const bool column = orientation == Qt::Horizontal;
  if (role != Qt::DisplayRole || section < 0 || section >= (column ? columnCount() : rowCount())) return {};
  return column ? figure_->columnName(section) : figure_->rowName(section);
}

}  // namespace synann::ui
