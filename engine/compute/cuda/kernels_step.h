// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/block.h"
#include "engine/compute/cuda/control.h"

// What follows the gradient: the watch over broken numbers, and the optimiser.
namespace synann::compute::cuda {

// A tensor's place in the flat blocks.
struct Range {
  Index offset, size;
};

// flags[tensor, chunk] = 1 where a gradient is not finite; kFlagChunks blocks a tensor.
struct CheckFinite {
  const float* gradients;
  const Range* ranges;
  int tensors;
  int* flags;

  static constexpr int kThreads = 256;
  Grid grid() const { return {tensors, kFlagChunks, kThreads, (kThreads + 4) * 4}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    int* scratch = block.template shared<int>(kThreads);
    int* broken = block.template shared<int>(1);
    const Range range = ranges[block.x()];
    const Index share = (range.size + kFlagChunks - 1) / kFlagChunks, begin = block.y() * share,
                count = least(range.size, begin + share) - begin;
    greatest_over<int>(block, count > 0 ? static_cast<int>(count) : 0, 0, scratch, broken,
                       [&](int i) { return isfinite(gradients[range.offset + begin + i]) ? 0 : 1; });
    block.each([&](int t) {
      if (t == 0) flags[block.x() * kFlagChunks + block.y()] = broken[0];
    });
  }
};

inline constexpr int kNormBlocks = 64;

// parts[block] = Σ g² over its stretch of the gradient, in double.
struct SquaredNorm {
  const float* gradients;
  Index count;
  double* parts;  // [kNormBlocks]

  static constexpr int kThreads = 256;
  Grid grid() const { return {kNormBlocks, 1, kThreads, (kThreads + 2) * 8}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    double* scratch = block.template shared<double>(kThreads);
    double* sum = block.template shared<double>(1);
    const Index share = (count + kNormBlocks - 1) / kNormBlocks, begin = block.x() * share,
                end = least(count, begin + share);
    sum_over<double>(block, end > begin ? static_cast<int>(end - begin) : 0, scratch, sum, [&](int i) {
      const double g = static_cast<double>(gradients[begin + i]);
      return g * g;
    });
    block.each([&](int t) {
      if (t == 0) parts[block.x()] = sum[0];
    });
  }
};

// Looks at loss, gradients and headroom of the step at hand and decides whether its update is made; keeps its
// loss, and moves on to the next step. After trouble nothing is updated until the next span. One block.
struct Judge {
  Control* control;
  float largest_loss;
  const int* flags;  // [tensors, kFlagChunks]
  int tensors;
  const float* headroom;  // [headroom_count] over all synapse layers, or null
  int headroom_count;
  const int* headroom_layer;  // [headroom_count]: whose it is
  const double* norm_parts;   // [kNormBlocks], or null where nothing is clipped
  double clip_norm;

  static constexpr int kThreads = 256;
  Grid grid() const { return {1, 1, kThreads, (kThreads + 4) * 8}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    int* scratch = block.template shared<int>(kThreads);
    int* found = block.template shared<int>(2);
    int* tight = found + 1;
    // The first broken tensor as the greatest of tensors − number, so that none is 0.
    greatest_over<int>(block, tensors * kFlagChunks, 0, scratch, found,
                       [&](int i) { return flags[i] != 0 ? tensors - i / kFlagChunks : 0; });
    greatest_over<int>(block, headroom != nullptr ? headroom_count : 0, 0, scratch, tight,
                       [&](int i) { return headroom[i] <= 0 ? headroom_count - i : 0; });
    block.each([&](int t) {
      if (t == 0)
        decide(found[0] > 0 ? tensors - found[0] : -1, tight[0] > 0 ? headroom_count - tight[0] : -1);
    });
  }
  SYNANN_DEVICE void decide(int broken, int tight) const {
    Control& c = *control;
    c.apply = 0;
    if (c.trouble != Trouble::None) return;
    const float loss = static_cast<float>(c.loss);
    if (!isfinite(c.loss)) {
      c.trouble = Trouble::Loss;
    } else if (loss > largest_loss) {
      c.trouble = Trouble::LargeLoss, c.value = loss;
    } else if (broken >= 0) {
      c.trouble = Trouble::Gradient, c.which = broken;
    } else if (tight >= 0) {
      c.trouble = Trouble::Headroom, c.which = headroom_layer[tight], c.value = least_headroom(c.which);
    }
    if (c.trouble != Trouble::None) {
      c.failed = c.step;
      return;
    }
    c.apply = 1;
    c.now = c.numbers[c.done];
    c.losses[c.done] = loss;
    c.clip = clip_factor();
    ++c.done;
    ++c.step;
  }
  SYNANN_DEVICE float least_headroom(int layer) const {
    float value = 1;
    for (int i = 0; i < headroom_count; ++i)
      if (headroom_layer[i] == layer) value = least(value, headroom[i]);
    return value;
  }
  SYNANN_DEVICE float clip_factor() const {
    if (norm_parts == nullptr) return 1;
    double sum = 0;
    for (int i = 0; i < kNormBlocks; ++i) sum += norm_parts[i];
    const double factor = clip_norm / (sqrt(sum) + 1e-6);
    return factor < 1 ? static_cast<float>(factor) : 1.0f;
  }
};

enum class UpdateRule : int { Sgd, Nesterov, Adam, AdamW };

SYNANN_DEVICE bool has_squares(UpdateRule rule) {
  return rule == UpdateRule::Adam || rule == UpdateRule::AdamW;
}

// The optimiser's numbers that do not change from step to step.
struct UpdateForm {
  UpdateRule rule;
  float momentum, weight_decay, beta2, new1, new2, epsilon;  // new: 1 − β₁, 1 − β₂, rounded once
};

// One element of one update; the rules are the CPU's (engine/compute/optimiser.h).
SYNANN_DEVICE void update_element(const UpdateForm& form, const Control& control, float g, float* value,
                                  float* momentum, float* square) {
  const StepNumbers& now = control.now;
  g *= control.clip;
  if (form.weight_decay > 0 && form.rule == UpdateRule::AdamW) {
    *value *= 1 - now.rate * form.weight_decay;
  } else if (form.weight_decay > 0) {
    g += form.weight_decay * *value;
  }
  if (has_squares(form.rule)) {
    *momentum += form.new1 * (g - *momentum);
    *square = form.beta2 * *square + form.new2 * g * g;
    *value -= now.rate / now.correct1 * *momentum / (sqrtf(*square) / now.correct2 + form.epsilon);
  } else {
    *momentum = form.momentum * *momentum + g;
    *value -= now.rate * (form.rule == UpdateRule::Nesterov ? g + form.momentum * *momentum : *momentum);
  }
}

// Trained numbers move by the optimiser, running statistics towards what was observed, dead ones not at all.
struct Update {
  const Control* control;
  UpdateForm form;
  float *values, *momenta, *squares;  // squares: null unless Adam
  const float* gradients;
  const std::uint8_t* moving;  // [count − trained]: whether it is a running statistic
  const std::uint8_t* frozen;  // [trained]: whether it stays as it is; null where none does
  Index trained, count;
  float towards;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(count); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    block.each([&](int t) {
      const Index k = Index{block.x()} * kThreads + t;
      if (k >= count || control->apply == 0) return;
      if (k < trained) {
        if (frozen != nullptr && frozen[k] != 0) return;
        update_element(form, *control, gradients[k], values + k, momenta + k,
                       squares != nullptr ? squares + k : nullptr);
      } else if (moving[k - trained] != 0) {
        values[k] = (1 - towards) * values[k] + towards * gradients[k];
      }
    });
  }
};

}  // namespace synann::compute::cuda
