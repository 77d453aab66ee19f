// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/batch.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

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

// A sum of x·0 is zero unless some x is NaN or infinite; sixteen sums side by side fill vectors.
bool all_finite(std::span<const float> values) {
  constexpr std::size_t kSums = 16;
  float sums[kSums] = {}, rest = 0;
  std::size_t k = 0;
  for (; k + kSums <= values.size(); k += kSums)
    for (std::size_t l = 0; l < kSums; ++l) sums[l] += values[k + l] * 0.0f;
  for (; k < values.size(); ++k) rest += values[k] * 0.0f;
  for (const float sum : sums) rest += sum;
  return !std::isnan(rest);
}

bool inside_block(const model::Model& model, std::size_t layer) {
  const int first = static_cast<int>(layer);
  return std::any_of(model.layers.begin() + first, model.layers.end(), [first](const model::Layer& l) {
    return l.kind == model::LayerKind::ResidualEnd && l.block < first;
  });
}

std::string loss_not_finite(const std::string& first_broken_layer) {
  return first_broken_layer.empty()
             ? "the loss is not finite"
             : fmt::format("the loss is not finite, and {} is the first layer whose output is not",
                           first_broken_layer);
}

std::string headroom_gone(const std::string& layer, double least) {
  return fmt::format("the headroom min(1 − βx) of {} fell to {:.4g}", layer, least);
}

std::string gradient_not_finite(const Parameter& parameter) {
  if (parameter.role == Role::Buffer) return fmt::format("the batch's own {} is not finite", parameter.name);
  return fmt::format("the gradient of {} is not finite", parameter.name);
}

const Parameter* first_not_finite(const model::Model& model, std::span<const float> gradients) {
  for (const Parameter& p : model.parameters.all()) {
    if (p.type != ElementType::F32 || p.role == Role::Unused) continue;
    if (!all_finite(gradients.subspan(p.offset, p.size()))) return &p;
  }
  return nullptr;
}

}  // namespace synann::compute
