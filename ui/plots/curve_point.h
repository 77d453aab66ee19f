// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include <QPointF>
#include <QString>

#include "ui/plots/loss_curve.h"

namespace synann::ui {

enum class CurveSeries { Train, Test };

// One point of a loss curve in full resolution, named by its index.
struct CurvePoint {
  CurveSeries series = CurveSeries::Train;
  std::size_t index = 0;
  bool operator==(const CurvePoint&) const = default;
};

// The number of points in one of the two series, and the place of a point; the point must exist.
std::size_t pointCount(const LossCurve& curve, CurveSeries series);
double pointExamples(const LossCurve& curve, CurvePoint point);
double pointLoss(const LossCurve& curve, CurvePoint point);

// A point that is kept while the curve goes on. Points that were taken away, and another curve, lose it: its
// index would name another point then, or none. Asked for it each time, a keeper cannot read what is gone.
class KeptPoint {
 public:
  void keep(const LossCurve& curve, std::optional<CurvePoint> point);  // forgotten where it does not exist
  std::optional<CurvePoint> on(const LossCurve& curve) const;

 private:
  std::optional<CurvePoint> point_;
  std::uint64_t generation_ = 0;
};

// For a screen reader: "train loss 0.0936 at 12,800 examples, epoch 1".
QString spokenPoint(const LossCurve& curve, CurvePoint point);
// For the value box: the same, one fact a line, with every meaningful digit.
QString detailedPoint(const LossCurve& curve, CurvePoint point);

// The point of `series` whose x is nearest; nothing when the series is empty.
std::optional<CurvePoint> nearestByExamples(const LossCurve& curve, CurveSeries series, double examples);

// Maps examples and loss to a position in pixels.
using ToPixel = std::function<QPointF(double examples, double loss)>;

// The point under the mouse: a test point within a few pixels, else the nearest train point of the columns
// around, else any test point nearest by x. `examplesPerPixel` tells how far the columns reach.
std::optional<CurvePoint> nearestToPixel(const LossCurve& curve, QPointF pixel, double examples,
                                         double examplesPerPixel, const ToPixel& toPixel);

}  // namespace synann::ui
