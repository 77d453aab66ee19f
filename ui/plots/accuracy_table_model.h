// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QAbstractTableModel>

#include "ui/plots/loss_curve.h"

namespace synann::ui {

// Accuracy per epoch: one row for each evaluation. The best one is bold and says so in words.
class AccuracyTableModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Epoch, TrainLoss, TestLoss, Correct, Accuracy, LearningRate, Seconds, Note, ColumnCount };

  explicit AccuracyTableModel(QObject* parent = nullptr);
  void setCurve(std::shared_ptr<const LossCurve> curve);
  void refresh();  // takes in what was appended

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  QString text(const LossEvaluation& evaluation, int column, bool best) const;
  QString note(const LossEvaluation& evaluation, bool best) const;

  std::shared_ptr<const LossCurve> curve_;
  std::uint64_t generation_ = 0;
  int rows_ = 0;
  int best_row_ = -1;
};

}  // namespace synann::ui
