// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/twins/twins_figures.h"

#include <algorithm>
#include <limits>
#include <map>
#include <system_error>

#include <QCoreApplication>
#include <QJsonArray>

#include "engine/core/version.h"
#include "engine/train/history.h"
#include "engine/train/run_data.h"
#include "ui/pages/runs/run_words.h"
#include "ui/plots/curve_figure.h"
#include "ui/plots/tiles_figure.h"
#include "ui/session/class_words.h"
#include "ui/session/words.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr std::size_t kMostTwinPoints = 2000;  // of a curve
constexpr std::size_t kMostTwinImages = 100;

struct TwinWords {
  Q_DECLARE_TR_FUNCTIONS(twins)
};

// Below the title: where they part, and what is left out.
QString noteBelow(const runs::TwinTrace& trace, const runs::TwinCurves& curves) {
  QStringList words;
  if (trace.steps > 0) words.append(divergenceWords(trace));
  if (curves.every > 1) words.append(TwinWords::tr("one step of %1 is drawn").arg(countWords(curves.every)));
  return words.join(QStringLiteral(" · "));
}

// The rows of a figure: a place for each step that is drawn, and for each end of an epoch.
class TwinPlaces {
 public:
  void add(double step) { places_[step]; }
  std::vector<double> number() {
    std::vector<double> at;
    for (auto& [step, place] : places_) {
      place = at.size();
      at.push_back(step);
    }
    return at;
  }
  void put(CurveFigure::Series& series, double step, double value) const {
    if (series.values.empty()) series.values.assign(places_.size(), std::numeric_limits<double>::quiet_NaN());
    series.values[places_.at(step)] = value;
  }

 private:
  std::map<double, std::size_t> places_;
};

CurveFigure::Series twinSeries(const QString& name, int color) {
  CurveFigure::Series series;
  series.name = name;
  series.color = color;
  series.gap = TwinWords::tr("not measured here");
  series.bridged = true;
  return series;
}

}  // namespace

TwinNames twinNames(const train::Settings& first, const train::Settings& second) {
  runs::RunSummary a, b;
  a.settings = first;
  b.settings = second;
  a.name = TwinWords::tr("first").toStdString();
  b.name = TwinWords::tr("second").toStdString();
  const std::vector<QString> names = runNames({a, b});
  return {names[0], names[1]};
}

QString divergenceWords(const runs::TwinTrace& trace) {
  if (trace.steps == 0) return TwinWords::tr("no step yet");
  if (trace.divergence)
    return (trace.divergence->losses ? TwinWords::tr("the losses differ from step %1 on")
                                     : TwinWords::tr("the parameters differ after step %1"))
        .arg(countWords(trace.divergence->step));
  return (trace.same_parameters ? TwinWords::tr("losses and parameters are equal to the bit over %1 steps")
                                : TwinWords::tr("the losses are equal to the bit over %1 steps"))
      .arg(countWords(trace.steps));
}

std::shared_ptr<const Figure> twinLossFigure(const runs::TwinTrace& trace, const TwinNames& names) {
  const runs::TwinCurves curves = runs::twin_curves(trace, kMostTwinPoints);
  if (curves.steps.empty()) return nullptr;
  const bool both = !trace.runs[1].losses.empty();
  CurveFigure::Content content;
  content.title = both ? TwinWords::tr("Loss of both") : TwinWords::tr("Loss of the run at hand");
  content.x = TwinWords::tr("steps");
  content.y_title = TwinWords::tr("loss (nats)");
  content.x_counts = true;
  content.note = noteBelow(trace, curves);
  TwinPlaces places;
  for (const std::int64_t step : curves.steps) places.add(static_cast<double>(step));
  const auto endOf = [&](const train::Evaluation& e) {
    return static_cast<double>(std::int64_t{e.epoch} * trace.steps_per_epoch);
  };
  for (const runs::TwinRun& run : trace.runs)
    for (const train::Evaluation& e : run.evaluations) places.add(endOf(e));
  content.at = places.number();
  for (int side = 0; side < (both ? 2 : 1); ++side) {
    const auto k = static_cast<std::size_t>(side);
    CurveFigure::Series train = twinSeries(names[k], side);
    train.pen = side == 0 ? Qt::SolidLine : Qt::DashLine;
    for (std::size_t n = 0; n < curves.steps.size(); ++n)
      places.put(train, static_cast<double>(curves.steps[n]), curves.losses[k][n]);
    content.series.push_back(std::move(train));
  }
  for (int side = 0; side < (both ? 2 : 1); ++side) {
    const auto k = static_cast<std::size_t>(side);
    CurveFigure::Series test = twinSeries(TwinWords::tr("%1, test").arg(names[k]), side);
    test.dots = true;
    for (const train::Evaluation& e : trace.runs[k].evaluations) places.put(test, endOf(e), e.test_loss);
    if (!test.values.empty()) content.series.push_back(std::move(test));
  }
  return std::make_shared<CurveFigure>(std::move(content));
}

std::shared_ptr<const Figure> twinDifferenceFigure(const runs::TwinTrace& trace) {
  if (trace.steps == 0) return nullptr;
  const runs::TwinCurves curves = runs::twin_curves(trace, kMostTwinPoints);
  CurveFigure::Content content;
  content.title = TwinWords::tr("Difference of the losses");
  content.x = TwinWords::tr("steps");
  content.y_title = TwinWords::tr("|difference| (nats)");
  content.x_counts = true;
  content.note = noteBelow(trace, curves);
  content.y_log = !curves.equal;
  if (curves.equal) content.y_range = Axes::Range{0, 1};
  for (const std::int64_t step : curves.steps) content.at.push_back(static_cast<double>(step));
  CurveFigure::Series series = twinSeries(TwinWords::tr("second − first"), 0);
  series.values = curves.difference;
  content.series.push_back(std::move(series));
  return std::make_shared<CurveFigure>(std::move(content));
}

std::shared_ptr<const Figure> twinDistanceFigure(const runs::TwinTrace& trace) {
  if (trace.distances.empty()) return nullptr;
  CurveFigure::Content content;
  content.title = TwinWords::tr("Norm of the difference of the parameters");
  content.x = TwinWords::tr("steps");
  content.y_title = TwinWords::tr("norm");
  content.x_counts = true;
  CurveFigure::Series beta = twinSeries(TwinWords::tr("Δβ"), 0);
  CurveFigure::Series shared = twinSeries(TwinWords::tr("all that both have"), 1);
  shared.pen = Qt::DashLine;
  bool any_beta = false, any_shared = false;
  for (const runs::TwinDistance& distance : trace.distances) {
    content.at.push_back(static_cast<double>(distance.steps));
    beta.values.push_back(distance.beta);
    shared.values.push_back(distance.shared);
    any_beta = any_beta || distance.beta >= 0;
    any_shared = any_shared || distance.shared >= 0;
  }
  if (any_beta) content.series.push_back(std::move(beta));
  if (any_shared) content.series.push_back(std::move(shared));
  if (content.series.empty()) return nullptr;
  return std::make_shared<CurveFigure>(std::move(content));
}

std::shared_ptr<const Figure> twinImagesFigure(const std::vector<runs::TwinImage>& images,
                                               const data::DataPair& data) {
  if (images.empty()) return nullptr;
  TilesFigure::Content content;
  content.count = static_cast<int>(std::min(images.size(), kMostTwinImages));
  content.rows = data.test.rows;
  content.columns = data.test.columns;
  content.title = images.size() > kMostTwinImages
                      ? TwinWords::tr("The first %1 of %2 test images that are seen differently")
                            .arg(content.count)
                            .arg(countWords(static_cast<std::int64_t>(images.size())))
                      : TwinWords::tr("%1 test images are seen differently").arg(content.count);
  content.value = TwinWords::tr("ink");
  content.bar = false;
  for (int k = 0; k < content.count; ++k) {
    const runs::TwinImage& image = images[static_cast<std::size_t>(k)];
    for (const std::uint8_t pixel : data.test.image(image.image)) content.values.push_back(pixel);
    content.names.push_back(TwinWords::tr("image %1: class %2, said %3 and %4")
                                .arg(image.image)
                                .arg(className(data.class_names, image.truth),
                                     className(data.class_names, image.said[0]),
                                     className(data.class_names, image.said[1])));
    content.keys.push_back(image.image);
  }
  content.scale = {.least = 0, .most = 255, .colors = ColorMap::Grey};
  return std::make_shared<const TilesFigure>(std::move(content));
}

Result<data::DataPairPtr> twinsData(const train::StartInfo& start, const std::filesystem::path& first,
                                    const data::DataPairPtr& open) {
  if (open && open->sha256 == start.data_sha256) return open;
  train::History history;
  history.start = start;
  const auto found = train::open_run_data(history, first);
  if (!found) return found.error();
  return found->data;
}

QJsonObject twinsView(const QString& view, const std::array<std::filesystem::path, 2>& runs) {
  QJsonArray folders;
  for (const std::filesystem::path& run : runs) {
    if (run.empty()) continue;  // of a run by itself
    std::error_code code;
    const std::filesystem::path whole = std::filesystem::absolute(run, code);
    folders.append(QString::fromStdString((code ? run : whole).string()));
  }
  return {{u"program"_s, u"synann-studio"_s},
          {u"version"_s, QString::fromLatin1(kVersion)},
          {u"view"_s, view},
          {u"runs"_s, folders}};
}

Status checkTwins(const ViewOptions& options) {
  if (options.histories.size() == 2) return {};
  return Error{.problem = "--view " + options.view + " requires two runs: --history RUN,RUN"};
}

Result<ShownFigure> twinsViewFigure(const ViewOptions& options) {
  const std::array<std::filesystem::path, 2> folders{options.histories[0], options.histories[1]};
  const auto trace = runs::read_twins(folders);
  if (!trace) return trace.error();
  std::shared_ptr<const Figure> figure;
  if (options.view == kTwinLosses) {
    figure = twinLossFigure(*trace, twinNames(trace->runs[0].start.settings, trace->runs[1].start.settings));
  } else if (options.view == kTwinDifference) {
    figure = twinDifferenceFigure(*trace);
  } else if (options.view == kTwinDistance) {
    figure = twinDistanceFigure(*trace);
  } else {
    const auto data = twinsData(trace->runs[0].start, folders[0], nullptr);
    if (!data) return data.error();
    const auto images = runs::differing_predictions(folders, **data, {});
    if (!images) return images.error();
    figure = twinImagesFigure(*images, **data);
  }
  if (!figure)
    return input_error(options.histories[1],
                       "has nothing of this view in common with " + options.histories[0],
                       "choose another --view");
  const QString view = QString::fromStdString(options.view);
  return ShownFigure{.figure = figure, .name = view, .view = twinsView(view, folders)};
}

}  // namespace synann::ui
