// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_figure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include <QCoreApplication>

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

double placeAcross(const runs::EpochPoint& point, RunsAcross what) {
  switch (what) {
    case RunsAcross::Epochs:
      return point.epoch;
    case RunsAcross::Steps:
      return static_cast<double>(point.steps);
    case RunsAcross::Seconds:
      return point.seconds;
  }
  return 0;
}

double valueOf(const runs::EpochPoint& point, RunsQuantity what) {
  switch (what) {
    case RunsQuantity::TestLoss:
      return point.test_loss;
    case RunsQuantity::TrainLoss:
      return point.train_loss.value_or(std::numeric_limits<double>::quiet_NaN());
    case RunsQuantity::Accuracy:
      return point.accuracy;
  }
  return 0;
}

QString xTitle(RunsAcross what) {
  return what == RunsAcross::Epochs  ? RunsFigureWords::tr("epochs")
         : what == RunsAcross::Steps ? RunsFigureWords::tr("steps")
                                     : RunsFigureWords::tr("seconds of training");
}

QString yTitle(RunsQuantity what) {
  return what == RunsQuantity::TestLoss    ? RunsFigureWords::tr("test loss (nats)")
         : what == RunsQuantity::TrainLoss ? RunsFigureWords::tr("train loss (nats)")
                                           : RunsFigureWords::tr("test accuracy (%)");
}

QString titleOf(RunsQuantity what, std::size_t count) {
  const QString name = what == RunsQuantity::TestLoss ? RunsFigureWords::tr("Test loss")
                       : what == RunsQuantity::TrainLoss
                           ? RunsFigureWords::tr("Train loss, mean of each epoch")
                           : RunsFigureWords::tr("Test accuracy");
  return count == 1 ? name : RunsFigureWords::tr("%1 of %2 runs").arg(name).arg(count);
}

// Curves lie where their numbers are, not above 0: they are compared with each other.
std::optional<Axes::Range> rangeOf(const CurveFigure::Content& content) {
  double least = INFINITY, most = -INFINITY;
  for (const CurveFigure::Series& series : content.series)
    for (const double value : series.values) {
      if (!std::isfinite(value)) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
  if (least > most) return std::nullopt;
  return roomyRange(least, most, false);
}

}  // namespace

std::shared_ptr<const Figure> runsFigure(const RunsScene& scene, const std::vector<RunCurve>& curves,
                                         const QString& note) {
  if (curves.empty()) return nullptr;
  CurveFigure::Content content;
  content.title = titleOf(scene.quantity, curves.size());
  content.x = xTitle(scene.across);
  content.y_title = yTitle(scene.quantity);
  content.y_log = scene.log_y;
  content.note = note;
  content.x_counts = scene.across != RunsAcross::Seconds;
  std::map<double, std::size_t> places;  // of all runs
  for (const RunCurve& curve : curves)
    for (const runs::EpochPoint& point : curve.points) places[placeAcross(point, scene.across)];
  for (auto& [x, place] : places) {
    place = content.at.size();
    content.at.push_back(x);
  }
  std::vector<runs::RunSummary> runs;
  for (const RunCurve& curve : curves) runs.push_back(curve.run);
  const std::vector<QString> names = runNames(runs);
  for (std::size_t k = 0; k < curves.size(); ++k) {
    CurveFigure::Series series;
    series.name = names[k];
    series.color = curves[k].look % kRunColors;
    series.pen = kRunPens[static_cast<std::size_t>(curves[k].look / kRunColors) % kRunPens.size()];
    series.gap = RunsFigureWords::tr("this run was not measured here");
    series.bridged = true;
    series.values.assign(content.at.size(), std::numeric_limits<double>::quiet_NaN());
    for (const runs::EpochPoint& point : curves[k].points)
      series.values[places[placeAcross(point, scene.across)]] = valueOf(point, scene.quantity);
    content.series.push_back(std::move(series));
  }
  if (!scene.log_y) content.y_range = rangeOf(content);
  return std::make_shared<CurveFigure>(std::move(content));
}

}  // namespace synann::ui
