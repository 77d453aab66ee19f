// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/state.h"

#include <cmath>
#include <numbers>

#include "engine/core/random.h"

namespace synann::model {

namespace {

// Element k of a fresh tensor. The normal numbers come from two uniform ones by Box and Muller.
double draw(const Parameter& p, const RandomStream& stream, std::uint32_t k) {
  switch (p.initialiser) {
    case Initialiser::Constant:
      return p.centre;
    case Initialiser::Uniform:
      return p.centre + p.spread * (2.0 * static_cast<double>(stream.uniform(k)) - 1.0);
    case Initialiser::Normal: {
      const double u = 1.0 - static_cast<double>(stream.uniform(2 * k));  // in (0, 1]
      const double angle = 2 * std::numbers::pi * static_cast<double>(stream.uniform(2 * k + 1));
      return p.centre + p.spread * std::sqrt(-2.0 * std::log(u)) * std::cos(angle);
    }
  }
  return 0;
}

}  // namespace

State initialise(const Model& model, std::uint64_t seed) {
  const auto& table = model.parameters;
  State state{.values = std::vector<float>(table.float_count()),
              .momenta = std::vector<float>(table.trained_count()),
              .squares = std::vector<float>(),
              .counters = std::vector<std::int64_t>(table.counter_count())};
  std::uint32_t index = 0;
  for (const Parameter& p : table.all()) {
    const auto stream = random_stream(seed, Purpose::Initialise, index++);
    if (p.type != ElementType::F32) continue;
    for (std::uint32_t k = 0; k < p.size(); ++k)
      state.values[p.offset + k] = static_cast<float>(draw(p, stream, k));
  }
  return state;
}

}  // namespace synann::model
