// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/onnx/circuit.h"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace synann::exports::onnx {
namespace {

using synapse::Circuit;
using synapse::CircuitSource;
using synapse::CircuitSynapse;
using synapse::SourceKind;

bool has_memory(const Circuit& circuit) {
  return std::ranges::any_of(circuit.synapses, [](const CircuitSynapse& s) {
    return s.excitatory.kind == SourceKind::Previous || s.inhibitory.kind == SourceKind::Previous;
  });
}

// Which synapses are looked at: the outputs, else all; each once, in the order in which they are named.
std::vector<std::string> looked_at(const Circuit& circuit) {
  std::vector<std::string> names;
  std::unordered_map<std::string, bool> seen;
  for (const std::string& name : circuit.outputs)
    if (seen.emplace(name, true).second) names.push_back(name);
  if (names.empty())
    for (const CircuitSynapse& s : circuit.synapses) names.push_back(s.name);
  return names;
}

// Writes the steps of a circuit one after the other into one graph.
class UnrolledCircuit {
 public:
  UnrolledCircuit(const Circuit& circuit, Graph& graph) : circuit_(circuit), graph_(graph) {
    for (std::size_t k = 0; k < circuit.synapses.size(); ++k) numbers_.emplace(circuit.synapses[k].name, k);
    for (const synapse::CircuitInput& input : circuit.inputs) graph.reserve(input.name);
    for (const CircuitSynapse& s : circuit.synapses) graph.reserve(s.name);
    for (const synapse::CircuitInput& input : circuit.inputs) {
      graph.input(input.name, Number::Double, {{}}, "A vector, or one number that counts for all.");
    }
    for (const CircuitSynapse& s : circuit.synapses)
      parameters_.push_back({number(s, "alpha", s.alpha), number(s, "beta", s.beta),
                             constant(s, "excitatory", s.excitatory),
                             constant(s, "inhibitory", s.inhibitory)});
    now_.resize(circuit.synapses.size());
    before_.resize(circuit.synapses.size());
  }

  // α e (1 − β i) of each synapse, behind those that it needs.
  void step(std::span<const std::uint32_t> order, int t) {
    before_.swap(now_);
    for (const std::uint32_t k : order) {
      const Parameters& p = parameters_[k];
      const CircuitSynapse& s = circuit_.synapses[k];
      const std::string path = fmt::format("{}/{}", s.name, t);
      const std::string inhibited =
          graph_.add("Mul", path + "/beta_y", {p.beta, source(s.inhibitory, p.inhibitory)});
      const std::string open = graph_.add("Sub", path + "/open", {graph_.one(), inhibited});
      const std::string excited =
          graph_.add("Mul", path + "/alpha_x", {p.alpha, source(s.excitatory, p.excitatory)});
      now_[k] = graph_.add("Mul", path, {excited, open});
    }
  }

  // As many numbers as the longest input has.
  std::string output_shape() {
    if (circuit_.inputs.empty()) return graph_.integers("outputs/shape", {1, 1});
    Values inputs;
    for (const synapse::CircuitInput& input : circuit_.inputs) inputs.push_back(input.name);
    const std::string count =
        graph_.add("Shape", "outputs/count", {graph_.add("Sum", "outputs/sum", inputs)});
    return graph_.add("Concat", "outputs/shape", {count, graph_.integers("outputs/one", {1})},
                      {{"axis", std::int64_t{0}}});
  }

  // What a synapse gave in the last step, as a column of that shape.
  std::string column(const std::string& name, const std::string& shape, int t) {
    const std::string& value = now_[numbers_.at(name)];
    const std::string path = fmt::format("{}/{}/column", name, t);
    const std::string row = graph_.add("Unsqueeze", path + "/last_axis", {value, last_axis()});
    return graph_.add("Expand", path, {row, shape});
  }

 private:
  struct Parameters {
    std::string alpha, beta;             // initialisers
    std::string excitatory, inhibitory;  // the same, of sources that are constants
  };

  std::string number(const CircuitSynapse& s, const char* what, double value) {
    return graph_.doubles(fmt::format("{}.{}", s.name, what), {1}, {&value, 1});
  }
  std::string constant(const CircuitSynapse& s, const char* what, const CircuitSource& source) {
    return source.kind == SourceKind::Constant ? number(s, what, source.value) : std::string();
  }
  const std::string& last_axis() {
    if (last_axis_.empty()) last_axis_ = graph_.integers("outputs/last_axis", {-1});
    return last_axis_;
  }

  std::string source(const CircuitSource& from, const std::string& constant) {
    switch (from.kind) {
      case SourceKind::Constant:
        return constant;
      case SourceKind::Input:
        return from.name;
      case SourceKind::Synapse:
        return now_[numbers_.at(from.name)];
      case SourceKind::Previous: {
        const std::size_t k = numbers_.at(from.name);
        // Only those that are asked for: a runtime warns of initialisers that nothing reads.
        if (before_[k].empty())
          before_[k] = number(circuit_.synapses[k], "start", circuit_.synapses[k].start);
        return before_[k];
      }
    }
    return {};
  }

  const Circuit& circuit_;
  Graph& graph_;
  std::unordered_map<std::string, std::size_t> numbers_;  // of the synapses
  std::vector<Parameters> parameters_;                    // [synapses]
  Values now_, before_;                                   // [synapses], of this step and the one before
  std::string last_axis_;
};

Status check_length(const Circuit& circuit, std::int64_t steps) {
  const auto synapses = static_cast<std::int64_t>(circuit.synapses.size());
  if (synapses == 0)
    return Error{.where = circuit.name.empty() ? "circuit" : circuit.name,
                 .problem = "has no synapse to write"};
  if (synapses * steps <= kMostCircuitSynapses) return {};
  return Error{.where = "--steps",
               .problem = "makes the ONNX model too long",
               .expected = fmt::format("at most {} synapses times steps", kMostCircuitSynapses),
               .found = fmt::format("{} synapses, {} steps", synapses, steps)};
}

}  // namespace

Status write_circuit(const Circuit& circuit, int steps, const infer::Work& work, messages::GraphProto& to) {
  const auto run = synapse::CircuitRun::create(circuit);
  if (!run) return run.error();
  // Without memory every step gives the same.
  const int written = has_memory(circuit) ? steps : 1;
  if (Status status = check_length(circuit, written); !status) return status;
  Graph graph(to);
  UnrolledCircuit unrolled(circuit, graph);
  const std::string shape = unrolled.output_shape();
  const std::vector<std::string> outputs = looked_at(circuit);
  std::vector<Values> columns(outputs.size());
  for (int t = 1; t <= written; ++t) {
    if (work.stopped()) return infer::interrupted();
    unrolled.step(run->order(), t);
    for (std::size_t k = 0; k < outputs.size(); ++k)
      columns[k].push_back(unrolled.column(outputs[k], shape, t));
    work.tell(t, written);
  }
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    columns[k].resize(static_cast<std::size_t>(steps), columns[k].front());
    graph.add_as("Concat", outputs[k], columns[k], {{"axis", std::int64_t{1}}});
    graph.output(outputs[k], Number::Double, {{}, {steps}},
                 "What the synapse gives, a column for each step.");
  }
  return {};
}

}  // namespace synann::exports::onnx
