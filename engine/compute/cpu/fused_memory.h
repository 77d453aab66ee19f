// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/compute/cpu/kernels.h"
#include "engine/core/lines.h"

namespace synann::compute::fused {
namespace SYNANN_NET {

using synann::Lines;

// The sums of one chunk.
struct alignas(64) Partial {
  BackwardSums backward;
  LossSums loss;
  Moments moments;
};

// What the forward pass leaves for the backward pass, sample by sample. Evaluation looks at a sample once and
// needs the large blocks for one group of samples per thread only.
class Activations {
 public:
  // rows: samples; places: samples of which more than the result is kept.
  void resize(int rows, int places) {
    const auto n = static_cast<std::size_t>(rows), m = static_cast<std::size_t>(places);
    grow(order_, m * kOrder);
    grow(pooled1_, m * kMaps1 * kOrder);
    grow(where1_, m * kMaps1 * kChoices1);
    grow(where2_, m * kMaps2);
    grow(pooled2_, m * kFeatures);
    for (auto* block : {&hidden_, &soft_, &mixed_, &normal_, &dnormed_, &dhidden_}) grow(*block, m * kHidden);
    grow(log_probs_, n * kClasses);
    if (kept_maps_.size() < n) kept_maps_.resize(n);
  }

  Sample sample(int row, int place) {
    const auto n = static_cast<std::size_t>(row), m = static_cast<std::size_t>(place), h = m * kHidden;
    return {.order = &order_[m * kOrder],
            .inked = 0,
            .pooled1 = &pooled1_[m * kMaps1 * kOrder],
            .where1 = &where1_[m * kMaps1 * kChoices1],
            .pooled2 = &pooled2_[m * kFeatures],
            .where2 = &where2_[m * kMaps2],
            .hidden = &hidden_[h],
            .soft = &soft_[h],
            .mixed = &mixed_[h],
            .normal = &normal_[h],
            .dnormed = &dnormed_[h],
            .dhidden = &dhidden_[h],
            .log_probs = &log_probs_[n * kClasses],
            .kept_maps = 0,
            .map_scale = 1,
            .kept = 0,
            .kept_scale = 1,
            .target = 0};
  }
  const float* pooled2() const { return pooled2_.data(); }
  float* pooled2() { return pooled2_.data(); }
  const float* hidden() const { return hidden_.data(); }
  const float* soft() const { return soft_.data(); }
  float* soft() { return soft_.data(); }
  const float* mixed() const { return mixed_.data(); }
  const float* normal() const { return normal_.data(); }
  const float* dhidden() const { return dhidden_.data(); }
  float* dhidden() { return dhidden_.data(); }
  const float* log_probs() const { return log_probs_.data(); }
  float* log_probs() { return log_probs_.data(); }
  std::uint32_t& kept_maps(int row) { return kept_maps_[static_cast<std::size_t>(row)]; }
  const std::uint32_t* kept_maps() const { return kept_maps_.data(); }

 private:
  template <class T>
  static void grow(Lines<T>& block, std::size_t count) {
    if (block.size() < count) block.resize(count);
  }
  Lines<float> pooled1_, pooled2_, hidden_, soft_, mixed_, normal_, dnormed_, dhidden_, log_probs_;
  Lines<short> order_;
  Lines<Choice> where1_, where2_;
  std::vector<std::uint32_t> kept_maps_;
};

}  // namespace SYNANN_NET
}  // namespace synann::compute::fused
