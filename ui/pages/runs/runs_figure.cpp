// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_figure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include <QCoreApplication>
#include <QStringList>

#include "engine/runs/curve_comparison.h"
#include "ui/pages/runs/run_words.h"
#include "ui/plots/curve_figure.h"

namespace synann::ui {
namespace {

// Of each of the colours of seriesColor().
constexpr std::array kRunPens = {Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine,
                                 Qt::DashDotDotLine};
static_assert(kRunColors * static_cast<int>(kRunPens.size()) == kRunLooks);

struct RunsFigureWords {
  Q_DECLARE_TR_FUNCTIONS(runs_figure)
};

// Each colour has a mark of its own, so that no look is told by colour alone.
constexpr std::array kRunMarks = {CurveFigure::Mark::Disc,    CurveFigure::Mark::Square,
                                  CurveFigure::Mark::Diamond, CurveFigure::Mark::Upwards,
                                  CurveFigure::Mark::Cross,   CurveFigure::Mark::Downwards};
static_assert(kRunColors == static_cast<int>(kRunMarks.size()));

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double placeAcross(const runs::EpochPoint& point, RunsAcross what) {
  switch (what) {
    case RunsAcross::Epochs:
      return point.epoch;
    case RunsAcross::Steps:
      return static_cast<double>(point.steps);
    case RunsAcross::Seconds:
      return point.seconds;
    case RunsAcross::Examples:
      return static_cast<double>(point.examples);
    case RunsAcross::Clock:
      return point.unix_time.value_or(kUnknown);
  }
  return 0;
}

double valueOf(const runs::EpochPoint& point, RunsQuantity what) {
  switch (what) {
    case RunsQuantity::TestLoss:
      return point.test_loss;
    case RunsQuantity::TrainLoss:
      return point.train_loss.value_or(kUnknown);
    case RunsQuantity::Accuracy:
      return point.accuracy;
    case RunsQuantity::Rate:
      return point.rate.value_or(kUnknown);
    case RunsQuantity::GradientNorm:
      return point.numbers.gradient_norm.value_or(kUnknown);
    case RunsQuantity::DeadShare:
      return point.numbers.dead_share.value_or(kUnknown);
    case RunsQuantity::Headroom:
      return point.numbers.headroom.value_or(kUnknown);
    case RunsQuantity::BetaNorm:
      return point.numbers.beta_norm.value_or(kUnknown);
  }
  return 0;
}

QString xTitle(RunsAcross what) {
  switch (what) {
    case RunsAcross::Epochs:
      return RunsFigureWords::tr("epochs");
    case RunsAcross::Steps:
      return RunsFigureWords::tr("steps");
    case RunsAcross::Seconds:
      return RunsFigureWords::tr("seconds of training");
    case RunsAcross::Examples:
      return RunsFigureWords::tr("examples");
    case RunsAcross::Clock:
      return RunsFigureWords::tr("time of day");
  }
  return {};
}

// What it is called, and as the name of an axis.
struct QuantityWords {
  QString title, axis;
};

QuantityWords quantityWords(RunsQuantity what) {
  switch (what) {
    case RunsQuantity::TestLoss:
      return {RunsFigureWords::tr("Test loss"), RunsFigureWords::tr("test loss (nats)")};
    case RunsQuantity::TrainLoss:
      return {RunsFigureWords::tr("Train loss, mean of each epoch"),
              RunsFigureWords::tr("train loss (nats)")};
    case RunsQuantity::Accuracy:
      return {RunsFigureWords::tr("Test accuracy"), RunsFigureWords::tr("test accuracy (%)")};
    case RunsQuantity::Rate:
      return {RunsFigureWords::tr("Learning rate at the end of each epoch"),
              RunsFigureWords::tr("learning rate")};
    case RunsQuantity::GradientNorm:
      return {RunsFigureWords::tr("Gradient norm"), RunsFigureWords::tr("gradient norm")};
    case RunsQuantity::DeadShare:
      return {RunsFigureWords::tr("Share of dead units"), RunsFigureWords::tr("share of dead units")};
    case RunsQuantity::Headroom:
      return {RunsFigureWords::tr("Headroom"), RunsFigureWords::tr("min(1 − βx)")};
    case RunsQuantity::BetaNorm:
      return {RunsFigureWords::tr("Norm of β"), RunsFigureWords::tr("norm of β")};
  }
  return {};
}

QString titleOf(RunsQuantity what, std::size_t count) {
  const QString name = quantityWords(what).title;
  return count == 1 ? name : RunsFigureWords::tr("%1 of %2 runs").arg(name).arg(count);
}

// Curves lie where their numbers are, not above 0: they are compared with each other.
std::optional<Axes::Range> rangeOf(const CurveFigure::Content& content) {
  double least = INFINITY, most = -INFINITY;
  for (const CurveFigure::Series& series : content.series)
    for (std::size_t k = 0; k < series.values.size(); ++k) {
      if (!std::isfinite(series.values[k])) continue;
      const double spread = series.spread.empty() || !std::isfinite(series.spread[k]) ? 0 : series.spread[k];
      least = std::min(least, series.values[k] - spread);
      most = std::max(most, series.values[k] + spread);
    }
  if (least > most) return std::nullopt;
  return roomyRange(least, most, false);
}

// One curve as it is drawn.
struct DrawnCurve {
  QString name;
  int look = 0;
  std::vector<runs::MeanPlace> places;  // of one run, or of several; y is NaN where nothing was measured
  bool band = false, faint = false;
};

std::vector<runs::MeanPlace> curvePlaces(const RunCurve& curve, const RunsScene& scene) {
  std::vector<runs::MeanPlace> places;
  for (const runs::EpochPoint& point : curve.points) {
    const double x = placeAcross(point, scene.across);
    if (std::isfinite(x)) places.push_back({.x = x, .y = valueOf(point, scene.quantity), .curves = 1});
  }
  return places;
}

std::vector<runs::MeanPlace> smoothedPlaces(std::vector<runs::MeanPlace> places, int width) {
  std::vector<double> values;
  for (const runs::MeanPlace& place : places) values.push_back(place.y);
  const std::vector<double> means = runs::trailing_mean(values, width);
  for (std::size_t k = 0; k < places.size(); ++k) places[k].y = means[k];
  return places;
}

// Each run by itself, and where they are smoothed as they were measured, too.
std::vector<DrawnCurve> singleCurves(const RunsScene& scene, const std::vector<RunCurve>& curves) {
  std::vector<runs::RunSummary> runs;
  for (const RunCurve& curve : curves) runs.push_back(curve.run);
  const std::vector<QString> names = runNames(runs);
  std::vector<DrawnCurve> drawn;
  for (std::size_t k = 0; k < curves.size(); ++k) {
    DrawnCurve raw{.name = names[k], .look = curves[k].look, .places = curvePlaces(curves[k], scene)};
    if (scene.smooth <= 1) {
      drawn.push_back(std::move(raw));
      continue;
    }
    DrawnCurve mean = raw;
    mean.places = smoothedPlaces(std::move(mean.places), scene.smooth);
    drawn.push_back(std::move(mean));
    raw.name = RunsFigureWords::tr("%1, as measured").arg(raw.name);
    raw.faint = true;
    drawn.push_back(std::move(raw));
  }
  return drawn;
}

// The look of one of a group's runs, in a colour that no group before it has where there is one.
int groupLook(const std::vector<RunCurve>& curves, const std::vector<std::size_t>& group,
              std::set<int>& colors) {
  int look = curves[group.front()].look;
  for (const std::size_t k : group)
    if (!colors.contains(curves[k].look % kRunColors)) {
      look = curves[k].look;
      break;
    }
  colors.insert(look % kRunColors);
  return look;
}

// Runs that differ in their seed alone as one.
std::vector<DrawnCurve> seedCurves(const RunsScene& scene, const std::vector<RunCurve>& curves) {
  std::vector<runs::RunSummary> runs, first;
  for (const RunCurve& curve : curves) runs.push_back(curve.run);
  const auto groups = runs::alike_but_seed(runs);
  for (const std::vector<std::size_t>& group : groups) {
    first.push_back(runs[group.front()]);
    first.back().settings.seed = runs[groups.front().front()].settings.seed;  // no part of the names
  }
  const std::vector<QString> names = runNames(first);
  std::vector<DrawnCurve> drawn;
  std::set<int> colors;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::vector<std::vector<runs::CurvePlace>> members;
    for (const std::size_t k : groups[g]) {
      std::vector<runs::CurvePlace>& member = members.emplace_back();
      const auto places = smoothedPlaces(curvePlaces(curves[k], scene), scene.smooth);
      for (std::size_t p = 0; p < places.size(); ++p)
        if (std::isfinite(places[p].y))
          member.push_back({.epoch = curves[k].points[p].epoch, .x = places[p].x, .y = places[p].y});
    }
    const std::size_t count = members.size();
    drawn.push_back(
        {.name = count == 1 ? names[g] : RunsFigureWords::tr("%1, %2 seeds").arg(names[g]).arg(count),
         .look = groupLook(curves, groups[g], colors),
         .places = runs::mean_curve(members),
         .band = count > 1});
  }
  return drawn;
}

QString noteOf(const RunsScene& scene, bool bands, const QString& note) {
  QStringList parts;
  if (!note.isEmpty()) parts.append(note);
  if (scene.smooth > 1)
    parts.append(
        bands ? RunsFigureWords::tr("mean of the last %1 epochs").arg(scene.smooth)
              : RunsFigureWords::tr("mean of the last %1 epochs; faint: as measured").arg(scene.smooth));
  if (bands) parts.append(RunsFigureWords::tr("bands: mean ± standard deviation over seeds"));
  return parts.join(QStringLiteral(" · "));
}

// Curves of other programs, in looks that no run has; what of them is to be said is added to the note.
std::vector<DrawnCurve> foreignCurves(const RunsScene& scene, const std::vector<RunCurve>& curves,
                                      const std::vector<DrawnForeign>& foreign, QString& note) {
  std::set<int> taken;
  for (const RunCurve& curve : curves) taken.insert(curve.look);
  std::vector<DrawnCurve> drawn;
  QStringList files, nowhere, means;
  int look = kRunLooks - 1;
  for (const DrawnForeign& one : foreign) {
    if (one.choice.quantity != scene.quantity) continue;
    std::vector<runs::MeanPlace> places = smoothedPlaces(foreignPlaces(one, scene.across), scene.smooth);
    if (places.empty()) {
      nowhere.append(one.name());
      continue;
    }
    if (!files.contains(one.file())) files.append(one.file());
    if (const std::size_t stride = foreignStride(*one.curve); stride > 1)
      means.append(RunsFigureWords::tr("means of %1 points").arg(stride));
    while (look > 0 && taken.contains(look)) --look;
    drawn.push_back({.name = one.name(), .look = look, .places = std::move(places)});
    look = std::max(0, look - 1);
  }
  QStringList parts;
  if (!note.isEmpty()) parts.append(note);
  if (!files.isEmpty())
    parts.append(
        (QStringList{
             RunsFigureWords::tr("not a run of this program: %1").arg(files.join(QStringLiteral(", ")))} +
         means)
            .join(QStringLiteral(", ")));
  if (!nowhere.isEmpty())
    parts.append(RunsFigureWords::tr("has no place along here: %1").arg(nowhere.join(QStringLiteral(", "))));
  note = parts.join(QStringLiteral(" · "));
  return drawn;
}

QString runsFigureTitle(const RunsScene& scene, std::size_t runs, std::size_t foreign) {
  QString title = titleOf(scene.quantity, runs);
  if (foreign == 0) return title;
  return runs == 0 ? titleOf(scene.quantity, 1) : RunsFigureWords::tr("%1 beside another program").arg(title);
}

CurveFigure::Series seriesOf(const DrawnCurve& curve, const std::map<double, std::size_t>& places) {
  CurveFigure::Series series;
  series.name = curve.name;
  series.color = curve.look % kRunColors;
  series.pen = kRunPens[static_cast<std::size_t>(curve.look / kRunColors) % kRunPens.size()];
  if (!curve.faint) series.mark = kRunMarks[static_cast<std::size_t>(curve.look % kRunColors)];
  series.gap = RunsFigureWords::tr("this run was not measured here");
  series.bridged = true;
  series.faint = curve.faint;
  series.listed = !curve.faint;
  series.values.assign(places.size(), kUnknown);
  if (curve.band) series.spread.assign(places.size(), kUnknown);
  for (const runs::MeanPlace& place : curve.places) {
    series.values[places.at(place.x)] = place.y;
    if (curve.band) series.spread[places.at(place.x)] = place.deviation;
  }
  return series;
}

}  // namespace

std::shared_ptr<const Figure> runsFigure(const RunsScene& scene, const std::vector<RunCurve>& curves,
                                         const QString& note, const std::vector<DrawnForeign>& foreign) {
  // Over the time of day no two runs have a place in common.
  const bool seeds = scene.seeds && scene.across != RunsAcross::Clock;
  std::vector<DrawnCurve> drawn;
  if (!curves.empty()) drawn = seeds ? seedCurves(scene, curves) : singleCurves(scene, curves);
  QString words = noteOf(scene, seeds, note);
  std::vector<DrawnCurve> others = foreignCurves(scene, curves, foreign, words);
  if (drawn.empty() && others.empty()) return nullptr;
  CurveFigure::Content content;
  content.title = runsFigureTitle(scene, curves.size(), others.size());
  std::ranges::move(others, std::back_inserter(drawn));
  content.x = xTitle(scene.across);
  content.y_title = quantityWords(scene.quantity).axis;
  content.y_log = scene.log_y;
  content.x_clock = scene.across == RunsAcross::Clock;
  content.x_log = scene.log_x && !content.x_clock;
  content.x_counts = scene.across != RunsAcross::Seconds;
  content.note = words;
  std::map<double, std::size_t> places;  // of all curves
  for (const DrawnCurve& curve : drawn)
    for (const runs::MeanPlace& place : curve.places) places[place.x];
  for (auto& [x, place] : places) {
    place = content.at.size();
    content.at.push_back(x);
  }
  for (const DrawnCurve& curve : drawn) content.series.push_back(seriesOf(curve, places));
  if (!scene.log_y) content.y_range = rangeOf(content);
  return std::make_shared<CurveFigure>(std::move(content));
}

}  // namespace synann::ui
