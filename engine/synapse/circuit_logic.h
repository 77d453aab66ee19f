// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/circuit.h"

// A circuit as logic: its truth table, and where its values are no probabilities because paths share an
// input (docs/theory.md, section on circuits). Pure functions; any thread.
namespace synann::synapse {

inline constexpr std::size_t kMostTruthInputs = 16;          // 65,536 rows
inline constexpr std::size_t kMostTruthValues = 16'777'216;  // rows times outputs

struct TruthTable {
  std::vector<std::string> inputs, outputs;
  std::vector<double> values;  // [2^inputs, outputs], row by row

  std::size_t rows() const { return std::size_t{1} << inputs.size(); }
  // 0 or 1: what an input is in a row. The first input changes slowest, as tables are written.
  int input(std::size_t row, std::size_t k) const {
    return static_cast<int>(row >> (inputs.size() - 1 - k) & 1U);
  }
  double at(std::size_t row, std::size_t output) const { return values[row * outputs.size() + output]; }
  bool boolean() const;  // every value is exactly 0 or 1
};

// The outputs (all synapses where none are named) for every choice of 0 and 1 at the inputs, after `steps`
// steps from the starts; clamped as CircuitRun::set_clamped(). Errors: those of CircuitRun::create(); no
// input, too many inputs or values, steps below 1; ErrorKind::Cancelled.
Result<TruthTable> truth_table(const Circuit& circuit, int steps = 1, const std::stop_token& stop = {},
                               bool clamped = false);

// What each output is on average where the inputs are independent and 1 with these probabilities [inputs]:
// Σ over the rows of Π p or (1 − p), times the value. For a Boolean table the probability that it is 1.
std::vector<double> independent_means(const TruthTable& table, std::span<const double> probabilities);

// A source that reaches an output over more than one path within one step: there the output is not the
// probability that its formula promises for independent inputs, except where every source is 0 or 1.
struct Reconvergence {
  std::string source;     // an input, or a synapse whose value of the step before is read
  bool previous = false;  // the latter
  std::string output;     // a synapse
  std::string meets;      // the first synapse on the way, in the order of evaluation, where two paths join
  double paths = 2;       // how many; exact up to 2^53
};

struct Reconvergences {
  std::vector<Reconvergence> found;  // output by output, inputs before synapses
  bool complete = true;              // false: there may be more, the search has a limit
};
inline constexpr std::size_t kMostReconvergences = 1000;

// Of the outputs, or of the synapses that feed no other within a step where none are named. Errors: those of
// CircuitRun::create(); ErrorKind::Cancelled.
Result<Reconvergences> reconvergences(const Circuit& circuit, const std::stop_token& stop = {});

}  // namespace synann::synapse
