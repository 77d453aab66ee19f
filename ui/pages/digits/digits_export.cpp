// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digits_export.h"

#include <fmt/format.h>

#include "ui/pages/digits/digits_figures.h"
#include "ui/pages/digits/digits_jobs.h"
#include "ui/pages/digits/digits_worker.h"
#include "ui/pages/synapses/synapse_export.h"
#include "ui/pages/synapses/synapse_figures.h"
#include "ui/pages/synapses/synapse_view.h"
#include "ui/session/class_words.h"

namespace synann::ui {

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
  DigitsScene scene;
  applyTyped(digitsFields(), options.typed, scene);
  scene.figure = QString::fromStdString(options.view);
  const auto data = dataOfView(options);
  if (!data) return data.error();
  train::SynapseQuery query{.run = options.history, .network = true};
  if (options.step >= 0) query.steps = options.step;
  query.data = *data;
  const train::SynapseFrame frame = train::SynapseReader().answer(query);
  if (!frame.model) return Error{.where = {}, .problem = frame.error};
  if (!frame.network)
    return input_error(options.history, "the whole network is not known at this step",
                       "choose a step at which it is recorded, such as the end of an epoch");
  train::SynapseFrame at = frame;
  at.at = frame.network_at;
  const infer::SetPtr set = infer::set_of(*data, scene.part);
  if (!set || set->count() == 0)
    return Error{
        .where = "--part", .problem = "there are no such images in the data", .expected = "test or train"};
  QStringList names;
  for (int label = 0; label < set->classes; ++label) names.append(className((*data)->class_names, label));
  const auto wrapped = [&](std::shared_ptr<const Figure> figure) -> Result<ShownFigure> {
    return ShownFigure{
        .figure = std::move(figure), .name = scene.figure, .view = digitsJson(scene, frame, options.history)};
  };
  if (isAsked(scene.figure)) {
    scene.layer = options.layer;
    if (scene.image >= set->count() && scene.figure != QLatin1String("robustness"))
      return Error{.where = "--image",
                   .problem = "there is no such image",
                   .expected = fmt::format("0 to {}", set->count() - 1),
                   .found = fmt::format("{}", scene.image)};
    const DigitsContext context{.network = {frame.model, frame.network},
                                .set = set,
                                .part = scene.part,
                                .names = names,
                                .run = options.history,
                                .when = stepText(at)};
    auto made = digitsJob(scene, context, scene.figure)({});
    if (!made) return made.error();
    return wrapped(std::move(*made));
  }
  DigitsAskers askers;
  const DigitsOutcome outcome = askDigits({.network = {frame.model, frame.network},
                                           .before = {},
                                           .set = set,
                                           .part = scene.part,
                                           .names = names,
                                           .when = stepText(at)},
                                          askers, {});
  if (!outcome.answer) return Error{.where = {}, .problem = outcome.error.toStdString()};
  if (scene.order == DigitsOrder::Forgotten && scene.figure == kDigitsFigures[1]) {
    auto made = forgottenJob(scene, outcome.answer, options.history, std::make_shared<DigitsLives>())({});
    if (!made) return made.error();
    return wrapped(std::move(*made));
  }
  QString why;
  const auto figure = digitsFigure(scene, *outcome.answer, why);
  if (!figure) return input_error(options.history, why.toStdString());
  return wrapped(figure);
}

}  // namespace synann::ui
