// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_smoothing.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QStringList>

#include "ui/plots/ticks.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

// In the order of the enumeration.
const QStringList& ids() {
  static const QStringList names = {u"none"_s, u"moving-average"_s, u"epoch-mean"_s};
  return names;
}

}  // namespace

QString smoothingWords(const LossSmoothing& smoothing) {
  switch (smoothing.kind) {
    case SmoothingKind::MovingAverage:
      return u"moving average of %1 examples"_s.arg(countText(smoothing.examples));
    case SmoothingKind::EpochMean:
      return u"mean of each epoch"_s;
    case SmoothingKind::None:
      break;
  }
  return {};
}

QString smoothingId(SmoothingKind kind) {
  return ids()[static_cast<int>(kind)];
}

SmoothingKind smoothingFromId(const QString& id) {
  return static_cast<SmoothingKind>(std::max<qsizetype>(0, ids().indexOf(id)));
}

void SmoothedLosses::update(const LossCurve& curve, const LossSmoothing& smoothing) {
  const bool goes_on = smoothing == smoothing_ && curve.generation() == generation_ &&
                       curve.losses().size() >= losses_.size() &&
                       smoothing.kind == SmoothingKind::MovingAverage;
  if (!goes_on) {
    examples_.clear();
    losses_.clear();
    sum_ = weight_ = 0;
    revision_ = 0;
  }
  if (revision_ == curve.revision()) return;
  smoothing_ = smoothing;
  generation_ = curve.generation();
  revision_ = curve.revision();
  if (smoothing.kind == SmoothingKind::MovingAverage) average(curve);
  if (smoothing.kind == SmoothingKind::EpochMean) meanOfEpochs(curve);
}

void SmoothedLosses::average(const LossCurve& curve) {
  const auto x = curve.examples();
  const auto y = curve.losses();
  const double per_example =
      2.0 / static_cast<double>(std::clamp<std::int64_t>(smoothing_.examples, 1, kMostSmoothed));
  for (std::size_t k = losses_.size(); k < y.size(); ++k) {
    const double loss = static_cast<double>(y[k]);
    const double kept = k > 0 ? std::exp(-per_example * static_cast<double>(x[k] - x[k - 1])) : 0;
    sum_ *= kept;
    weight_ *= kept;
    if (std::isfinite(loss)) {
      sum_ += loss;
      weight_ += 1;
    }
    examples_.push_back(x[k]);
    losses_.push_back(std::isfinite(loss) ? static_cast<float>(sum_ / weight_)
                                          : std::numeric_limits<float>::quiet_NaN());
  }
}

void SmoothedLosses::meanOfEpochs(const LossCurve& curve) {
  if (curve.trainCount() == 0) return;  // nobody knows where an epoch ends
  const auto x = curve.examples();
  const auto y = curve.losses();
  for (std::size_t k = 0; k < y.size();) {
    const int epoch = curve.epochAt(x[k]);
    const std::int64_t first = x[k];
    std::int64_t last = first;
    double sum = 0;
    int count = 0;
    for (; k < y.size() && curve.epochAt(x[k]) == epoch; ++k) {
      last = x[k];
      if (!std::isfinite(y[k])) continue;
      sum += static_cast<double>(y[k]);
      ++count;
    }
    if (count == 0) continue;
    examples_.push_back(first + (last - first) / 2);
    losses_.push_back(static_cast<float>(sum / count));
  }
}

}  // namespace synann::ui
