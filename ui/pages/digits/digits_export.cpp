// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digits_export.h"

#include <fmt/format.h>

#include "engine/train/history.h"
#include "engine/train/training_part.h"
#include "ui/pages/digits/digits_figures.h"
#include "ui/pages/digits/digits_jobs.h"
#include "ui/pages/digits/digits_worker.h"
#include "ui/pages/synapses/synapse_export.h"
#include "ui/pages/synapses/synapse_view.h"

namespace synann::ui {

namespace {

// What the prompt asks, and of what.
struct DigitsAsked {
  DigitsScene scene;
  ViewedNetwork at;
  infer::SetPtr set;
  std::vector<OtherNetwork> beside;
  std::optional<OtherNetwork> minus;
};

// The checkpoints of --checkpoint, with commas between them.
Status openBeside(const ViewOptions& options, DigitsAsked& asked) {
  const auto named = options.files.find("--checkpoint");
  if (named == options.files.end()) return {};
  for (const QString& path : QString::fromStdString(named->second).split(',', Qt::SkipEmptyParts)) {
    auto other = openOther(path.trimmed().toStdString());
    if (!other) return other.error();
    asked.scene.checkpoints.push_back(other->path.string());
    asked.beside.push_back(std::move(*other));
  }
  return {};
}

// What --minus-step, and --minus-run, subtract.
Status openMinus(const ViewOptions& options, DigitsAsked& asked) {
  if (options.minus_step < 0) return {};
  auto other = openOther(options.minus_run.empty() ? options.history : options.minus_run, options.minus_step);
  if (!other) return other.error();
  asked.minus = std::move(*other);
  return {};
}

Result<DigitsAsked> askedOf(const ViewOptions& options) {
  DigitsAsked asked;
  applyTyped(digitsFields(), options.typed, asked.scene);
  asked.scene.figure = QString::fromStdString(options.view);
  if (isAsked(asked.scene.figure)) asked.scene.layer = options.layer;
  // The layer is one whose activations are looked at, not a synapse layer.
  ViewOptions moment = options;
  moment.layer.clear();
  auto at = networkOfView(moment);
  if (!at) return at.error();
  asked.at = std::move(*at);
  // Where the run holds images back, or draws them, its training set is not that of the data.
  data::DataPairPtr images = asked.at.data;
  const bool whole = asked.scene.part == infer::Part::Test;
  if (const auto run = train::recorded_settings(options.history, asked.at.frame.at.steps);
      run && images && !whole) {
    auto part = train::training_part(images, *run);
    if (!part) return part.error();
    images = std::move(*part);
  }
  asked.set = infer::set_of(images, asked.scene.part);
  if (!asked.set || asked.set->count() == 0)
    return Error{
        .where = "--part", .problem = "there are no such images in the data", .expected = "test or train"};
  if (auto status = openBeside(options, asked); !status) return status.error();
  if (auto status = openMinus(options, asked); !status) return status.error();
  return asked;
}

using FigurePtr = std::shared_ptr<const Figure>;

Result<FigurePtr> askedFigureOf(const DigitsAsked& asked, const ViewOptions& options) {
  const DigitsScene& scene = asked.scene;
  if (scene.image >= asked.set->count() && scene.figure != QLatin1String("robustness"))
    return Error{.where = "--image",
                 .problem = "there is no such image",
                 .expected = fmt::format("0 to {}", asked.set->count() - 1),
                 .found = fmt::format("{}", scene.image)};
  const DigitsContext context{.network = asked.at.network,
                              .set = asked.set,
                              .part = scene.part,
                              .names = asked.at.names,
                              .run = options.history,
                              .when = asked.at.when,
                              .beside = asked.beside};
  return digitsJob(scene, context, scene.figure)({});
}

QString beforeWords(const DigitsAsked& asked) {
  return asked.minus ? asked.minus->run + QStringLiteral(", ") + asked.minus->what : QString();
}

Result<FigurePtr> digitsFigureOf(const DigitsAsked& asked, const ViewOptions& options) {
  const DigitsScene& scene = asked.scene;
  if (isAsked(scene.figure)) return askedFigureOf(asked, options);
  DigitsAskers askers;
  const DigitsOutcome outcome = askDigits({.network = asked.at.network,
                                           .before = asked.minus ? asked.minus->network : infer::Network(),
                                           .set = asked.set,
                                           .part = scene.part,
                                           .names = asked.at.names,
                                           .when = asked.at.when,
                                           .before_when = beforeWords(asked)},
                                          askers, {});
  if (!outcome.answer) return Error{.where = {}, .problem = outcome.error.toStdString()};
  if (scene.order == DigitsOrder::Forgotten && scene.figure == kDigitsFigures[1])
    return forgottenJob(scene, outcome.answer, options.history, std::make_shared<DigitsLives>())({});
  QString why;
  FigurePtr figure = digitsFigure(scene, *outcome.answer, why);
  if (!figure) return input_error(options.history, why.toStdString());
  return figure;
}

}  // namespace

std::vector<std::string> digitsViews() {
  std::vector<std::string> views;
  for (const QString& name : kDigitsFigures) views.push_back(name.toStdString());
  return views;
}

QJsonObject digitsJson(const DigitsScene& scene, const train::SynapseFrame& frame,
                       const std::filesystem::path& run) {
  train::SynapseFrame at = frame;
  at.at = frame.network_at;
  QJsonObject json = momentJson(at, run);
  writeDigitsScene(scene, json);
  return json;
}

Result<ShownFigure> digitsViewFigure(const ViewOptions& options) {
  auto asked = askedOf(options);
  if (!asked) return asked.error();
  auto figure = digitsFigureOf(*asked, options);
  if (!figure) return figure.error();
  QJsonObject view = digitsJson(asked->scene, asked->at.frame, options.history);
  if (asked->minus) {
    view["minus_run"] = QString::fromStdString(options.minus_run);
    view["minus_step"] = static_cast<qint64>(options.minus_step);
  }
  return ShownFigure{.figure = std::move(*figure), .name = asked->scene.figure, .view = std::move(view)};
}

}  // namespace synann::ui
