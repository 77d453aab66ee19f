// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/core/random.h"

// What the kernels of a step and the host tell each other; plain data in device memory. Whatever changes from
// step to step stands here, so that a recorded graph of steps can be replayed as it is.
namespace synann::compute::cuda {

inline constexpr int kSpanSteps = 4096;  // steps between two looks of the host, at most
inline constexpr int kFlagChunks = 32;   // pieces in which each tensor is searched for NaNs

// The optimiser's numbers of one step, prepared by the host in double.
struct StepNumbers {
  float rate, correct1, correct2;  // Adam: 1 − β₁ᵗ and √(1 − β₂ᵗ)
};

// Why the update of a step was not made.
enum class Trouble : int { None, Loss, LargeLoss, Gradient, Headroom };

struct Control {
  std::uint64_t seed;
  int epoch;
  int step;   // 0-based step of the epoch at hand; counted up by the last kernel that judges it
  int done;   // steps of the span that were taken
  int apply;  // 1 while the update of the step at hand is to be made
  Trouble trouble;
  int which;    // Gradient: number of the tensor; Headroom: number of the synapse layer
  int failed;   // the step in trouble
  float value;  // the loss or the headroom in question
  double loss;  // mean of the batch at hand, nats
  float clip;   // factor on the gradient
  int current;  // fused step: which copy of the parameters is the state
  int pending;  // fused step: whether the other copy holds an update that nobody has looked at
  StepNumbers now;
  StepNumbers numbers[kSpanSteps];
  float losses[kSpanSteps];  // of the steps that were done, measured before their updates

  SYNANN_HOST_DEVICE RandomStream dropout(int layer) const {
    return {seed, static_cast<std::uint32_t>(Purpose::Dropout) + static_cast<std::uint32_t>(layer),
            static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(epoch)};
  }
};

}  // namespace synann::compute::cuda
