// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_export.h"

#include <algorithm>

#include "engine/core/text_value.h"
#include "engine/core/version.h"
#include "engine/synapse/circuit_examples.h"
#include "ui/pages/circuit/circuit_figure.h"
#include "ui/pages/circuit/circuit_study_export.h"
#include "ui/pages/circuit/circuit_tabs.h"

namespace synann::ui {
namespace {

constexpr const char* kCircuitOption = "--circuit";
constexpr const char* kStepsOption = "--circuit-steps";
constexpr const char* kClampOption = "--clamp";
constexpr double kMostExportSteps = 1'000'000;

Result<synapse::DrawnCircuit> circuitNamed(const std::string& name) {
  if (const auto* example = synapse::circuit_example(name)) return synapse::DrawnCircuit{example->make(), {}};
  return synapse::read_drawn_circuit(name);
}

Result<CircuitMoment> momentOf(const ViewOptions& options, synapse::DrawnCircuit drawn) {
  CircuitMoment moment{.drawn = std::move(drawn)};
  auto study = studyOf(options);
  if (!study) return study.error();
  moment.study = std::move(*study);
  moment.figure = QString::fromStdString(options.view);
  if (const auto steps = options.typed.find(kStepsOption); steps != options.typed.end())
    moment.step = static_cast<qint64>(steps->second.front());
  moment.clamped = options.typed.contains(kClampOption);
  return moment;
}

// The figure at that step; null, and why, where there is none.
std::shared_ptr<const Figure> circuitFigure(const CircuitMoment& moment, QString& why) {
  if (moment.figure == kCircuitFigures[2]) return truthFigure(moment.drawn.circuit, moment.clamped, why);
  CircuitPlayer player;
  player.setClamped(moment.clamped);
  player.setCircuit(moment.drawn.circuit);
  for (qint64 step = 1; step < moment.step; ++step) player.step();
  if (moment.figure == kCircuitFigures[1]) return traceFigure(moment.drawn.circuit, player.history());
  CircuitScene scene(moment.drawn);
  scene.setValues(player.values());
  return std::make_shared<const CircuitFigure>(std::move(scene));
}

}  // namespace

std::vector<std::string> circuitViews() {
  std::vector<std::string> views;
  for (const QString& view : kCircuitFigures + kCircuitStudies) views.push_back(view.toStdString());
  return views;
}

Status checkCircuit(const ViewOptions& options) {
  if (options.files.contains(kCircuitOption)) return checkStudy(options);
  return Error{.problem = "--view " + options.view + " requires --circuit FILE|EXAMPLE"};
}

std::vector<PageFile> circuitFiles() {
  std::vector<PageFile> files = studyFiles();
  files.insert(files.begin(),
               {.option = kCircuitOption,
                .value = "FILE|EXAMPLE",
                .help = "The circuit: a file of synann-circuit-1, or an example of synann circuit --list."});
  return files;
}

std::vector<FieldInfo> circuitFields() {
  FieldInfo steps{.id = "steps",
                  .kind = FieldKind::Whole,
                  .least = 1,
                  .most = kMostExportSteps,
                  .fallback = 1,
                  .plain = false};
  steps.option = kStepsOption;
  steps.option_help =
      "After so many steps, 1 to 1000000; 1 unless told otherwise. So many are drawn by circuit-phase, 200 "
      "unless told otherwise.";
  FieldInfo clamp{.id = "clamped", .kind = FieldKind::Switch, .plain = false};
  clamp.option = kClampOption;
  clamp.option_help = "Every value is clamped to 0 … 1 before anything takes it.";
  std::vector<FieldInfo> fields = studyFields();
  fields.insert(fields.begin(), {steps, clamp});
  return fields;
}

Result<ShownFigure> circuitViewFigure(const ViewOptions& options) {
  const std::string& name = options.files.at(kCircuitOption);
  auto drawn = circuitNamed(name);
  if (!drawn) return drawn.error();
  const auto read = momentOf(options, std::move(*drawn));
  if (!read) return read.error();
  const CircuitMoment& moment = *read;
  if (kCircuitStudies.contains(moment.figure)) {
    auto found = studyFigure(moment.figure, moment.drawn.circuit, moment.clamped, moment.study);
    if (!found) return found.error();
    return ShownFigure{.figure = std::move(*found), .name = moment.figure, .view = toJson(moment)};
  }
  QString why;
  auto figure = circuitFigure(moment, why);
  if (!figure) return input_error(name, "cannot be shown as --view " + options.view, why.toStdString());
  return ShownFigure{.figure = std::move(figure), .name = moment.figure, .view = toJson(moment)};
}

QJsonObject toJson(const CircuitMoment& moment) {
  QJsonObject json;
  json["program"] = QStringLiteral("synann-studio");
  json["version"] = QString::fromStdString(std::string(kVersion));
  json["view"] = kCircuitFigures[0];
  json["figure"] = moment.figure;
  json["circuit"] = QString::fromStdString(synapse::circuit_text(moment.drawn.circuit, moment.drawn.layout));
  json["circuit_step"] = moment.step;
  json["clamped"] = moment.clamped;
  json["study"] = toJson(moment.study);
  return json;
}

Result<CircuitMoment> circuitMomentFromJson(const QJsonObject& json) {
  auto drawn =
      synapse::parse_drawn_circuit(json.value("circuit").toString().toStdString(), "the figure's circuit");
  if (!drawn) return drawn.error();
  CircuitMoment moment{.drawn = std::move(*drawn)};
  moment.step =
      std::clamp<qint64>(json.value("circuit_step").toInteger(1), 1, static_cast<qint64>(kMostExportSteps));
  moment.clamped = json.value("clamped").toBool();
  moment.study = circuitStudyFromJson(json.value("study").toObject());
  const QString figure = json.value("figure").toString();
  if (kCircuitFigures.contains(figure) || kCircuitStudies.contains(figure)) moment.figure = figure;
  return moment;
}

}  // namespace synann::ui
