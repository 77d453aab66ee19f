// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/fused_layout.h"

// Batch norm, fc2 and the loss of SynaCNN, forward and backward, and the verdict on the step: one block,
// because batch norm needs all samples.
namespace synann::compute::cuda {

struct FusedHead {
  FusedPlaces p;
  FusedMemory m;
  int count, update;  // update: the verdict decides on an update and counts the step; otherwise loss and
                      // gradients only
  int watch_headroom, headroom_layer;
  float largest_loss, epsilon;

  static constexpr int kThreads = 1024;
  static constexpr int kLanes = kThreads / kHidden;  // stretches of samples for each feature
  Grid grid() const {
    return {1, 1, kThreads,
            (2 * kThreads + kMostClasses * kHidden + 6 * kHidden + 32 + 32) * 4 + 32 * 8 + 256};
  }

  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    int* words = block.template shared<int>(32);
    float* sums = block.template shared<float>(kThreads);
    float* dots = block.template shared<float>(kThreads);
    float* fc2 = block.template shared<float>(kMostClasses * kHidden);
    float* feature = block.template shared<float>(6 * kHidden);  // shift, mean, inverse, scale, sum, dot
    double* loss = block.template shared<double>(32);
    float* lowest = block.template shared<float>(32);
    collect_flags(block, m, words);
    measure(block, words, sums, feature);
    block.each([&](int t) {
      const float* values = copy(words).values;
      for (int k = t; k < p.classes * kHidden; k += kThreads) fc2[k] = values[p.fc2 + k];
      for (int k = t; k < count * kHidden; k += kThreads) {
        const int f = k % kHidden;
        m.normal[k] = ((m.mixed[k] - feature[f]) - feature[kHidden + f]) * feature[2 * kHidden + f];
      }
    });
    block.each([&](int t) {
      for (int k = t; k < count * p.classes; k += kThreads)
        m.log_probs[k] = logit(k, copy(words).values, fc2);
    });
    block.each([&](int t) {
      for (int s = t; s < count; s += kThreads) normalise(s);
    });
    block.each([&](int t) {
      if (t < 32) add_up(t, loss, lowest);
    });
    backward(block, words, fc2, sums, dots, feature);
    block.each([&](int t) {
      if (t == 0) judge(words, loss, lowest);
    });
  }

  SYNANN_DEVICE const FusedCopy& copy(const int* words) const {
    return m.copies[update != 0 ? whole_copy(*m.control, words) : 0];
  }

  // Mean and variance of each feature, of its distance from the first sample: nearly equal numbers keep their
  // digits that way.
  template <class Block>
  SYNANN_DEVICE void measure(Block& block, const int* words, float* sums, float* feature) const {
    block.each([&](int t) {
      const int f = t % kHidden;
      if (t < kHidden) feature[f] = m.mixed[f];
      float sum = 0;
      for (int s = t / kHidden; s < count; s += kLanes) sum += m.mixed[s * kHidden + f] - m.mixed[f];
      sums[t] = sum;
    });
    block.each([&](int t) {
      if (t < kHidden) feature[kHidden + t] = lanes(sums, t) / static_cast<float>(count);
    });
    block.each([&](int t) {
      const int f = t % kHidden;
      float sum = 0;
      for (int s = t / kHidden; s < count; s += kLanes) {
        const float d = (m.mixed[s * kHidden + f] - feature[f]) - feature[kHidden + f];
        sum += d * d;
      }
      sums[t] = sum;
    });
    block.each([&](int t) {
      if (t >= kHidden) return;
      const float squares = lanes(sums, t);
      feature[2 * kHidden + t] = 1.0f / sqrtf(squares / static_cast<float>(count) + epsilon);
      feature[3 * kHidden + t] = copy(words).values[p.norm + t];
      m.gradients[p.running_mean + t] = feature[t] + feature[kHidden + t];
      m.gradients[p.running_var + t] = squares / static_cast<float>(greatest(1, count - 1));
    });
  }
  SYNANN_DEVICE float lanes(const float* sums, int f) const {
    float sum = 0;
    for (int lane = 0; lane < kLanes; ++lane) sum += sums[lane * kHidden + f];
    return sum;
  }

  SYNANN_DEVICE float logit(int k, const float* values, const float* fc2) const {
    const int s = k / p.classes, c = k % p.classes;
    float sum = values[p.fc2_bias + c];
    for (int f = 0; f < kHidden; ++f) {
      const float z = values[p.norm + f] * m.normal[s * kHidden + f] + values[p.norm_bias + f];
      sum += fc2[c * kHidden + f] * z;
    }
    return sum;
  }

  // Log-softmax of one sample, its loss, and the gradient by its logits.
  SYNANN_DEVICE void normalise(int s) const {
    float* row = m.log_probs + s * p.classes;
    float top = row[0], sum = 0;
    for (int c = 1; c < p.classes; ++c) top = greatest(top, row[c]);
    for (int c = 0; c < p.classes; ++c) sum += expf(row[c] - top);
    const float shift = top + logf(sum);
    for (int c = 0; c < p.classes; ++c) {
      row[c] -= shift;
      const float hit = c == m.target[s] ? 1.0f : 0.0f;
      m.dlogits[s * p.classes + c] = (expf(row[c]) - hit) / static_cast<float>(count);
    }
    m.losses[s] = -row[m.target[s]];
  }

  SYNANN_DEVICE void add_up(int t, double* loss, float* lowest) const {
    double sum = 0;
    float low = 1;
    for (int s = t; s < count; s += 32) {
      sum += static_cast<double>(m.losses[s]);
      low = least(low, m.headroom[s]);
    }
    loss[t] = sum;
    lowest[t] = low;
  }

  // The gradients of fc2 and batch norm, and of batch norm's input.
  template <class Block>
  SYNANN_DEVICE void backward(Block& block, const int* words, const float* fc2, float* sums, float* dots,
                              float* feature) const {
    block.each([&](int t) {
      const float* values = copy(words).values;
      for (int k = t; k < p.classes * (kHidden + 1); k += kThreads) fc2_gradient(k, values);
      const int f = t % kHidden;
      float sum = 0, dot = 0;
      for (int s = t / kHidden; s < count; s += kLanes) {
        float dz = 0;
        for (int c = 0; c < p.classes; ++c) dz += m.dlogits[s * p.classes + c] * fc2[c * kHidden + f];
        m.dmixed[s * kHidden + f] = dz;
        sum += dz;
        dot += dz * m.normal[s * kHidden + f];
      }
      sums[t] = sum;
      dots[t] = dot;
    });
    block.each([&](int t) {
      if (t >= kHidden) return;
      feature[4 * kHidden + t] = m.gradients[p.norm_bias + t] = lanes(sums, t);
      feature[5 * kHidden + t] = m.gradients[p.norm + t] = lanes(dots, t);
    });
    block.each([&](int t) {
      for (int k = t; k < count * kHidden; k += kThreads) {
        const int f = k % kHidden;
        const float n = static_cast<float>(count);
        m.dmixed[k] =
            feature[3 * kHidden + f] * feature[2 * kHidden + f] *
            (m.dmixed[k] - feature[4 * kHidden + f] / n - m.normal[k] * feature[5 * kHidden + f] / n);
      }
    });
  }
  // Element k of fc2's weights, then of its biases.
  SYNANN_DEVICE void fc2_gradient(int k, const float* values) const {
    const int c = k < p.classes * kHidden ? k / kHidden : k - p.classes * kHidden;
    float sum = 0;
    if (k < p.classes * kHidden) {
      const int f = k % kHidden;
      const float w = values[p.norm + f], b = values[p.norm_bias + f];
      for (int s = 0; s < count; ++s)
        sum += m.dlogits[s * p.classes + c] * (w * m.normal[s * kHidden + f] + b);
      m.gradients[p.fc2 + k] = sum;
    } else {
      for (int s = 0; s < count; ++s) sum += m.dlogits[s * p.classes + c];
      m.gradients[p.fc2_bias + c] = sum;
    }
  }

  // Settles the step before this one, and decides on this one.
  SYNANN_DEVICE void judge(const int* words, const double* loss, const float* lowest) const {
    Control& c = *m.control;
    double sum = 0;
    float low = 1;
    for (int i = 0; i < 32; ++i) {
      sum += loss[i];
      low = least(low, lowest[i]);
    }
    c.loss = sum / count;
    c.clip = 1;
    if (update == 0) return;
    settle(c, words);
    c.apply = 0;
    if (c.trouble != Trouble::None) return;
    const auto mean = static_cast<float>(c.loss);
    if (!isfinite(c.loss)) {
      c.trouble = Trouble::Loss;
    } else if (mean > largest_loss) {
      c.trouble = Trouble::LargeLoss, c.value = mean;
    } else if (watch_headroom != 0 && low <= 0) {
      c.trouble = Trouble::Headroom, c.which = headroom_layer, c.value = low;
    }
    if (c.trouble != Trouble::None) {
      c.failed = c.step;
      return;
    }
    c.apply = c.pending = 1;
    c.now = c.numbers[c.done];
    c.losses[c.done++] = mean;
  }
  // Takes over the copy that the last step wrote, unless it is broken: then that step counts as not done.
  SYNANN_DEVICE static void settle(Control& c, const int* words) {
    const int broken = joined(words);
    if (c.pending == 0) return;
    c.pending = 0;
    if (broken == 0) {
      c.current = 1 - c.current;
      return;
    }
    c.trouble = Trouble::Gradient;
    while (((broken >> c.which) & 1) == 0) ++c.which;
    c.failed = c.step - 1;
    --c.done;
  }
};

// Evaluation: batch norm with running statistics, fc2 and log-softmax; a block of 32 threads a sample.
struct FusedClassify {
  FusedPlaces p;
  FusedMemory m;
  int count;
  float epsilon;

  static constexpr int kThreads = 32;
  Grid grid() const { return {count, 1, kThreads, (kHidden + kMostClasses) * 4 + 32}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* z = block.template shared<float>(kHidden);
    float* logits = block.template shared<float>(kMostClasses);
    const float* values = m.copies[0].values;
    const int s = block.x();
    block.each([&](int t) {
      for (int f = t; f < kHidden; f += kThreads) {
        const float inverse = 1.0f / sqrtf(values[p.running_var + f] + epsilon);
        z[f] = values[p.norm + f] * (m.mixed[s * kHidden + f] - values[p.running_mean + f]) * inverse +
               values[p.norm_bias + f];
      }
    });
    block.each([&](int t) {
      if (t >= p.classes) return;
      float sum = values[p.fc2_bias + t];
      for (int f = 0; f < kHidden; ++f) sum += values[p.fc2 + t * kHidden + f] * z[f];
      logits[t] = sum;
    });
    block.each([&](int t) {
      if (t >= p.classes) return;
      float top = logits[0], sum = 0;
      for (int c = 1; c < p.classes; ++c) top = greatest(top, logits[c]);
      for (int c = 0; c < p.classes; ++c) sum += expf(logits[c] - top);
      m.log_probs[s * p.classes + t] = logits[t] - (top + logf(sum));
    });
  }
};

}  // namespace synann::compute::cuda
