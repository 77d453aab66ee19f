// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/synapse_export.h"

#include <fmt/format.h>

#include "engine/data/registry.h"
#include "engine/train/history.h"
#include "engine/train/run_data.h"
#include "ui/pages/synapses/synapse_view.h"
#include "ui/plots/figure_file.h"

namespace synann::ui {

namespace {

train::Lens lensOf(const std::string& word) {
  if (word == "image") return train::Lens::Image;
  if (word == "class-mean") return train::Lens::ClassMean;
  return word == "class-difference" ? train::Lens::ClassDifference : train::Lens::Beta;
}

SynapseView viewOf(const ViewOptions& o) {
  SynapseView view{.query = {},
                   .style = {},
                   .unit = o.unit,
                   .synapse = o.synapse,
                   .figure = QString::fromStdString(o.view == "synapses" ? "beta" : o.view)};
  train::SynapseQuery& q = view.query;
  q.run = o.history;
  q.steps = o.step < 0 ? train::kLatestStep : o.step;
  q.layer = o.layer;
  q.lens = lensOf(o.lens);
  q.image = o.image;
  q.class_a = o.classes.front();
  q.class_b = o.classes.back();
  q.compare = o.minus_step >= 0;
  q.other_steps = o.minus_step;
  q.other_run = o.minus_run;
  view.style.slope = o.view == "proof";
  return view;
}

// The data named, else the run's own.
Result<data::DataPairPtr> dataOf(const ViewOptions& options) {
  if (!options.data.empty()) return data::open_dataset(options.data);
  const auto history = train::read_history(options.history);
  if (!history) return history.error();
  std::error_code code;
  const std::filesystem::path place = options.history;
  auto found = train::open_run_data(*history,
                                    std::filesystem::is_directory(place, code) ? place : place.parent_path());
  if (!found) return found.error();
  return found->data;
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

Status checkRanges(const ViewOptions& o, const train::SynapseFrame& frame, const train::SynapseQuery& query) {
  if (auto status = checkNumber("--unit", o.unit, frame, "unit"); !status) return status;
  if (auto status = checkNumber("--synapse", o.synapse, frame, "synapse"); !status) return status;
  if (!query.data) return {};
  for (const int label : o.classes) {
    if (auto status = checkBelow("--classes", label, query.data->test.classes, "class"); !status)
      return status;
  }
  return checkBelow("--image", o.image, query.data->test.count(), "test image");
}

Status checkLayer(const ViewOptions& options, const train::SynapseFrame& frame) {
  if (options.layer.empty() || frame.layer.name == options.layer) return {};
  return Error{.where = "--layer",
               .problem = "there is no such synapse layer",
               .expected = frame.layer.name,
               .found = options.layer};
}

}  // namespace

Status exportSynapses(const ViewOptions& options) {
  SynapseView view = viewOf(options);
  const bool inputs =
      view.query.lens != train::Lens::Beta || options.view == "waterfall" || options.view == "proof";
  if (inputs) {
    auto opened = dataOf(options);
    if (!opened) return opened.error();
    view.query.data = *opened;
  }
  train::SynapseReader reader;
  const train::SynapseFrame frame = reader.answer(view.query);
  if (!frame.error.empty()) return Error{.where = {}, .problem = frame.error};
  if (auto status = checkRanges(options, frame, view.query); !status) return status;
  if (auto status = checkLayer(options, frame); !status) return status;
  if (!frame.missing.empty()) return Error{.where = {}, .problem = frame.missing};
  QString why;
  const auto figure = synapseFigure(view, frame, why);
  if (!figure) return input_error(options.history, why.toStdString());
  return exportFigure(*figure, options.export_path,
                      {.width = options.width,
                       .height = options.height,
                       .pixels = {options.pixels_wide, options.pixels_high},
                       .dark = options.dark,
                       .view = toJson(view, frame)});
}

Result<train::SynapseFrame> frameOfCell(const ViewOptions& options, bool inputs_needed) {
  train::SynapseQuery query = viewOf(options).query;
  query.lens = train::Lens::Beta;
  query.compare = false;
  query.samples = true;
  auto opened = dataOf(options);
  if (!opened && inputs_needed) return opened.error();
  if (opened) query.data = *opened;  // without the data there are α and β all the same
  train::SynapseFrame frame = train::SynapseReader().answer(query);
  if (!frame.error.empty()) return Error{.where = {}, .problem = frame.error};
  if (auto status = checkLayer(options, frame); !status) return status.error();
  if (auto status = checkCell(options, frame); !status) return status.error();
  return frame;
}

Status checkCell(const ViewOptions& options, const train::SynapseFrame& frame) {
  if (auto status = checkNumber("--cell", options.cell.front(), frame, "unit"); !status) return status;
  return checkNumber("--cell", options.cell.back(), frame, "synapse");
}

}  // namespace synann::ui
