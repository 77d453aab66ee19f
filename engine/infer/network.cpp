// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/network.h"

#include <fmt/format.h>

namespace synann::infer {

Network network_of(const std::shared_ptr<const train::Weights>& weights) {
  return {weights->model, {weights, &weights->values}};
}

model::State state_of(const Network& network) {
  const ParameterTable& table = network.model->parameters;
  return {.values = *network.values,
          .momenta = std::vector<float>(table.trained_count()),
          .squares = {},
          .counters = std::vector<std::int64_t>(table.counter_count())};
}

Result<OpenedNetwork> open_network(const std::filesystem::path& path, const train::Reading& reading) {
  auto loaded = train::read_checkpoint(path, train::OptimiserState::Leave, reading);
  if (!loaded) return loaded.error();
  train::Checkpoint& c = loaded->checkpoint;
  return OpenedNetwork{
      .network = {loaded->model, std::make_shared<const std::vector<float>>(std::move(c.state.values))},
      .sizes = {c.rows, c.columns, c.classes},
      .data_sha256 = c.data_sha256,
      .class_names = c.class_names,
      .notes = loaded->notes};
}

SetPtr set_of(const data::DataPairPtr& data, Part part) {
  if (!data) return nullptr;
  switch (part) {
    case Part::Test:
      return {data, &data->test};
    case Part::Validation:
      return {data, &data->validation};
    case Part::Train:
      return {data, &data->train};
  }
  return nullptr;
}

Status check_fit(const Network& network, const data::Dataset& set) {
  const model::Model& m = *network.model;
  if (set.rows == m.input.rows && set.columns == m.input.columns && set.classes <= m.classes) return {};
  return Error{
      .where = m.title,
      .problem = "the images do not fit the network",
      .expected = fmt::format("{} × {} pixels, {} classes", m.input.rows, m.input.columns, m.classes),
      .found = fmt::format("{} × {}, {}", set.rows, set.columns, set.classes)};
}

}  // namespace synann::infer
