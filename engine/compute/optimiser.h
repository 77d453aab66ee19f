// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/compute/adam_numbers.h"
#include "engine/core/parameter_table.h"
#include "engine/model/state.h"

namespace synann::compute {

// How gradients move parameters; the rules and defaults are PyTorch's.
struct Optimiser {
  enum class Kind { Sgd, Adam, AdamW } kind = Kind::Sgd;
  double momentum = 0;      // SGD: v ← µ v + g, p ← p − lr v
  bool nesterov = false;    // SGD: p ← p − lr (g + µ v)
  double weight_decay = 0;  // g ← g + λ p; AdamW: p ← p − lr λ p, apart from g
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  // Adam, AdamW
  double clip_norm = 0;                               // the gradient is scaled down to this length; 0 = never

  bool operator==(const Optimiser&) const = default;
  bool has_squares() const { return kind != Kind::Sgd; }
  // SGD with momentum and nothing else: what a fused step may do on its own.
  bool plain() const { return *this == Optimiser{.momentum = momentum}; }
};

// At step `step` of the run, from 1.
AdamNumbers adam_numbers(const Optimiser& optimiser, float learning_rate, std::int64_t step);

// One update of all trained tensors; running statistics move by kBatchNormMomentum towards the observation in
// their gradient slots; counters count. `step` counts all steps of the run from 1 (Adam's bias correction).
// The gradient is clipped and decayed in place. Squares are made where they are needed and has none yet. The
// numbers at the places of `frozen` stay as they are; the length of the gradient counts theirs all the same.
void update(const Optimiser& optimiser, const model::Model& model, model::State& state,
            std::span<float> gradients, float learning_rate, std::int64_t step,
            std::span<const std::uint32_t> frozen = {});

// Trained numbers that an update must leave as they are, with the optimiser's numbers of theirs: what stood
// there before it, put back behind it. Squares may be empty.
class FrozenNumbers {
 public:
  FrozenNumbers(std::span<const std::uint32_t> places, std::span<const float> values,
                std::span<const float> momenta, std::span<const float> squares);
  void put_back(std::span<float> values, std::span<float> momenta, std::span<float> squares) const;

 private:
  std::span<const std::uint32_t> places_;
  std::vector<float> values_, momenta_, squares_;  // [places]
};

// ‖gradient‖ over the trained tensors, summed in double.
double gradient_norm(const model::Model& model, std::span<const float> gradients);

}  // namespace synann::compute
