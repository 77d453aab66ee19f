// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_table_model.h"

#include <array>

#include "ui/plots/ticks.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

QString lossText(double loss) {
  return QString::number(loss, 'f', 6);
}

}  // namespace

LossTableModel::LossTableModel(QObject* parent)
    : QAbstractTableModel(parent), curve_(std::make_shared<LossCurve>()) {}

void LossTableModel::setCurve(std::shared_ptr<const LossCurve> curve) {
  curve_ = curve ? std::move(curve) : std::make_shared<LossCurve>();
  generation_ = 0;  // no curve has this one: everything is read anew
  refresh();
}

void LossTableModel::refresh() {
  const int train = static_cast<int>(curve_->losses().size()),
            test = static_cast<int>(curve_->evaluations().size());
  if (generation_ != curve_->generation()) {
    beginResetModel();
    generation_ = curve_->generation();
    train_rows_ = train;
    test_rows_ = test;
    endResetModel();
    return;
  }
  insert(train_rows_, train_rows_, train);
  insert(train_rows_ + test_rows_, test_rows_, test);
}

void LossTableModel::insert(int first, int& shown, int count) {
  if (count <= shown) return;
  beginInsertRows({}, first, first + count - shown - 1);
  shown = count;
  endInsertRows();
}

int LossTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : train_rows_ + test_rows_;
}

int LossTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QVariant LossTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount() || generation_ != curve_->generation()) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant(index.column() == Series ? Qt::AlignLeft | Qt::AlignVCenter
                                             : Qt::AlignRight | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  return index.row() < train_rows_ ? trainText(index.row(), index.column())
                                   : testText(index.row() - train_rows_, index.column());
}

QVariant LossTableModel::trainText(int row, int column) const {
  const auto k = static_cast<std::size_t>(row);
  const std::int64_t examples = curve_->examples()[k];
  switch (column) {
    case Series:
      return u"train"_s;
    case Epoch:
      return curve_->trainCount() > 0 ? QString::number(curve_->epochAt(examples)) : QString();
    case Examples:
      return countText(examples);
    case Loss:
      return lossText(static_cast<double>(curve_->losses()[k]));
    default:
      return QString();
  }
}

QVariant LossTableModel::testText(int row, int column) const {
  const train::Evaluation& evaluation = curve_->evaluations()[static_cast<std::size_t>(row)];
  switch (column) {
    case Series:
      return u"test"_s;
    case Epoch:
      return QString::number(evaluation.epoch);
    case Examples:
      return countText(evaluation.examples);
    case Loss:
      return lossText(evaluation.test_loss);
    case Accuracy:
      return u"%1 %"_s.arg(evaluation.accuracy(), 0, 'f', 2);
    default:
      return {};
  }
}

QVariant LossTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role != Qt::DisplayRole) return {};
  if (orientation == Qt::Vertical) return section + 1;
  const std::array<QString, ColumnCount> names{tr("Series"), tr("Epoch"), tr("Examples"), tr("Loss"),
                                               tr("Accuracy")};
  return section >= 0 && section < ColumnCount ? QVariant(names[static_cast<std::size_t>(section)])
                                               : QVariant();
}

}  // namespace synann::ui
