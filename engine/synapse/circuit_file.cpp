// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_file.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unordered_set>
#include <vector>

#include "engine/core/file.h"
#include "engine/core/text_value.h"
#include "engine/io/json_reader.h"

namespace synann::synapse {
namespace {

using Json = JsonTree;

constexpr const char* kFormat = "synann-circuit-1";
constexpr int kDeepest = 8;  // levels of brackets; a circuit has three

// Reads one circuit and keeps the first complaint.
class CircuitReader : private JsonReader {
 public:
  explicit CircuitReader(std::string file) : JsonReader(std::move(file)) {}

  Result<DrawnCircuit> read(std::string_view text);

 private:
  double number(const Json& object, const char* key, double fallback, const std::string& where);
  std::string text_of(const Json& object, const char* key, const std::string& where);
  void read_inputs(const Json& inputs, Circuit& circuit);
  void read_synapse(const Json& value, std::size_t index, Circuit& circuit);
  CircuitSource source(const Json& object, const char* key, const std::string& where);
  void read_outputs(const Json& outputs, Circuit& circuit);
  void read_layout(const Json& layout, DrawnCircuit& drawn);
  // Names of synapses and inputs are told apart once all are known.
  void resolve(Circuit& circuit);
};

std::string kind_of(const Json& value) {
  return value.is_null() ? "null"
                         : fmt::format("{} {}", value.type_name(),
                                       in_quotes(value.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

double CircuitReader::number(const Json& object, const char* key, double fallback, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) return fallback;
  if (found->is_number()) return found->get<double>();
  fail(where, fmt::format("its \"{}\" is no number", key), {}, kind_of(*found));
  return fallback;
}

std::string CircuitReader::text_of(const Json& object, const char* key, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) {
    fail(where, fmt::format("has no \"{}\"", key));
  } else if (!found->is_string()) {
    fail(where, fmt::format("its \"{}\" is no text", key), {}, kind_of(*found));
  } else {
    return found->get<std::string>();
  }
  return {};
}

CircuitSource CircuitReader::source(const Json& object, const char* key, const std::string& where) {
  constexpr const char* kSources = "a number, a name, or {\"previous\": NAME}";
  const auto found = object.find(key);
  if (found == object.end()) {
    fail(where, fmt::format("has no \"{}\" source", key), kSources);
    return {};
  }
  if (found->is_number()) return {.kind = SourceKind::Constant, .value = found->get<double>()};
  if (found->is_string()) return {.kind = SourceKind::Synapse, .name = found->get<std::string>()};
  if (found->is_object() && found->size() == 1 && found->contains("previous") &&
      (*found)["previous"].is_string())
    return {.kind = SourceKind::Previous, .name = (*found)["previous"].get<std::string>()};
  fail(where, fmt::format("its \"{}\" is no source", key), kSources, kind_of(*found));
  return {};
}

void CircuitReader::read_inputs(const Json& inputs, Circuit& circuit) {
  if (!inputs.is_object()) return fail("inputs", "is no object", "{\"NAME\": number, …}", kind_of(inputs));
  for (const auto& [name, value] : inputs.items()) {
    if (!value.is_number()) return fail("input " + in_quotes(name), "is no number", {}, kind_of(value));
    circuit.inputs.push_back({name, value.get<double>()});
  }
}

void CircuitReader::read_synapse(const Json& value, std::size_t index, Circuit& circuit) {
  std::string where = fmt::format("synapse {}", index + 1);
  if (!value.is_object()) return fail(where, "is no object", {}, kind_of(value));
  CircuitSynapse s{.name = text_of(value, "name", where), .excitatory = {}, .inhibitory = {}};
  if (!s.name.empty()) where += fmt::format(" {}", in_quotes(s.name));
  check_keys(value, where, {"name", "excitatory", "inhibitory", "alpha", "beta", "start"});
  s.excitatory = source(value, "excitatory", where);
  s.inhibitory = source(value, "inhibitory", where);
  s.alpha = number(value, "alpha", 1, where);
  s.beta = number(value, "beta", 1, where);
  s.start = number(value, "start", 0, where);
  circuit.synapses.push_back(std::move(s));
}

void CircuitReader::read_outputs(const Json& outputs, Circuit& circuit) {
  if (!outputs.is_array()) return fail("outputs", "is no array", "names of synapses", kind_of(outputs));
  for (const Json& name : outputs) {
    if (!name.is_string()) return fail("outputs", "holds what is no name", {}, kind_of(name));
    circuit.outputs.push_back(name.get<std::string>());
  }
}

void CircuitReader::read_layout(const Json& layout, DrawnCircuit& drawn) {
  if (!layout.is_object()) return fail("layout", "is no object", "{\"NAME\": [x, y], …}", kind_of(layout));
  std::unordered_set<std::string_view> names;
  names.reserve(drawn.circuit.inputs.size() + drawn.circuit.synapses.size());
  for (const CircuitInput& input : drawn.circuit.inputs) names.insert(input.name);
  for (const CircuitSynapse& s : drawn.circuit.synapses) names.insert(s.name);
  for (const auto& [name, place] : layout.items()) {
    const auto wrong = [&name = name, this](const std::string& problem, const std::string& expected,
                                            const std::string& found) {
      fail("layout of " + in_quotes(name), problem, expected, found);
    };
    if (!names.contains(name)) return wrong("there is no input or synapse of this name", {}, {});
    if (!place.is_array() || place.size() != 2 || !place[0].is_number() || !place[1].is_number())
      return wrong("is no place", "[x, y], two numbers", kind_of(place));
    const CircuitPlace read{place[0].get<double>(), place[1].get<double>()};
    if (std::max(std::abs(read.x), std::abs(read.y)) > kFarthestPlace)
      return wrong("is too far away", fmt::format("−{0:.0f} to {0:.0f} pixels", kFarthestPlace),
                   kind_of(place));
    drawn.layout[name] = read;
  }
}

void CircuitReader::resolve(Circuit& circuit) {
  std::unordered_set<std::string_view> inputs;
  inputs.reserve(circuit.inputs.size());
  for (const CircuitInput& input : circuit.inputs) inputs.insert(input.name);
  for (CircuitSynapse& s : circuit.synapses)
    for (CircuitSource* source : {&s.excitatory, &s.inhibitory})
      if (source->kind == SourceKind::Synapse && inputs.contains(source->name))
        source->kind = SourceKind::Input;
}

Result<DrawnCircuit> CircuitReader::read(std::string_view text) {
  const auto tree = parse_json_tree(text, file_, kDeepest);
  if (!tree) return tree.error();
  const Json& root = *tree;
  const auto member = [&root](const char* key) -> const Json* {
    const auto found = root.find(key);
    return found == root.end() ? nullptr : &*found;
  };
  if (!root.is_object() || member("format") == nullptr || *member("format") != kFormat)
    return Error{.where = file_,
                 .problem = "is no circuit",
                 .expected = fmt::format("a JSON object with \"format\": \"{}\"", kFormat)};
  check_keys(root, {}, {"format", "name", "inputs", "synapses", "outputs", "layout"});
  DrawnCircuit drawn;
  Circuit& circuit = drawn.circuit;
  if (member("name") != nullptr) circuit.name = text_of(root, "name", {});
  if (const Json* const inputs = member("inputs")) read_inputs(*inputs, circuit);
  const Json* const synapses = member("synapses");
  if (synapses == nullptr || !synapses->is_array() || synapses->empty()) {
    fail({}, "has no synapses", "\"synapses\": an array of at least one");
  } else if (synapses->size() > kMostSynapses) {
    fail({}, "has too many synapses", fmt::format("{} at most", kMostSynapses),
         fmt::format("{}", synapses->size()));
  }
  for (std::size_t k = 0; !failed() && k < synapses->size(); ++k) read_synapse((*synapses)[k], k, circuit);
  if (const Json* const outputs = member("outputs")) read_outputs(*outputs, circuit);
  if (const Json* const layout = member("layout"); layout != nullptr && !failed())
    read_layout(*layout, drawn);
  if (failed()) return error_;
  resolve(circuit);
  if (const auto run = CircuitRun::create(circuit); !run) {
    Error error = run.error();
    error.where = error.where.empty() || error.where == circuit.name ? file_ : file_ + ": " + error.where;
    return error;
  }
  return drawn;
}

Json source_json(const CircuitSource& source) {
  switch (source.kind) {
    case SourceKind::Constant:
      return source.value;
    case SourceKind::Input:
    case SourceKind::Synapse:
      return source.name;
    case SourceKind::Previous:
      return {{"previous", source.name}};
  }
  return {};
}

}  // namespace

Result<Circuit> parse_circuit(std::string_view text, const std::string& file) {
  auto drawn = CircuitReader(file).read(text);
  if (!drawn) return drawn.error();
  return std::move(drawn->circuit);
}

Result<Circuit> read_circuit(const std::filesystem::path& path) {
  auto drawn = read_drawn_circuit(path);
  if (!drawn) return drawn.error();
  return std::move(drawn->circuit);
}

Result<DrawnCircuit> parse_drawn_circuit(std::string_view text, const std::string& file) {
  return CircuitReader(file).read(text);
}

Result<DrawnCircuit> read_drawn_circuit(const std::filesystem::path& path) {
  const auto bytes = read_file(path, kLargestCircuitFile);
  if (!bytes) return bytes.error();
  return parse_drawn_circuit({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path.string());
}

// A line for each synapse, so that people and diff can read it. Members are written one by one: to gather
// them in an object would take time that grows with the square of their number.
std::string circuit_text(const Circuit& circuit, const CircuitLayout& layout) {
  const auto text = [](const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  std::string out =
      fmt::format("{{\"format\": \"{}\", \"name\": {}, \"inputs\": {{", kFormat, text(Json(circuit.name)));
  const char* comma = "";
  for (const CircuitInput& input : circuit.inputs) {
    out += fmt::format("{}{}:{}", comma, text(Json(input.name)), text(Json(input.value)));
    comma = ",";
  }
  out += "},\n \"synapses\": [";
  for (std::size_t k = 0; k < circuit.synapses.size(); ++k) {
    const CircuitSynapse& s = circuit.synapses[k];
    Json synapse{{"name", s.name},
                 {"excitatory", source_json(s.excitatory)},
                 {"inhibitory", source_json(s.inhibitory)},
                 {"alpha", s.alpha},
                 {"beta", s.beta}};
    if (s.start != 0) synapse["start"] = s.start;
    out += (k == 0 ? "\n  " : ",\n  ") + text(synapse);
  }
  out += fmt::format("],\n \"outputs\": {}", text(Json(circuit.outputs)));
  comma = ",\n \"layout\": {";
  for (const auto& [name, place] : layout) {
    out += fmt::format("{}{}:[{},{}]", comma, text(Json(name)), text(Json(place.x)), text(Json(place.y)));
    comma = ",";
  }
  return out + (layout.empty() ? "}\n" : "}}\n");
}

Status write_circuit(const std::filesystem::path& path, const DrawnCircuit& drawn) {
  const std::string text = circuit_text(drawn.circuit, drawn.layout);
  return write_file_atomically(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace synann::synapse
