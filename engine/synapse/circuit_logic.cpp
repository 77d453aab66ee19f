// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_logic.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <unordered_map>
#include <utility>

#include "engine/synapse/circuit_work.h"

namespace synann::synapse {
namespace {

constexpr double kMostLogicWork = 1e9;  // wires looked at

std::unordered_map<std::string_view, std::uint32_t> numbers_of_synapses(const Circuit& circuit) {
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  for (const CircuitSynapse& s : circuit.synapses)
    numbers.emplace(s.name, static_cast<std::uint32_t>(numbers.size()));
  return numbers;
}

Status check_truth_size(const Circuit& circuit, std::size_t outputs, int steps) {
  const std::size_t inputs = circuit.inputs.size();
  if (inputs == 0)
    return input_error(circuit.name, "has no inputs, so that there is no truth table",
                       "give it inputs, or run its steps");
  if (inputs > kMostTruthInputs)
    return Error{.where = circuit.name,
                 .problem = "has too many inputs for a truth table",
                 .expected = fmt::format("{} at most, which are {} rows", kMostTruthInputs,
                                         std::size_t{1} << kMostTruthInputs),
                 .found = fmt::format("{}", inputs),
                 .remedy = "put constants in place of some"};
  if (outputs << inputs > kMostTruthValues)
    return Error{.where = circuit.name,
                 .problem = "has too many outputs for a truth table",
                 .expected = fmt::format("{} values at most", kMostTruthValues),
                 .found = fmt::format("{}", outputs << inputs),
                 .remedy = "name the outputs that matter"};
  if (steps < 1)
    return Error{.where = "steps",
                 .problem = "is out of range",
                 .expected = "1 or more",
                 .found = fmt::format("{}", steps)};
  return {};
}

// The wires of a circuit by number: sources [0, inputs) are inputs, then synapses of the step before.
struct Wires {
  struct End {
    bool synapse = false;      // of the same step
    bool source = false;       // neither: a constant
    std::uint32_t number = 0;  // of the synapse or source
  };
  std::vector<std::pair<End, End>> ends;  // [synapses]
};

Wires wires_of(const Circuit& circuit) {
  const auto synapses = numbers_of_synapses(circuit);
  std::unordered_map<std::string_view, std::uint32_t> inputs;
  for (const CircuitInput& input : circuit.inputs)
    inputs.emplace(input.name, static_cast<std::uint32_t>(inputs.size()));
  const auto end = [&](const CircuitSource& source) -> Wires::End {
    switch (source.kind) {
      case SourceKind::Constant:
        return {};
      case SourceKind::Input:
        return {.source = true, .number = inputs.at(source.name)};
      case SourceKind::Synapse:
        return {.synapse = true, .number = synapses.at(source.name)};
      case SourceKind::Previous:
        return {.source = true,
                .number = static_cast<std::uint32_t>(circuit.inputs.size()) + synapses.at(source.name)};
    }
    return {};
  };
  Wires wires;
  for (const CircuitSynapse& s : circuit.synapses)
    wires.ends.emplace_back(end(s.excitatory), end(s.inhibitory));
  return wires;
}

// Where two paths from a source join first: both wires of a synapse carry it, and an output needs it.
std::uint32_t first_meeting(const Wires& wires, std::span<const std::uint32_t> order, std::uint32_t source,
                            std::span<const double> paths_to_output) {
  std::vector<char> carries(wires.ends.size(), 0);
  const auto has = [&](const Wires::End& end) {
    return (end.source && end.number == source) || (end.synapse && carries[end.number] != 0);
  };
  for (const std::uint32_t k : order) {
    const auto& [e, i] = wires.ends[k];
    if (has(e) && has(i) && paths_to_output[k] > 0) return k;
    carries[k] = static_cast<char>(has(e) || has(i));
  }
  return order.back();
}

std::vector<std::uint32_t> looked_at(const Circuit& circuit, const Wires& wires) {
  std::vector<std::uint32_t> outputs;
  const auto numbers = numbers_of_synapses(circuit);
  for (const std::string& name : circuit.outputs) outputs.push_back(numbers.at(name));
  if (!outputs.empty()) return outputs;
  std::vector<char> feeds(circuit.synapses.size(), 0);
  for (const auto& [e, i] : wires.ends)
    for (const Wires::End& end : {e, i})
      if (end.synapse) feeds[end.number] = 1;
  for (std::size_t k = 0; k < feeds.size(); ++k)
    if (feeds[k] == 0) outputs.push_back(static_cast<std::uint32_t>(k));
  return outputs;
}

}  // namespace

bool TruthTable::boolean() const {
  return std::all_of(values.begin(), values.end(), [](double v) { return v == 0 || v == 1; });
}

Result<TruthTable> truth_table(const Circuit& circuit, int steps, const std::stop_token& stop, bool clamped) {
  auto run = CircuitRun::create(circuit);
  if (!run) return run.error();
  run->set_clamped(clamped);
  TruthTable table;
  for (const CircuitInput& input : circuit.inputs) table.inputs.push_back(input.name);
  table.outputs = circuit.outputs;
  if (table.outputs.empty())
    for (const CircuitSynapse& s : circuit.synapses) table.outputs.push_back(s.name);
  if (auto status = check_truth_size(circuit, table.outputs.size(), steps); !status) return status.error();
  const auto numbers = numbers_of_synapses(circuit);
  std::vector<std::uint32_t> columns;
  for (const std::string& output : table.outputs) columns.push_back(numbers.at(output));
  table.values.reserve(table.rows() * columns.size());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t k = 0; k < table.inputs.size(); ++k) run->set_input(k, table.input(row, k));
    run->reset();
    for (int t = 0; t < steps; ++t) {
      if (stop.stop_requested()) return circuit_cancelled();
      run->step();
    }
    for (const std::uint32_t column : columns) table.values.push_back(run->values()[column]);
  }
  return table;
}

std::vector<double> independent_means(const TruthTable& table, std::span<const double> probabilities) {
  std::vector<double> means(table.outputs.size(), 0.0);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    double weight = 1;
    for (std::size_t k = 0; k < table.inputs.size(); ++k)
      weight *= table.input(row, k) == 1 ? probabilities[k] : 1 - probabilities[k];
    for (std::size_t o = 0; o < means.size(); ++o) means[o] += weight * table.at(row, o);
  }
  return means;
}

Result<Reconvergences> reconvergences(const Circuit& circuit, const std::stop_token& stop) {
  const auto run = CircuitRun::create(circuit);
  if (!run) return run.error();
  const Wires wires = wires_of(circuit);
  const std::size_t n = circuit.synapses.size(), inputs = circuit.inputs.size();
  const std::span<const std::uint32_t> order = run->order();
  Reconvergences all;
  double work = 0;
  for (const std::uint32_t output : looked_at(circuit, wires)) {
    if (stop.stop_requested()) return circuit_cancelled();
    // How many paths lead from a synapse, and from a source, to the output: against the order of evaluation.
    std::vector<double> paths(n, 0.0), of_source(inputs + n, 0.0);
    paths[output] = 1;
    for (std::size_t at = n; at-- > 0;) {
      const std::uint32_t k = order[at];
      for (const Wires::End& end : {wires.ends[k].first, wires.ends[k].second})
        if (end.synapse || end.source) (end.synapse ? paths : of_source)[end.number] += paths[k];
    }
    for (std::uint32_t source = 0; source < of_source.size(); ++source) {
      if (of_source[source] < 2) continue;
      work += static_cast<double>(n);
      if (all.found.size() == kMostReconvergences || work > kMostLogicWork) {
        all.complete = false;
        return all;
      }
      const bool previous = source >= inputs;
      all.found.push_back(
          {.source = previous ? circuit.synapses[source - inputs].name : circuit.inputs[source].name,
           .previous = previous,
           .output = circuit.synapses[output].name,
           .meets = circuit.synapses[first_meeting(wires, order, source, paths)].name,
           .paths = of_source[source]});
    }
    work += static_cast<double>(n + inputs);
    if (work > kMostLogicWork) {
      all.complete = false;
      return all;
    }
  }
  return all;
}

}  // namespace synann::synapse
