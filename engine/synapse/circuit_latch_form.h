// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "engine/synapse/circuit.h"
#include "engine/synapse/circuit_latch.h"

// Whether a circuit is the latch of circuit_latch.h, whatever its synapses are called. Pure functions; any
// thread.
namespace synann::synapse {

// One half, x' = α x (1 − β_s x)(1 − β_c y), as two synapses in series.
struct LatchHalf {
  std::size_t self = 0, cross = 0;  // numbers of the synapses that hold β_s and β_c
  double alpha = 1;                 // the product of both
};

struct LatchForm {
  std::array<LatchHalf, 2> halves{};
  LatchParameters numbers;  // of the first half
  bool alike = true;  // whether both halves have the same α, β_s and β_c, as the theory of it asks for
};

// Nothing where the circuit is none: four synapses, in pairs of which the first is excited by what the pair
// gave one step before, and which are inhibited, in either order, by the previous values of their own pair
// and of the other.
std::optional<LatchForm> latch_form(const Circuit& circuit);

// Sets β_s and β_c of both halves; the form must be of this circuit.
void set_latch(Circuit& circuit, const LatchForm& form, double self, double cross);

}  // namespace synann::synapse
