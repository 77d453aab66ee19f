// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include <QCoreApplication>
#include <QStringList>

#include "engine/synapse/least_squares.h"
#include "ui/pages/swap/swap_figures.h"
#include "ui/plots/curve_figure.h"

namespace synann::ui {
namespace {

constexpr int kLinePlaces = 60;           // of a line, beside those of the data
constexpr std::size_t kMostLosses = 400;  // points of a loss curve

struct SarsFigureWords {
  Q_DECLARE_TR_FUNCTIONS(sars_figures)
};

// Both fits of the scene's series.
struct Fits {
  synapse::LineFit exact;
  synapse::AdamLineFit adam;
};

std::optional<Fits> fitsOf(const SwapScene& scene, QString& why) {
  auto exact = synapse::fit_line(scene.series.x, scene.series.y);
  auto adam =
      synapse::fit_line_adam(scene.series.x, scene.series.y,
                             {.steps = static_cast<std::size_t>(scene.steps), .start = {scene.start, 0}});
  if (exact && adam) return Fits{std::move(*exact), std::move(*adam)};
  why = QString::fromStdString((exact ? adam.error() : exact.error()).sentence());
  return std::nullopt;
}

bool isSars(const SwapScene& scene) {
  return scene.series_source.isEmpty();
}

QString seriesName(const SwapScene& scene) {
  return isSars(scene) ? SarsFigureWords::tr("Six days of reported exposures") : scene.series_source;
}

QString adamName(const SwapScene& scene) {
  return SarsFigureWords::tr("Adam, %L1 steps").arg(scene.steps);
}

double lastDay(const SwapScene& scene) {
  return scene.series.x.back();
}

// The data's places, the days ahead, and enough between them for the intervals' curves.
std::vector<double> placesOf(const SwapScene& scene) {
  const double first = scene.series.x.front(), end = lastDay(scene) + scene.ahead;
  std::set<double> places(scene.series.x.begin(), scene.series.x.end());
  for (int k = 0; k <= kLinePlaces; ++k) places.insert(std::lerp(first, end, double(k) / kLinePlaces));
  for (int k = 1; k <= std::min(scene.ahead, kLinePlaces); ++k) places.insert(lastDay(scene) + k);
  return {places.begin(), places.end()};
}

// At places of the data their number (the last one where several share a place), else a gap.
std::vector<double> atPlaces(const std::vector<double>& places, const std::vector<double>& x,
                             const std::vector<double>& values) {
  std::vector<double> result(places.size(), std::nan(""));
  for (std::size_t k = 0; k < x.size(); ++k) {
    const auto found = std::lower_bound(places.begin(), places.end(), x[k]);
    if (found != places.end()) result[static_cast<std::size_t>(found - places.begin())] = values[k];
  }
  return result;
}

}  // namespace

std::shared_ptr<const Figure> sarsFigure(const SwapScene& scene, QString& why) {
  const auto fits = fitsOf(scene, why);
  if (!fits) return nullptr;
  std::vector<double> places = placesOf(scene);
  std::vector<double> exact, adam, low, high;
  for (const double x : places) {
    const synapse::Prediction p = synapse::predict(fits->exact, x);
    exact.push_back(p.value);
    low.push_back(p.interval.from);
    high.push_back(p.interval.to);
    adam.push_back(fits->adam.line.at(x));
  }
  auto data = atPlaces(places, scene.series.x, scene.series.y);
  const QString y = QString::fromStdString(scene.series.y_name);
  return std::make_shared<const CurveFigure>(CurveFigure::Content{
      .title = SarsFigureWords::tr("%1, and a line through them").arg(seriesName(scene)),
      .x = QString::fromStdString(scene.series.x_name),
      .y = y,
      .at = std::move(places),
      .series = {{.name = y,
                  .values = std::move(data),
                  .color = 5,
                  .dots = true,
                  .gap = SarsFigureWords::tr("the data have none here")},
                 {SarsFigureWords::tr("least squares"), std::move(exact), 0},
                 {adamName(scene), std::move(adam), 1, Qt::DashLine},
                 {SarsFigureWords::tr("95 % for a new one"), std::move(low), 2, Qt::DotLine},
                 {SarsFigureWords::tr("95 %, upper end"), std::move(high), 2, Qt::DotLine, false, false}},
      .marked = {},
      .x_range = {},
      .y_range = {},
      .note = {},
      .y_title = y});
}

std::shared_ptr<const Figure> residualsFigure(const SwapScene& scene, QString& why) {
  const auto fits = fitsOf(scene, why);
  if (!fits) return nullptr;
  std::vector<double> places(scene.series.x);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  const auto left = [&](const synapse::Line& line) {
    return atPlaces(places, scene.series.x, synapse::residuals(line, scene.series.x, scene.series.y));
  };
  const std::vector<double> zero(places.size(), 0);
  auto exact = left(fits->exact.line), adam = left(fits->adam.line);
  const Axes::Range shown = roomyRange(places.front(), places.back(), false);
  return std::make_shared<const CurveFigure>(CurveFigure::Content{
      .title = SarsFigureWords::tr("What the lines leave"),
      .x = QString::fromStdString(scene.series.x_name),
      .y = SarsFigureWords::tr("residual"),
      .at = std::move(places),
      .series = {{SarsFigureWords::tr("least squares"), std::move(exact), 0, Qt::SolidLine, true},
                 {adamName(scene), std::move(adam), 1, Qt::SolidLine, true},
                 {SarsFigureWords::tr("0"), zero, 5, Qt::DashLine, false, false}},
      .marked = {},
      .x_range = shown,
      .y_range = {},
      .note = {},
      .y_title = {}});
}

std::shared_ptr<const Figure> adamLossFigure(const SwapScene& scene, QString& why) {
  const auto fits = fitsOf(scene, why);
  if (!fits) return nullptr;
  const std::vector<double>& losses = fits->adam.losses;
  const std::size_t stride = std::max<std::size_t>(1, (losses.size() - 1) / kMostLosses);
  CurveFigure::Content content{.title = SarsFigureWords::tr("log₁₀ of Adam's loss (mean squared error)"),
                               .x = SarsFigureWords::tr("step"),
                               .y = SarsFigureWords::tr("log₁₀ loss"),
                               .at = {},
                               .series = {{SarsFigureWords::tr("Adam"), {}, 1},
                                          {SarsFigureWords::tr("least squares"), {}, 0, Qt::DashLine}},
                               .marked = {},
                               .x_range = {},
                               .y_range = {},
                               .note = {},
                               .y_title = {}};
  double least = HUGE_VAL, most = -HUGE_VAL;
  for (std::size_t k = 0; k < losses.size(); k += stride) {
    content.at.push_back(static_cast<double>(k));
    for (const auto& [series, loss] : {std::pair(0U, losses[k]), std::pair(1U, fits->exact.loss)}) {
      const double value = std::log10(loss);
      content.series[series].values.push_back(value);
      if (!std::isfinite(value)) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
  }
  content.y_range = roomyRange(least, most, false);
  if (content.at.size() < 2) content.x_range = Axes::Range{0, 1};
  return std::make_shared<const CurveFigure>(std::move(content));
}

QString sarsNumbers(const SwapScene& scene) {
  QString why;
  const auto fits = fitsOf(scene, why);
  if (!fits) return why;
  const synapse::Line &exact = fits->exact.line, &adam = fits->adam.line;
  const auto line = [](const QString& name, double one, double other) {
    return QStringLiteral("%1 %2 %3").arg(name, -7).arg(valueText(one, 10), 13).arg(valueText(other, 10), 13);
  };
  const double last = lastDay(scene), next = last + scene.ahead;
  const auto day = [](double at) { return SarsFigureWords::tr("at %1").arg(numberText(at, 4)); };
  const synapse::Prediction p = synapse::predict(fits->exact, next);
  return QStringList{
      QStringLiteral("%1 %2 %3")
          .arg(QString(), -7)
          .arg(SarsFigureWords::tr("exact"), 13)
          .arg(SarsFigureWords::tr("Adam"), 13),
      line(SarsFigureWords::tr("weight"), exact.weight, adam.weight),
      line(SarsFigureWords::tr("bias"), exact.bias, adam.bias),
      line(QStringLiteral("R²"), fits->exact.r_squared,
           synapse::r_squared(adam, scene.series.x, scene.series.y)),
      line(SarsFigureWords::tr("loss"), fits->exact.loss, fits->adam.losses.back()),
      line(day(last), exact.at(last), adam.at(last)),
      line(day(next), exact.at(next), adam.at(next)),
      SarsFigureWords::tr("95 % at %1: %2 … %3")
          .arg(numberText(next, 4), valueText(p.interval.from, 9), valueText(p.interval.to, 9))}
      .join('\n');
}

QString sarsRemark(const SwapScene& scene) {
  QStringList parts;
  if (isSars(scene))
    parts.append(SarsFigureWords::tr("The script's picture shows %1 for day 6, a day it was fitted to: a fit "
                                     "that had not converged. Exactly it is 483.095.")
                     .arg(synapse::kPublishedDay6));
  parts.append(
      SarsFigureWords::tr("Beyond the last day the line is a guess: it and its interval hold only if "
                          "nothing changes, and epidemics do not grow along lines."));
  if (!isSars(scene))
    parts.last() = SarsFigureWords::tr(
        "Beyond the last point the line is a guess: it and its interval hold only if nothing changes.");
  return parts.join(' ');
}

}  // namespace synann::ui
