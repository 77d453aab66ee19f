// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QAbstractTableModel>

#include "ui/plots/figure.h"

namespace synann::ui {

// The table twin of a figure: the same numbers, read one by one. Shown with six digits; Qt::EditRole has the
// numbers themselves.
class FigureTableModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  using QAbstractTableModel::QAbstractTableModel;

  // A figure with as many columns keeps selection and scroll position, as far as its rows reach.
  void setFigure(std::shared_ptr<const Figure> figure);
  const std::shared_ptr<const Figure>& figure() const { return figure_; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  std::shared_ptr<const Figure> figure_;
};

}  // namespace synann::ui
