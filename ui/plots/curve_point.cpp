// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/curve_point.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "ui/plots/ticks.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr double kTestReach = 9;   // pixels around a red point that belong to it
constexpr double kTrainReach = 6;  // pixel columns on each side that are searched for the nearest point

QString fixedLoss(double loss) {
  if (!std::isfinite(loss)) return std::isnan(loss) ? u"not a number"_s : u"infinite"_s;
  const bool plain = loss == 0 || (std::abs(loss) >= 1e-3 && std::abs(loss) < 1e6);
  return plain ? QString::number(loss, 'f', 6) : QString::number(loss, 'g', 6);
}

QString spokenLoss(double loss) {
  return std::isfinite(loss) ? QString::number(loss, 'g', 3) : fixedLoss(loss);
}

QString spokenPlace(std::int64_t examples, int epoch) {
  const QString place = u"at %1 examples"_s.arg(countText(examples));
  return epoch > 0 ? place + u", epoch %1"_s.arg(epoch) : place;
}

bool isBest(const LossCurve& curve, std::size_t index) {
  return curve.best() == index;
}

double distance(QPointF a, QPointF b) {
  return std::hypot(a.x() - b.x(), a.y() - b.y());
}

// The nearest of the points [begin, end) of a series; those that have no place (NaN) are passed over.
struct Nearest {
  std::optional<CurvePoint> point;
  double distance = INFINITY;
};

Nearest nearestOf(const LossCurve& curve, CurveSeries series, std::size_t begin, std::size_t end,
                  QPointF pixel, const ToPixel& toPixel) {
  Nearest best;
  for (std::size_t i = begin; i < end; ++i) {
    const CurvePoint point{series, i};
    const double d = distance(toPixel(pointExamples(curve, point), pointLoss(curve, point)), pixel);
    if (d < best.distance) best = {point, d};
  }
  return best;
}

}  // namespace

std::size_t pointCount(const LossCurve& curve, CurveSeries series) {
  return series == CurveSeries::Train ? curve.losses().size() : curve.evaluations().size();
}

double pointExamples(const LossCurve& curve, CurvePoint point) {
  return static_cast<double>(point.series == CurveSeries::Train ? curve.examples()[point.index]
                                                                : curve.evaluations()[point.index].examples);
}

double pointLoss(const LossCurve& curve, CurvePoint point) {
  return point.series == CurveSeries::Train ? static_cast<double>(curve.losses()[point.index])
                                            : curve.evaluations()[point.index].test_loss;
}

void KeptPoint::keep(const LossCurve& curve, std::optional<CurvePoint> point) {
  point_ = point;
  generation_ = curve.generation();
}

std::optional<CurvePoint> KeptPoint::on(const LossCurve& curve) const {
  const bool there =
      point_ && generation_ == curve.generation() && point_->index < pointCount(curve, point_->series);
  return there ? point_ : std::nullopt;
}

QString spokenPoint(const LossCurve& curve, CurvePoint point) {
  const QString loss = spokenLoss(pointLoss(curve, point));
  if (point.series == CurveSeries::Train) {
    const std::int64_t x = curve.examples()[point.index];
    return u"train loss %1 %2"_s.arg(loss, spokenPlace(x, curve.epochAt(x)));
  }
  const LossEvaluation& e = curve.evaluations()[point.index];
  return u"test loss %1 %2, accuracy %3 %%4"_s.arg(
      loss, spokenPlace(e.examples, e.epoch), QString::number(e.accuracy(), 'f', 2),
      isBest(curve, point.index) ? u", best accuracy"_s : QString());
}

QString detailedPoint(const LossCurve& curve, CurvePoint point) {
  const QString loss = fixedLoss(pointLoss(curve, point));
  if (point.series == CurveSeries::Train) {
    const std::int64_t x = curve.examples()[point.index];
    const int epoch = curve.epochAt(x);
    const QString where = epoch > 0 ? u"%1 examples · epoch %2"_s.arg(countText(x)).arg(epoch)
                                    : u"%1 examples"_s.arg(countText(x));
    return u"%1\ntrain loss %2"_s.arg(where, loss);
  }
  const LossEvaluation& e = curve.evaluations()[point.index];
  const QString best = isBest(curve, point.index) ? u" · best accuracy"_s : QString();
  const QString accuracy = QString::number(e.accuracy(), 'f', 2);
  return u"%1 examples · %2\ntest loss %3\naccuracy %4 % (%5/%6)%7"_s.arg(
      countText(e.examples), e.epoch > 0 ? u"epoch %1"_s.arg(e.epoch) : u"before training"_s, loss, accuracy,
      QString::number(e.correct), QString::number(e.count), best);
}

std::optional<CurvePoint> nearestByExamples(const LossCurve& curve, CurveSeries series, double examples) {
  const std::size_t count = pointCount(curve, series);
  if (count == 0) return std::nullopt;
  std::size_t low = 0, high = count;
  while (low < high) {  // the first point at or after `examples`
    const std::size_t middle = low + (high - low) / 2;
    if (pointExamples(curve, {series, middle}) < examples)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == count) return CurvePoint{series, count - 1};
  if (low > 0 &&
      examples - pointExamples(curve, {series, low - 1}) < pointExamples(curve, {series, low}) - examples)
    --low;
  return CurvePoint{series, low};
}

std::optional<CurvePoint> nearestToPixel(const LossCurve& curve, QPointF pixel, double examples,
                                         double examplesPerPixel, const ToPixel& toPixel) {
  const Nearest test = nearestOf(curve, CurveSeries::Test, 0, curve.evaluations().size(), pixel, toPixel);
  if (test.distance <= kTestReach) return test.point;

  const auto x = curve.examples();
  const double reach = kTrainReach * examplesPerPixel;
  const auto index = [&](double limit) {
    const auto place = std::lower_bound(x.begin(), x.end(), limit, [](std::int64_t value, double wanted) {
      return static_cast<double>(value) < wanted;
    });
    return static_cast<std::size_t>(std::distance(x.begin(), place));
  };
  const Nearest train =
      nearestOf(curve, CurveSeries::Train, index(examples - reach), index(examples + reach), pixel, toPixel);
  if (train.point) return train.point;
  const auto far = nearestByExamples(curve, CurveSeries::Train, examples);
  return far ? far : nearestByExamples(curve, CurveSeries::Test, examples);
}

}  // namespace synann::ui
