// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_viewport.h"

#include <algorithm>
#include <cmath>

namespace synann::ui {
namespace {

constexpr double kSpareShare = 0.03;     // of the span, on each side
constexpr double kSmallestLoss = 1e-30;  // below the smallest positive float's reach of interest
constexpr double kLargestLoss = 1e38;
constexpr double kSmallestWidth = 2;  // examples
constexpr double kFarthest = 4;       // full spans that may be shown at once

struct Interval {
  double min, max;
};

Interval widened(Interval a) {
  const double span = a.max - a.min;
  return {a.min - kSpareShare * span, a.max + kSpareShare * span};
}

// At least `least` wide, about its middle.
Interval atLeast(Interval a, double least) {
  if (a.max - a.min >= least) return a;
  const double middle = (a.min + a.max) / 2;
  return {middle - least / 2, middle + least / 2};
}

// Losses as axis positions, from 0 upwards when the axis is linear and no loss is negative.
Interval fullLosses(const LossCurve& curve, bool logY) {
  const auto extent = logY ? curve.positiveExtent() : curve.extent();
  if (!extent) return logY ? Interval{-2, 0.5} : Interval{0, 2.5};
  if (!logY) {
    const double bottom = std::min(0.0, extent->min);
    return {bottom, extent->max > bottom ? extent->max : bottom + 1};
  }
  return atLeast({toAxis(extent->min, true), toAxis(extent->max, true)}, 0.05);
}

// Keeps a wished axis interval readable in double precision and within a few times the full one.
Interval limited(Interval wished, Interval full, double least) {
  if (!std::isfinite(wished.min) || !std::isfinite(wished.max)) return full;
  if (wished.max < wished.min) std::swap(wished.min, wished.max);
  const double span = full.max - full.min;
  if (wished.max - wished.min > kFarthest * span) return full;
  wished = atLeast(wished, least);
  // Something of the data stays in sight: no more than a full view beyond either end.
  const double width = wished.max - wished.min;
  const double lowest = full.min - width, highest = full.max + width;
  if (wished.min < lowest) wished = {lowest, lowest + width};
  if (wished.max > highest) wished = {highest - width, highest};
  return wished;
}

}  // namespace

double toAxis(double loss, bool logY) {
  return logY ? std::log10(std::clamp(loss, kSmallestLoss, kLargestLoss)) : loss;
}

double fromAxis(double position, bool logY) {
  return logY ? std::pow(10.0, position) : position;
}

LossRange fullRange(const LossCurve& curve, bool logY) {
  const double last = static_cast<double>(curve.lastExamples());
  const double fallback = curve.trainCount() > 0 ? curve.trainCount() : 60000;
  // A single step stands at 0: beside it room for about a hundredth of an epoch, not for two examples.
  const double least = last > 0 ? kSmallestWidth : std::max(kSmallestWidth, curve.trainCount() / 100.0);
  const Interval x = widened({0, curve.empty() ? fallback : std::max(last, least)});
  const Interval y = widened(fullLosses(curve, logY));
  return {x.min, x.max, fromAxis(y.min, logY), fromAxis(y.max, logY)};
}

void LossViewport::setFollow(bool follow, const LossCurve& curve) {
  follow_ = follow;
  update(curve);
}

void LossViewport::setLogY(bool log, const LossCurve& curve) {
  if (log == log_y_) return;
  log_y_ = log;
  update(curve);
  if (follow_ || !log || range_.minY > 0) return;
  const LossRange full =
      fullRange(curve, true);  // a zoomed linear range that reaches zero or below has no logarithm
  range_.minY = full.minY;
  if (range_.maxY <= range_.minY) range_.maxY = full.maxY;
}

void LossViewport::update(const LossCurve& curve) {
  if (follow_) range_ = fullRange(curve, log_y_);
}

void LossViewport::zoomTo(const LossRange& range, const LossCurve& curve) {
  const LossRange full = fullRange(curve, log_y_);
  const Interval x = limited({range.minX, range.maxX}, {full.minX, full.maxX}, kSmallestWidth);
  const Interval fullY{toAxis(full.minY, log_y_), toAxis(full.maxY, log_y_)};
  const Interval y = limited({toAxis(range.minY, log_y_), toAxis(range.maxY, log_y_)}, fullY,
                             1e-6 * (fullY.max - fullY.min));
  range_ = {x.min, x.max, fromAxis(y.min, log_y_), fromAxis(y.max, log_y_)};
  follow_ = false;
}

void LossViewport::zoomAbout(double x, double y, double factorX, double factorY, const LossCurve& curve) {
  const double a = toAxis(y, log_y_);
  const double low = toAxis(range_.minY, log_y_), high = toAxis(range_.maxY, log_y_);
  zoomTo({x + (range_.minX - x) * factorX, x + (range_.maxX - x) * factorX,
          fromAxis(a + (low - a) * factorY, log_y_), fromAxis(a + (high - a) * factorY, log_y_)},
         curve);
}

void LossViewport::pan(double fractionX, double fractionY, const LossCurve& curve) {
  const double dx = fractionX * (range_.maxX - range_.minX);
  const double low = toAxis(range_.minY, log_y_), high = toAxis(range_.maxY, log_y_);
  const double dy = fractionY * (high - low);
  zoomTo({range_.minX + dx, range_.maxX + dx, fromAxis(low + dy, log_y_), fromAxis(high + dy, log_y_)},
         curve);
}

}  // namespace synann::ui
