// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/function.h"

// Circuits of synapses (docs/theory.md, section on circuits): a directed graph whose nodes are synapses S(e,
// i; α, β) = α e (1 − β i). Its wires are constants, inputs, outputs of other synapses in the same step, or
// what a synapse gave one step before. A wire may feed any number of synapses; there is no node that adds.
// All functions are pure and may be called from any thread.
namespace synann::synapse {

// Where one input of a synapse comes from.
enum class SourceKind {
  Constant,
  Input,     // of the circuit, by name
  Synapse,   // its value in this step, by name
  Previous,  // its value one step before, by name; its start before the first step
};
struct CircuitSource {
  SourceKind kind = SourceKind::Constant;
  double value = 0;    // of a Constant
  std::string name{};  // of the others
  bool operator==(const CircuitSource&) const = default;
};

struct CircuitInput {
  std::string name;
  double value = 0;
  bool operator==(const CircuitInput&) const = default;
};

struct CircuitSynapse {
  std::string name;
  CircuitSource excitatory, inhibitory;
  double alpha = 1, beta = 1;
  double start = 0;  // what `previous` gives in the first step
  bool operator==(const CircuitSynapse&) const = default;
};

// A circuit as data. Names are unique over inputs and synapses.
struct Circuit {
  std::string name;
  std::vector<CircuitInput> inputs;
  std::vector<CircuitSynapse> synapses;
  std::vector<std::string> outputs;  // of the synapses that are looked at; may be empty
  bool operator==(const Circuit&) const = default;
};

inline constexpr std::size_t kMostSynapses = 100'000, kMostInputs = 100'000;
inline constexpr std::size_t kLongestName = 100;  // bytes

// Sets an input ("x"), or a synapse's "a.alpha", "a.beta" or "a.start". Errors: there is no such name; the
// value is not finite.
Status set_in_circuit(Circuit& circuit, std::string_view name, double value);

// A circuit that is checked and put in order, and its state. Synapses are numbered as in the circuit.
class CircuitRun {
 public:
  // Errors: a name that is used twice, is empty or too long, or is not there; a number that is not finite;
  // too many parts; a cycle without `previous`, which is named.
  static Result<CircuitRun> create(const Circuit& circuit);

  // One step, in topological order; then values() are those of this step. Values may leave [0, 1] where α >
  // 1 or β < 0, and overflow to ±∞.
  void step();
  // As before the first step.
  void reset();
  std::int64_t steps() const { return steps_; }
  std::span<const double> values() const {
    return {values_.data(), synapses_};
  }  // [synapses]; the starts before any
  // Whether what a synapse gives is clamped to [0, 1] before anything reads it, in the steps to come; off at
  // first. A value that is no number stays one.
  void set_clamped(bool on) { clamped_ = on; }
  bool clamped() const { return clamped_; }
  // What the synapses gave in the last step before clamping; values() where nothing was clamped.
  std::span<const double> unclamped() const { return {raw_.data(), synapses_}; }  // [synapses]
  // Numbers of the synapses whose value of the last step, before clamping, is outside [0, 1]; rising.
  std::vector<std::uint32_t> outside() const;
  // In which order they are evaluated: each behind those that it needs.
  std::span<const std::uint32_t> order() const { return order_; }

  // Changes a number, for the steps to come. `input` and `synapse` are numbers within the circuit.
  void set_input(std::size_t input, double value);
  void set_parameters(std::size_t synapse, double alpha, double beta);
  // What reset() begins with; the state at hand stays.
  void set_start(std::size_t synapse, double value) { starts_[synapse] = value; }
  // Sets the state: what `previous` gives in the next step. [synapses]
  void set_state(std::span<const double> values);

  // A synapse as it is evaluated; its sources are numbers among places().
  struct Node {
    std::uint32_t excitatory = 0, inhibitory = 0;
    double alpha = 1, beta = 1;
  };
  std::span<const Node> nodes() const { return nodes_; }  // [synapses]
  // Values of this step [synapses] | those before [synapses] | inputs | constants.
  std::span<const double> places() const { return values_; }

 private:
  std::size_t synapses_ = 0, inputs_ = 0;
  std::vector<Node> nodes_;           // [synapses]
  std::vector<std::uint32_t> order_;  // [synapses]
  std::vector<double> values_;        // as Node numbers them
  std::vector<double> starts_;        // [synapses]
  std::vector<double> raw_;           // [synapses], before clamping
  bool clamped_ = false;
  std::int64_t steps_ = 0;
};

}  // namespace synann::synapse
