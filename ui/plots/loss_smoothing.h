// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <QString>

#include "ui/plots/loss_curve.h"

namespace synann::ui {

enum class SmoothingKind { None, MovingAverage, EpochMean };

// How the losses of single batches are smoothed.
struct LossSmoothing {
  SmoothingKind kind = SmoothingKind::None;
  // Width of the moving average in training examples. Its weights fall exponentially with the examples seen
  // since, by a factor e in half the width: so it calms noise as the plain mean of that many examples does.
  std::int64_t examples = 10'000;
  bool operator==(const LossSmoothing&) const = default;
};

inline constexpr std::int64_t kMostSmoothed = 1'000'000'000;  // examples; the widest average

// "moving average of 10,000 examples", "mean of each epoch"; empty without smoothing.
QString smoothingWords(const LossSmoothing& smoothing);

// The name in files, and back; an unknown name is none. Names: none, moving-average, epoch-mean.
QString smoothingId(SmoothingKind kind);
SmoothingKind smoothingFromId(const QString& id);

// The smoothed losses of a curve that grows: an average goes on where it was. Losses that are not finite are
// left out. One thread.
class SmoothedLosses {
 public:
  void update(const LossCurve& curve, const LossSmoothing& smoothing);

  // x (examples seen) and y (nats) of the smoothed curve, of equal length, valid until the next update. A
  // moving average has a point for each batch, NaN where the loss is not finite; the mean of an epoch stands
  // in the middle of what was trained of it.
  std::span<const std::int64_t> examples() const { return examples_; }
  std::span<const float> losses() const { return losses_; }

 private:
  void average(const LossCurve& curve);
  void meanOfEpochs(const LossCurve& curve);

  LossSmoothing smoothing_;
  std::uint64_t generation_ = 0, revision_ = 0;
  std::vector<std::int64_t> examples_;
  std::vector<float> losses_;
  double sum_ = 0, weight_ = 0;  // of the moving average
};

}  // namespace synann::ui
