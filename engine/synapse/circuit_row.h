// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

#include "engine/core/result.h"
#include "engine/synapse/circuit.h"

// One unit of a synapse layer as a circuit (docs/theory.md, (4)). Pure functions; any thread.
namespace synann::synapse {

// y = α x_i Π_j (1 − β_j x_j) as a chain of n synapses: s1 = S(x_i, x_1; α, β_1) carries α, then s_j =
// S(s_{j−1}, x_j; 1, β_j); inputs x1 … xn, output s_n, all counted from 1 as in the formula. `beta` is the
// unit's row [n], `excitatory` the index of x_i from 0, `x` [n] what its inputs are. Errors: no input or more
// than kMostInputs, another number of x than of β, no such index, a number that is not finite.
Result<Circuit> circuit_of_row(std::span<const double> beta, double alpha, std::size_t excitatory,
                               std::span<const double> x);
// The same of a row as it is trained.
Result<Circuit> circuit_of_row(std::span<const float> beta, double alpha, std::size_t excitatory,
                               std::span<const double> x);

}  // namespace synann::synapse
