// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/synapse_export.h"

#include <fmt/format.h>

#include "engine/data/registry.h"
#include "engine/train/history.h"
#include "ui/pages/synapse_view.h"
#include "ui/plots/figure_file.h"

namespace synann::ui {

namespace {

train::Lens lensOf(const std::string& word) {
  if (word == "image") return train::Lens::Image;
  if (word == "class-mean") return train::Lens::ClassMean;
  return word == "class-difference" ? train::Lens::ClassDifference : train::Lens::Beta;
}

SynapseView viewOf(const StudioOptions& o) {
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
Result<data::DataPairPtr> dataOf(const StudioOptions& options) {
  if (!options.data.empty()) return data::open_dataset(options.data);
  const auto history = train::read_history(options.history);
  if (!history) return history.error();
  return data::open_dataset(history->start.settings.data);
}

Status checkRanges(const StudioOptions& o, const train::SynapseFrame& frame,
                   const train::SynapseQuery& query) {
  const auto check = [](const char* option, int value, int count, const std::string& what) -> Status {
    if (value < count) return {};
    return Error{.where = option,
                 .problem = fmt::format("there is no such {}", what),
                 .expected = fmt::format("0 to {}", count - 1),
                 .found = fmt::format("{}", value)};
  };
  if (auto status = check("--unit", o.unit, frame.n(), "unit in " + frame.layer.name); !status) return status;
  if (auto status = check("--synapse", o.synapse, frame.n(), "synapse in " + frame.layer.name); !status)
    return status;
  if (!query.data) return {};
  for (const int label : o.classes) {
    if (auto status = check("--classes", label, query.data->test.classes, "class"); !status) return status;
  }
  return check("--image", o.image, query.data->test.count(), "test image");
}

}  // namespace

Status exportSynapses(const StudioOptions& options) {
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
  if (!options.layer.empty() && frame.layer.name != options.layer)
    return Error{.where = "--layer",
                 .problem = "there is no such synapse layer",
                 .expected = frame.layer.name,
                 .found = options.layer};
  if (!frame.missing.empty()) return Error{.where = {}, .problem = frame.missing};
  QString why;
  const auto figure = synapseFigure(view, frame, why);
  if (!figure) return input_error(options.history, why.toStdString());
  return exportFigure(
      *figure, options.export_path,
      {.width = options.width, .height = options.height, .dark = options.dark, .view = toJson(view, frame)});
}

}  // namespace synann::ui
