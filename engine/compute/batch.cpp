// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/batch.h"

#include <cmath>

namespace synann::compute {

std::vector<float> scaling_table(const model::InputScaling& scaling) {
  std::vector<float> table(256);
  for (std::size_t pixel = 0; pixel < table.size(); ++pixel) {
    table[pixel] =
        static_cast<float>((static_cast<double>(pixel) / 255.0 - scaling.mean) / scaling.deviation);
  }
  return table;
}

void gather(const data::Dataset& set, std::span<const std::uint32_t> order, std::span<const float> table,
            std::span<float> input, std::span<std::uint8_t> target) {
  float* out = input.data();
  for (std::size_t slot = 0; slot < order.size(); ++slot) {
    const int index = static_cast<int>(order[slot]);
    for (const std::uint8_t pixel : set.image(index)) *out++ = table[pixel];
    target[slot] = set.labels[order[slot]];
  }
}

const Parameter* first_not_finite(const model::Model& model, std::span<const float> gradients) {
  for (const Parameter& p : model.parameters.all()) {
    if (p.type != ElementType::F32 || p.role == Role::Unused) continue;
    // A sum of x·0 is zero unless some x is NaN or infinite; sixteen sums side by side fill vectors.
    constexpr std::size_t kSums = 16;
    float sums[kSums] = {}, rest = 0;
    const float* g = gradients.data() + p.offset;
    const std::size_t count = p.size();
    std::size_t k = 0;
    for (; k + kSums <= count; k += kSums)
      for (std::size_t l = 0; l < kSums; ++l) sums[l] += g[k + l] * 0.0f;
    for (; k < count; ++k) rest += g[k] * 0.0f;
    for (const float sum : sums) rest += sum;
    if (std::isnan(rest)) return &p;
  }
  return nullptr;
}

}  // namespace synann::compute
