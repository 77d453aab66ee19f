// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QAbstractTableModel>

#include "ui/plots/loss_curve.h"

namespace synann::ui {

// The table twin of the loss figure: every point of the curve, train points first, then test points.
class LossTableModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Series, Epoch, Examples, Loss, Accuracy, ColumnCount };

  explicit LossTableModel(QObject* parent = nullptr);
  void setCurve(std::shared_ptr<const LossCurve> curve);
  void refresh();  // takes in what was appended

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  void insert(int first, int& shown, int count);
  QVariant trainText(int row, int column) const;
  QVariant testText(int row, int column) const;

  std::shared_ptr<const LossCurve> curve_;
  std::uint64_t generation_ = 0;
  int train_rows_ = 0;
  int test_rows_ = 0;
};

}  // namespace synann::ui
