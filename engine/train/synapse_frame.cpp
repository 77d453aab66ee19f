// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/synapse_frame.h"

#include <algorithm>
#include <fmt/format.h>

#include "engine/synapse/lens.h"
#include "engine/synapse/order.h"

namespace synann::train {
namespace {

constexpr std::size_t kKeptInputs = 4;

Error no_inputs(const FrameStep& at) {
  return {.where = fmt::format("step {}", at.steps),
          .problem = "the whole network was not recorded here, so the inputs x are not known",
          .remedy = "go to the end of an epoch"};
}

std::vector<float> narrow(const std::vector<double>& values) {
  std::vector<float> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(),
                 [](double v) { return static_cast<float>(v); });
  return result;
}

}  // namespace

DoubleTensor::DoubleTensor(const SynapseFrame& frame)
    : n(static_cast<std::size_t>(frame.n())),
      beta(frame.parameters.beta.begin(), frame.parameters.beta.end()),
      alpha(frame.parameters.alpha.begin(), frame.parameters.alpha.end()) {}

Result<SynapseLayer> SynapseReader::choose_layer(const model::Model& model, const std::string& name) const {
  const auto layers = synapse_layers(model);
  if (layers.empty()) return no_synapse_layer(model);
  const auto found =
      std::find_if(layers.begin(), layers.end(), [&](const SynapseLayer& l) { return l.name == name; });
  return found == layers.end() ? layers.front() : *found;
}

SynapseFrame SynapseReader::answer(const SynapseQuery& query) {
  SynapseFrame frame;
  if (auto status = fill(query, frame); !status) frame.error = status.error().sentence();
  return frame;
}

// The moment asked for, with what there is to say about its run.
Result<SynapseReader::Moment> SynapseReader::present(const SynapseQuery& query, SynapseFrame& frame) {
  Run* run = nullptr;
  if (query.run.empty()) {
    run_.reset();
  } else {
    auto opened = open(query.run, query.opened, false);
    if (!opened && !query.live) return opened.error();
    if (opened) run = *opened;
  }
  if (!query.live && !run) return input_error("β", "there is no run yet", "train, or open a run");
  look_at_network(query, run, frame);
  const model::Model& model = query.live ? *query.live->model : *run->model;
  const auto layer = choose_layer(model, query.layer);
  if (!layer) return layer.error();
  frame.layer = *layer;
  for (const SynapseLayer& l : synapse_layers(model)) frame.layers.push_back(l.name);
  if (run) describe_run(*run, *layer, frame);
  if (!query.live) return moment(*run, query.steps, layer->name);
  frame.live = true;
  const auto part = [&](const char* what) {
    const Parameter* p = model.parameters.find(layer->name + what);
    if (!p) return std::vector<float>();
    const auto begin = query.live->values.begin() + static_cast<std::ptrdiff_t>(p->offset);
    return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(p->size()));
  };
  return Moment{.at = {query.live->position, query.live->steps},
                .model = query.live->model,
                .weight = part(".weight"),
                .alpha = part(".alpha"),
                .values = {query.live, &query.live->values}};
}

Status SynapseReader::fill(const SynapseQuery& query, SynapseFrame& frame) {
  auto now = present(query, frame);
  if (!now) return now.error();
  layer_ = frame.layer;
  frame.at = now->at;
  frame.parameters = synapse_parameters(*now->model, frame.layer, now->weight, now->alpha);
  if (run_) {
    find_initial(*run_, frame.layer);
    frame.initial = run_->initial;
  }
  // What cannot be had beyond β is told, and β is shown.
  if (auto status = look(query, *now, frame); !status) {
    frame.missing = status.error().sentence();
    frame.shown = frame.parameters.beta;
  }
  return {};
}

// The inputs x of the image, and of the samples where they are wanted; a lens that cannot be had takes
// nothing from them.
Status SynapseReader::look_inputs(const SynapseQuery& query, const Moment& now, SynapseFrame& frame) {
  if (!query.data || !now.values || frame.layer.recurrent) return {};
  const data::Dataset& set = query.data->test;
  frame.class_names = query.data->class_names;
  if (auto x = inputs(now, frame.layer, query.data, {query.image}); x) {
    frame.x = std::move(*x);
    frame.image_label = set.labels[static_cast<std::size_t>(query.image)];
  }
  if (!query.samples) return {};
  const std::vector<int> images = images_by_class(set, kImagesPerClass);
  auto x = inputs(now, frame.layer, query.data, images);
  if (!x) return x.error();
  frame.samples = std::move(*x);
  for (const int image : images) frame.labels.push_back(set.labels[static_cast<std::size_t>(image)]);
  return {};
}

Status SynapseReader::look(const SynapseQuery& query, const Moment& now, SynapseFrame& frame) {
  const Status known = look_inputs(query, now, frame);
  auto shown = lens_of(query, now, frame.layer, frame.parameters);
  if (!shown) return shown.error();
  if (query.compare) {
    if (auto status = subtract(query, frame, *shown); !status) return status;
  }
  frame.shown = std::move(*shown);
  arrange(query, frame);
  if (query.data && !frame.run.data_sha256.empty() && query.data->sha256 != frame.run.data_sha256 &&
      frame.note.empty())
    frame.note =
        fmt::format("the images are of {}, not of the data the run was trained on", query.data->name);
  if (!known) return known;
  return query.gradient && query.data && now.values ? look_at_gradient(query, now, frame) : Status();
}

Status SynapseReader::subtract(const SynapseQuery& query, const SynapseFrame& frame,
                               std::vector<float>& shown) {
  Run* other = run_ ? &*run_ : nullptr;
  if (!query.other_run.empty()) {
    auto opened = open(query.other_run, query.opened, true);
    if (!opened) return opened.error();
    other = *opened;
  }
  if (!other) return input_error("comparison", "there is no recorded run to compare with");
  const auto layer = choose_layer(*other->model, frame.layer.name);
  if (!layer) return layer.error();
  if (layer->n != frame.layer.n) {
    return Error{.where = query.other_run.string(),
                 .problem = "its synapse layer has another size",
                 .expected = fmt::format("{} units", frame.layer.n),
                 .found = fmt::format("{}", layer->n)};
  }
  auto then = moment(*other, query.other_steps, layer->name);
  if (!then) return then.error();
  const auto base =
      lens_of(query, *then, *layer, synapse_parameters(*then->model, *layer, then->weight, then->alpha));
  if (!base) return base.error();
  for (std::size_t k = 0; k < shown.size(); ++k) shown[k] -= (*base)[k];
  return {};
}

// Costs a pass over images of all classes.
Status SynapseReader::look_at_gradient(const SynapseQuery& query, const Moment& now, SynapseFrame& frame) {
  const data::Dataset& set = query.data->test;
  auto gradient =
      synapse_gradient(*now.model, frame.layer, *now.values, set, images_by_class(set, kImagesPerClass));
  if (!gradient) return gradient.error();
  frame.gradient = std::move(*gradient);
  return {};
}

void SynapseReader::arrange(const SynapseQuery& query, SynapseFrame& frame) {
  const auto n = static_cast<std::size_t>(frame.n());
  const bool kept = arrangement_ && arrangement_->number == query.order_number &&
                    arrangement_->layer == frame.layer.name && arrangement_->rows == query.row_order &&
                    arrangement_->columns == query.column_order &&
                    (arrangement_->row_order.empty() || arrangement_->row_order.size() == n) &&
                    (arrangement_->column_order.empty() || arrangement_->column_order.size() == n);
  if (!kept) {
    const auto order = [&](MatrixOrder wanted, synapse::Axis axis) {
      if (wanted == MatrixOrder::Norm) return synapse::order_by_norm(frame.shown, n, n, axis);
      if (wanted == MatrixOrder::Similarity) return synapse::order_by_similarity(frame.shown, n, n, axis);
      return std::vector<int>();
    };
    arrangement_ = {query.order_number,
                    frame.layer.name,
                    query.row_order,
                    query.column_order,
                    order(query.row_order, synapse::Axis::Rows),
                    order(query.column_order, synapse::Axis::Columns)};
  }
  frame.row_order = arrangement_->row_order;
  frame.column_order = arrangement_->column_order;
}

Result<std::vector<float>> SynapseReader::lens_of(const SynapseQuery& query, const Moment& now,
                                                  const SynapseLayer& layer,
                                                  const SynapseParameters& parameters) {
  if (query.lens == Lens::Beta) return parameters.beta;
  if (!query.data) return input_error("images", "no data set is open", "choose one in the run bar");
  const auto n = static_cast<std::size_t>(layer.n);
  std::vector<double> x;
  if (query.lens == Lens::Image) {
    auto of_image = inputs(now, layer, query.data, {query.image});
    if (!of_image) return of_image.error();
    x = std::move(*of_image);
  } else {
    const std::vector<int> images = images_by_class(query.data->test, kImagesPerClass);
    const auto samples = inputs(now, layer, query.data, images);
    if (!samples) return samples.error();
    std::vector<int> labels;
    for (const int image : images) labels.push_back(query.data->test.labels[static_cast<std::size_t>(image)]);
    x = synapse::class_mean(*samples, n, labels, query.class_a);
    if (query.lens == Lens::ClassDifference) {
      const auto b = synapse::class_mean(*samples, n, labels, query.class_b);
      for (std::size_t j = 0; j < n; ++j) x[j] -= b[j];
    }
  }
  const std::vector<double> beta(parameters.beta.begin(), parameters.beta.end());
  return narrow(synapse::effective_inhibition({n, beta, {}}, x));
}

Result<std::vector<double>> SynapseReader::inputs(const Moment& now, const SynapseLayer& layer,
                                                  const data::DataPairPtr& data, std::vector<int> images) {
  if (!now.values) return no_inputs(now.at);
  for (const Inputs& kept : cache_) {
    if (kept.values == now.values && kept.data == data && kept.layer == layer.name && kept.images == images)
      return kept.x;
  }
  auto x = synapse_inputs(*now.model, layer, *now.values, data->test, images);
  if (!x) return x.error();
  if (cache_.size() >= kKeptInputs) cache_.erase(cache_.begin());
  cache_.push_back({now.values, data, layer.name, std::move(images), *x});
  return x;
}

}  // namespace synann::train
