// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QElapsedTimer>
#include <QTabWidget>

#include "ui/plots/loss_curve.h"

class QTableView;

namespace synann::ui {

class AccuracyTableModel;
class FigureTableModel;
class LossChart;

// The numbers of a training: the accuracy of each epoch, and the loss figure's own table. A hidden one does
// no work; it catches up when it is shown.
class TrainTables : public QTabWidget {
  Q_OBJECT

 public:
  // The chart must outlive it.
  explicit TrainTables(const LossChart& chart, QWidget* parent = nullptr);

  void setCurve(std::shared_ptr<const LossCurve> curve);
  void refresh();      // what was appended to the curve
  void showNumbers();  // brings the loss figure's table forward

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  QTableView* makeAccuracies();
  QTableView* makeNumbers();
  void fillNumbers();

  const LossChart& chart_;
  AccuracyTableModel* accuracies_;
  FigureTableModel* numbers_;
  QTableView* accuracy_table_;
  QTableView* number_table_;
  QElapsedTimer since_filled_;
};

}  // namespace synann::ui
