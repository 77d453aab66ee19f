// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/model/description.h"

namespace synann::model {

// The numbers of a model while it trains, in the flat blocks of its ParameterTable.
struct State {
  std::vector<float> values;           // [float_count]: parameters, then buffers
  std::vector<float> momenta;          // [trained_count]: SGD's momentum or Adam's mean, zero at the start
  std::vector<float> squares;          // [trained_count]: Adam's mean of squares; empty for SGD
  std::vector<std::int64_t> counters;  // [counter_count]: num_batches_tracked

  bool operator==(const State&) const = default;
};

// A fresh state: each tensor from its own random stream, so adding a layer does not change the others'
// numbers.
State initialise(const Model& model, std::uint64_t seed);

}  // namespace synann::model
