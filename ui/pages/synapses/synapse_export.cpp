// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/synapse_export.h"

#include <fmt/format.h>
#include <memory>

#include "engine/data/registry.h"
#include "engine/train/history.h"
#include "engine/train/run_data.h"
#include "ui/pages/synapses/knock_out_export.h"
#include "ui/pages/synapses/synapse_view.h"
#include "ui/session/class_words.h"

namespace synann::ui {

namespace {

SynapseView viewOf(const ViewOptions& o) {
  SynapseView view;
  view.figure = QString::fromStdString(o.view == "synapses" ? "beta" : o.view);
  train::SynapseQuery& q = view.query;
  q.run = o.history;
  q.steps = o.step < 0 ? train::kLatestStep : o.step;
  q.layer = o.layer;
  q.compare = o.minus_step >= 0;
  q.other_steps = o.minus_step;
  q.other_run = o.minus_run;
  view.style.slope = o.view == "proof";
  applyTyped(synapseFields(), o.typed, view);
  return view;
}

Status checkBelow(const char* option, int value, int count, const std::string& what) {
  if (value < count) return {};
  return Error{.where = option,
               .problem = fmt::format("there is no such {}", what),
               .expected = fmt::format("0 to {}", count - 1),
               .found = fmt::format("{}", value)};
}

Status checkNumber(const char* option, int value, const train::SynapseFrame& frame, const std::string& what) {
  return checkBelow(option, value, frame.n(), what + " in " + frame.layer.name);
}

Status checkRanges(const SynapseView& view, const train::SynapseFrame& frame) {
  if (auto status = checkNumber("--unit", view.cell.i, frame, "unit"); !status) return status;
  if (auto status = checkNumber("--synapse", view.cell.j, frame, "synapse"); !status) return status;
  const train::SynapseQuery& q = view.query;
  if (!q.data) return {};
  for (const int label : {q.class_a, q.class_b}) {
    if (auto status = checkBelow("--classes", label, q.data->test.classes, "class"); !status) return status;
  }
  return checkBelow("--image", q.image, q.data->test.count(), "test image");
}

Status checkLayer(const ViewOptions& options, const train::SynapseFrame& frame) {
  if (options.layer.empty() || frame.layer.name == options.layer) return {};
  return Error{.where = "--layer",
               .problem = "there is no such synapse layer",
               .expected = frame.layer.name,
               .found = options.layer};
}

}  // namespace

Result<data::DataPairPtr> dataOfView(const ViewOptions& options) {
  if (!options.data.empty()) return data::open_dataset(options.data);
  const auto history = train::read_history(options.history);
  if (!history) return history.error();
  std::error_code code;
  const std::filesystem::path path = options.history;
  auto found =
      train::open_run_data(*history, std::filesystem::is_directory(path, code) ? path : path.parent_path());
  if (!found) return found.error();
  return found->data;
}

Result<ViewedNetwork> networkOfView(const ViewOptions& options) {
  const auto data = dataOfView(options);
  if (!data) return data.error();
  train::SynapseQuery query{.run = options.history, .network = true};
  if (options.step >= 0) query.steps = options.step;
  query.layer = options.layer;
  query.data = *data;
  train::SynapseFrame frame = train::SynapseReader().answer(query);
  if (!frame.model) return Error{.where = {}, .problem = frame.error};
  if (!frame.network)
    return input_error(options.history, "the whole network is not known at this step",
                       "choose a step at which it is recorded, such as the end of an epoch");
  frame.at = frame.network_at;
  QStringList names;
  for (int label = 0; label < (*data)->test.classes; ++label)
    names.append(className((*data)->class_names, label));
  const infer::Network network{frame.model, frame.network};
  const QString when = stepText(frame);
  return ViewedNetwork{
      .frame = std::move(frame), .network = network, .data = *data, .names = names, .when = when};
}

std::vector<FieldInfo> synapseOptionFields() {
  std::vector<FieldInfo> fields = fieldInfos(synapseFields());
  fields.push_back(knockOutValue());
  return fields;
}

Status checkSynapses(const ViewOptions& options) {
  if (auto status = requireRun(options); !status) return status;
  if (options.typed.contains("--cell"))
    return Error{.problem = "--cell belongs to --view surface; rows and columns take --unit and --synapse"};
  return checkKnockOut(options);
}

Result<ShownFigure> synapseViewFigure(const ViewOptions& options) {
  if (isKnockOutView(options.view)) return knockOutViewFigure(options);
  SynapseView view = viewOf(options);
  const bool inputs =
      view.query.lens != train::Lens::Beta || options.view == "waterfall" || options.view == "proof";
  if (inputs) {
    auto opened = dataOfView(options);
    if (!opened) return opened.error();
    view.query.data = *opened;
  }
  const std::shared_ptr<train::SynapseReader> kept =
      options.reader ? options.reader : std::make_shared<train::SynapseReader>();
  train::SynapseReader& reader = *kept;
  view.query.run_range = view.style.scale == ScaleMode::Run;
  train::SynapseFrame frame = reader.answer(view.query);
  if (view.query.run_range && frame.error.empty() && !frame.run_range_whole) {
    while (reader.scan()) {
    }
    frame = reader.answer(view.query);
  }
  if (!frame.error.empty()) return Error{.where = {}, .problem = frame.error};
  if (auto status = checkRanges(view, frame); !status) return status.error();
  if (auto status = checkLayer(options, frame); !status) return status.error();
  if (!frame.missing.empty()) return Error{.where = {}, .problem = frame.missing};
  QString why;
  const auto figure = synapseFigure(view, frame, why);
  if (!figure) return input_error(options.history, why.toStdString());
  return ShownFigure{
      .figure = figure, .name = QString::fromStdString(options.view), .view = toJson(view, frame)};
}

Result<train::SynapseFrame> frameOfCell(const ViewOptions& options, bool inputs_needed) {
  train::SynapseQuery query = viewOf(options).query;
  query.lens = train::Lens::Beta;
  query.compare = false;
  query.samples = true;
  auto opened = dataOfView(options);
  if (!opened && inputs_needed) return opened.error();
  if (opened) query.data = *opened;  // without the data there are α and β all the same
  train::SynapseFrame frame = train::SynapseReader().answer(query);
  if (!frame.error.empty()) return Error{.where = {}, .problem = frame.error};
  if (auto status = checkLayer(options, frame); !status) return status.error();
  if (auto status = checkCell(options, frame); !status) return status.error();
  return frame;
}

Status checkCell(const ViewOptions& options, const train::SynapseFrame& frame) {
  const synapse::Cell cell = typedCell(options);
  if (auto status = checkNumber("--cell", cell.i, frame, "unit"); !status) return status;
  return checkNumber("--cell", cell.j, frame, "synapse");
}

synapse::Cell typedCell(const ViewOptions& options) {
  const std::vector<double>& cell = options.typed.at("--cell");
  return {static_cast<int>(cell.front()), static_cast<int>(cell.back())};
}

}  // namespace synann::ui
