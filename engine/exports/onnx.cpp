// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/exports/onnx/circuit.h"
#include "engine/exports/onnx/model.h"
#include "engine/exports/onnx/network.h"
#include "engine/exports/writers.h"
#include "engine/io/json_tree.h"
#include "engine/model/model_file.h"
#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_file.h"
#include "engine/train/checkpoint.h"
#include "engine/train/event_json.h"

namespace synann::exports {
namespace {

using onnx::messages::ModelProto;

// As the checkpoint's own metadata has them: where the data are and how often is logged change no result.
std::string settings_text(const train::Settings& settings) {
  auto json = train::to_json(settings);
  json.erase("data");
  json.erase("log_interval");
  return json.dump();
}

std::string names_text(const std::vector<std::string>& names) {
  return nlohmann::json(names).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void add_checkpoint_metadata(const train::Checkpoint& c, const model::Model& model, ModelProto& to) {
  const bool coupled = model::is_batch_coupled(model.layers);
  onnx::add_metadata(to, "model", model.id);
  onnx::add_metadata(to, "title", model.title);
  onnx::add_metadata(to, "settings", settings_text(c.settings));
  if (c.settings.own)
    onnx::add_metadata(to, "definition", model::model_file_text(*c.settings.own.definition));
  if (!c.data_sha256.empty()) onnx::add_metadata(to, "data_sha256", c.data_sha256);
  onnx::add_metadata(to, "parameters_sha256", train::parameters_sha256(c.state, model));
  onnx::add_metadata(to, "epoch", fmt::format("{}", c.position.epoch));
  onnx::add_metadata(to, "step", fmt::format("{}", c.position.step));
  if (!c.class_names.empty()) onnx::add_metadata(to, "class_names", names_text(c.class_names));
  onnx::add_metadata(to, "batch_coupled", coupled ? "true" : "false");
}

Result<Written> write_network_file(const Request& request, const infer::Work& work) {
  auto loaded = train::read_checkpoint(request.checkpoint, train::OptimiserState::Leave, request.reading);
  if (!loaded) return loaded.error();
  const model::Model& model = *loaded->model;
  ModelProto proto = onnx::begun_model(model.id, model.help);
  const Status status = onnx::write_network(model, loaded->checkpoint.state, work, *proto.mutable_graph());
  if (!status) return status.error();
  add_checkpoint_metadata(loaded->checkpoint, model, proto);
  if (const Status saved = onnx::save_model(proto, request.out); !saved) return saved.error();
  Written written{.files = {request.out}, .notes = std::move(loaded->notes)};
  if (model::is_batch_coupled(model.layers)) {
    written.notes.push_back(fmt::format(
        "{}: its synapse layer multiplies over the whole batch, so an output depends on the other images of "
        "the batch; this program evaluates {} at a time",
        request.out.string(), loaded->checkpoint.settings.test_batch_size));
  }
  return written;
}

Result<synapse::Circuit> asked_circuit(const std::string& name) {
  if (const synapse::CircuitExample* example = synapse::circuit_example(name)) return example->make();
  return synapse::read_circuit(name);
}

// {"x": 0.6}: the values that the circuit itself has for its inputs.
std::string inputs_text(const synapse::Circuit& circuit) {
  JsonTree inputs = JsonTree::object();
  for (const synapse::CircuitInput& input : circuit.inputs) append_member(inputs, input.name, input.value);
  return inputs.dump();
}

Result<Written> write_circuit_file(const Request& request, const infer::Work& work) {
  const auto circuit = asked_circuit(request.circuit);
  if (!circuit) return circuit.error();
  ModelProto proto = onnx::begun_model(circuit->name, "A circuit of synapses, α x (1 − β y) each.");
  const Status status = onnx::write_circuit(*circuit, request.steps, work, *proto.mutable_graph());
  if (!status) return status.error();
  onnx::add_metadata(proto, "circuit", circuit->name);
  onnx::add_metadata(proto, "steps", fmt::format("{}", request.steps));
  onnx::add_metadata(proto, "inputs", inputs_text(*circuit));
  onnx::add_metadata(proto, "definition", synapse::circuit_text(*circuit));
  if (const Status saved = onnx::save_model(proto, request.out); !saved) return saved.error();
  return Written{.files = {request.out}};
}

}  // namespace

Result<Written> write_onnx(const Request& request, const infer::Work& work) {
  return request.circuit.empty() ? write_network_file(request, work) : write_circuit_file(request, work);
}

}  // namespace synann::exports
