// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/state.h"

#include <algorithm>

#include "engine/core/random.h"

namespace synann::model {

State initialise(const Model& model, std::uint64_t seed) {
  const auto& table = model.parameters;
  State state{.values = std::vector<float>(table.float_count()),
              .momenta = std::vector<float>(table.trained_count()),
              .counters = std::vector<std::int64_t>(table.counter_count())};
  std::uint32_t index = 0;
  for (const Parameter& p : table.all()) {
    const auto stream = random_stream(seed, Purpose::Initialise, index++);
    if (p.type != ElementType::F32) continue;
    float* values = state.values.data() + p.offset;
    for (std::uint32_t k = 0; k < p.size(); ++k) {
      switch (p.initialiser) {
        case Initialiser::Zero:
          values[k] = 0;
          break;
        case Initialiser::One:
          values[k] = 1;
          break;
        case Initialiser::Uniform:
          values[k] = static_cast<float>(p.bound * (2.0 * static_cast<double>(stream.uniform(k)) - 1.0));
          break;
      }
    }
  }
  return state;
}

}  // namespace synann::model
