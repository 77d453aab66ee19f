// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/accuracy_table_model.h"

#include <array>

#include <QFont>
#include <QStringList>

#include "ui/plots/ticks.h"

namespace synann::ui {

using namespace Qt::StringLiterals;

AccuracyTableModel::AccuracyTableModel(QObject* parent)
    : QAbstractTableModel(parent), curve_(std::make_shared<LossCurve>()) {}

void AccuracyTableModel::setCurve(std::shared_ptr<const LossCurve> curve) {
  curve_ = curve ? std::move(curve) : std::make_shared<LossCurve>();
  generation_ = 0;  // no curve has this one: everything is read anew
  refresh();
}

void AccuracyTableModel::refresh() {
  const int rows = static_cast<int>(curve_->evaluations().size());
  const auto best = curve_->best();
  const int best_row = best ? static_cast<int>(*best) : -1;
  if (generation_ != curve_->generation()) {
    beginResetModel();
    generation_ = curve_->generation();
    rows_ = rows;
    best_row_ = best_row;
    endResetModel();
    return;
  }
  const int old_best = best_row_;
  best_row_ = best_row;
  if (rows > rows_) {
    beginInsertRows({}, rows_, rows - 1);
    rows_ = rows;
    endInsertRows();
  }
  if (old_best != best_row && old_best >= 0)
    emit dataChanged(index(old_best, 0), index(old_best, ColumnCount - 1));
}

int AccuracyTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : rows_;
}
int AccuracyTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QVariant AccuracyTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rows_ || generation_ != curve_->generation()) return {};
  const bool best = index.row() == best_row_;
  if (role == Qt::DisplayRole)
    return text(curve_->evaluations()[static_cast<std::size_t>(index.row())], index.column(), best);
  if (role == Qt::ToolTipRole && index.column() == Note)
    return note(curve_->evaluations()[static_cast<std::size_t>(index.row())], best);
  if (role == Qt::FontRole && best) {
    QFont font;
    font.setBold(true);
    return font;
  }
  if (role == Qt::TextAlignmentRole)
    return QVariant(index.column() == Note ? Qt::AlignLeft | Qt::AlignVCenter
                                           : Qt::AlignRight | Qt::AlignVCenter);
  return {};
}

QString AccuracyTableModel::text(const LossEvaluation& evaluation, int column, bool best) const {
  switch (column) {
    case Epoch:
      return QString::number(evaluation.epoch);
    case TrainLoss:
      return evaluation.epoch > 0 ? QString::number(evaluation.train_loss, 'f', 4) : u"–"_s;
    case TestLoss:
      return QString::number(evaluation.test_loss, 'f', 4);
    case Correct:
      return u"%1/%2"_s.arg(evaluation.correct).arg(evaluation.count);
    case Accuracy:
      return u"%1 %"_s.arg(evaluation.accuracy(), 0, 'f', 2);
    case LearningRate:
      return evaluation.epoch > 0 ? QString::number(evaluation.learning_rate, 'g', 4) : u"–"_s;
    case Seconds:
      return u"%1 s"_s.arg(evaluation.seconds, 0, 'f', 1);
    case Note:
      return note(evaluation, best);
    default:
      return {};
  }
}

// What was special about the epoch: a setting may have changed on the way.
QString AccuracyTableModel::note(const LossEvaluation& evaluation, bool best) const {
  QStringList notes;
  if (best) notes.append(tr("best"));
  if (evaluation.epoch == 0) notes.append(tr("before training"));
  const std::int64_t epoch = curve_->trainCount();
  for (const SettingMark& mark : curve_->marks())
    if (mark.examples < evaluation.examples && mark.examples >= evaluation.examples - epoch)
      notes.append(
          tr("from %1 examples on: %2").arg(countText(mark.examples), QString::fromStdString(mark.words)));
  return notes.join(u" · "_s);
}

QVariant AccuracyTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
  const auto column = static_cast<std::size_t>(section);
  const std::array<QString, ColumnCount> names{tr("Epoch"),   tr("Train loss"), tr("Test loss"),
                                               tr("Correct"), tr("Accuracy"),   tr("Rate"),
                                               tr("Time"),    tr("Note")};
  const std::array<QString, ColumnCount> helps{
      tr("Epochs trained when this was measured"),
      tr("Mean negative log-likelihood of the epoch's batches, dropout on, in nats"),
      tr("Mean negative log-likelihood of the test set, in nats"),
      tr("Test images recognised, of all"),
      tr("Test images recognised, in percent"),
      tr("Learning rate of the epoch's last step"),
      tr("Wall time of the epoch's training and its evaluation"),
      tr("The best epoch is the one with the highest accuracy; with equal accuracy, the lower loss. Settings "
         "that changed in the epoch stand beside it")};
  if (role == Qt::DisplayRole) return names[column];
  if (role == Qt::TextAlignmentRole && section == Note) return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
  if (role == Qt::ToolTipRole) return helps[column];
  return {};
}

}  // namespace synann::ui
