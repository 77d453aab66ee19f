// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cpu/fused_tensors.h"

#include <algorithm>

namespace synann::compute::fused {
namespace {

constexpr int kStrip = 16;                   // rows or columns of fc1 or of β that one task takes
constexpr int kMapsPerTask = 4;              // of conv2
constexpr int kMapWeights = kMaps1 * kTaps;  // of one map of conv2
constexpr int kMapTaps = kTaps * kMaps1Padded;
constexpr int kTapsPadded = 32;  // as a transposition wants it

constexpr std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

float sum_of_sixteen(const float* x) {
  float total = 0;
  for (int k = 0; k < 16; ++k) total += x[k];
  return total;
}

}  // namespace

Tensors::Tensors(const Plan& plan, const Kernels& kernels)
    : plan_(plan),
      kernels_(kernels),
      fc1_by_input_(size(kFeatures * kHidden)),
      conv2_by_tap_(size(kMaps2 * kMapTaps)),
      conv2_transformed_(size(kMaps2 * kMapTransformed)),
      synapse_by_input_(plan.synapse ? size(kHidden * kHidden) : 0),
      fc2_(size(kClasses * kHidden)),
      fc2_by_input_(size(kHidden * kClasses)),
      fc2_bias_(kClasses) {}

Weights Tensors::weights(const float* values) const {
  return {.conv1 = values + plan_.conv1.weight,
          .conv1_bias = values + plan_.conv1.bias,
          .conv2_transformed = conv2_transformed_.data(),
          .conv2_bias = values + plan_.conv2.bias,
          .conv2_by_tap = conv2_by_tap_.data(),
          .fc1 = values + plan_.fc1.weight,
          .fc1_bias = values + plan_.fc1.bias,
          .fc1_by_input = fc1_by_input_.data(),
          .synapse_by_input = plan_.synapse ? synapse_by_input_.data() : nullptr,
          .norm_scale = values + plan_.norm.weight,
          .norm_shift = values + plan_.norm.bias,
          .fc2 = fc2_.data(),
          .fc2_by_input = fc2_by_input_.data(),
          .fc2_bias = fc2_bias_.data(),
          .classes = plan_.classes};
}

void Tensors::lay_out(const float* values) {
  for (int output = 0; output < kHidden; output += kStrip) {
    lay_out_fc1(values, output);
    if (plan_.synapse) lay_out_synapse(values, output);
  }
  for (int map = 0; map < kMaps2; ++map) lay_out_conv2(values, map);
  lay_out_rest(values);
}

void Tensors::lay_out_fc1(const float* values, int output) {
  kernels_.transpose(values + plan_.fc1.weight + output * kFeatures, kFeatures, kStrip, kFeatures,
                     fc1_by_input_.data() + output, kHidden);
}

void Tensors::lay_out_conv2(const float* values, int map) {
  alignas(64) float rows[kMaps1Padded * kTapsPadded] = {}, columns[kTapsPadded * kMaps1Padded];
  const float* from = values + plan_.conv2.weight + map * kMapWeights;
  for (int i = 0; i < kMaps1; ++i) std::copy_n(from + i * kTaps, kTaps, rows + i * kTapsPadded);
  kernels_.transpose(rows, kTapsPadded, kMaps1Padded, kTapsPadded, columns, kMaps1Padded);
  std::copy_n(columns, kMapTaps, conv2_by_tap_.begin() + map * kMapTaps);
  kernels_.transform_filters(columns, conv2_transformed_.data() + map * kMapTransformed);
}

void Tensors::lay_out_synapse(const float* values, int output) {
  kernels_.transpose(values + *plan_.synapse + output * kHidden, kHidden, kStrip, kHidden,
                     synapse_by_input_.data() + output, kHidden);
}

void Tensors::lay_out_rest(const float* values) {
  std::copy_n(values + plan_.fc2.weight, plan_.classes * kHidden, fc2_.begin());
  std::copy_n(values + plan_.fc2.bias, plan_.classes, fc2_bias_.begin());
  kernels_.transpose(fc2_.data(), kHidden, kClasses, kHidden, fc2_by_input_.data(), kClasses);
}

const float* Tensors::reduce(const Finish& f, const float* first, int count, float* out) const {
  kernels_.reduce(first, sizeof(Partial) / sizeof(float), f.chunks, count, out);
  return out;
}

int Tensors::gradient_tasks() const {
  return kMaps2 + kMaps2 / kMapsPerTask + (plan_.synapse ? kHidden / kStrip : 0) + 1;
}

bool Tensors::sum(int task, const Finish& f) {
  if (task < kMaps2) return sum_fc1(task, f);
  task -= kMaps2;
  if (task < kMaps2 / kMapsPerTask) {
    bool finite = true;
    for (int m = task * kMapsPerTask; m < (task + 1) * kMapsPerTask; ++m) finite = sum_conv2(m, f) && finite;
    return finite;
  }
  task -= kMaps2 / kMapsPerTask;
  if (plan_.synapse && task < kHidden / kStrip) return sum_synapse(task * kStrip, f);
  return sum_rest(f);
}

bool Tensors::sum_fc1(int map, const Finish& f) {
  // Samples whose dropout drops this map add nothing. A long batch goes in parts of one list each.
  constexpr int kList = 512;
  int samples[kList], s = 0;
  float* out = f.gradients + plan_.fc1.weight;
  do {
    const bool add = s > 0;
    int count = 0;
    for (; s < f.samples && count < kList; ++s) {
      samples[count] = s;
      count += static_cast<int>(f.activations->kept_maps()[s] >> map & 1u);
    }
    kernels_.fc1_gradient(f.activations->pooled2(), f.activations->dhidden(), samples, count, map, add, out);
  } while (s < f.samples);
  return kernels_.finite(out + map * kStrip, kHidden, kStrip, kFeatures);
}

bool Tensors::sum_conv2(int map, const Finish& f) {
  alignas(64) float sums[kMapRow];
  reduce(f, f.partials->backward.conv2 + map * kMapRow, kMapRow, sums);
  float* out = f.gradients + plan_.conv2.weight + map * kMapWeights;
  for (int i = 0; i < kMaps1; ++i)
    for (int tap = 0; tap < kTaps; ++tap) out[i * kTaps + tap] = sums[tap * kMaps1 + i];
  return kernels_.finite(out, 1, kMapWeights, kMapWeights);
}

bool Tensors::sum_synapse(int column, const Finish& f) {
  alignas(64) float sums[kStrip * kHidden];
  reduce(f, f.partials->backward.synapse_by_input + column * kHidden, kStrip * kHidden, sums);
  float* out = f.gradients + *plan_.synapse + column;
  kernels_.transpose(sums, kHidden, kStrip, kHidden, out, kHidden);
  return kernels_.finite(out, kHidden, kStrip, kHidden);
}

bool Tensors::sum_rest(const Finish& f) {
  const BackwardSums& b = f.partials->backward;
  const LossSums& l = f.partials->loss;
  alignas(64) float sums[kClasses * kHidden];
  static_assert(kMaps1 * 5 * kTapRow <= kClasses * kHidden && kMaps2 * 16 <= kClasses * kHidden);
  bool finite = true;
  const auto put = [&](std::size_t offset, const float* from, int count) {
    std::copy_n(from, count, f.gradients + offset);
    finite = kernels_.finite(from, 1, count, count) && finite;
  };
  alignas(64) float conv1[kMaps1 * kTaps], bias[kMaps2];
  reduce(f, b.conv1, kMaps1 * 5 * kTapRow, sums);
  for (int m = 0; m < kMaps1; ++m)
    for (int u = 0; u < 5; ++u) std::copy_n(sums + (m * 5 + u) * kTapRow, 5, conv1 + m * kTaps + u * 5);
  reduce(f, b.blank_taps, kMaps1Padded, sums);
  for (int tap = 0; tap < kMaps1 * kTaps; ++tap) conv1[tap] += sums[tap / kTaps];
  put(plan_.conv1.weight, conv1, kMaps1 * kTaps);
  alignas(64) float blank_bias[kMaps1Padded];
  reduce(f, b.blank_bias, kMaps1Padded, blank_bias);
  reduce(f, b.conv1_bias, kMaps1 * 16, sums);
  for (int m = 0; m < kMaps1; ++m) bias[m] = sum_of_sixteen(sums + m * 16) + blank_bias[m];
  put(plan_.conv1.bias, bias, kMaps1);
  reduce(f, b.conv2_bias, kMaps2 * 16, sums);
  for (int m = 0; m < kMaps2; ++m) bias[m] = sum_of_sixteen(sums + m * 16);
  put(plan_.conv2.bias, bias, kMaps2);
  put(plan_.fc1.bias, reduce(f, b.fc1_bias, kHidden, sums), kHidden);
  put(plan_.fc2.weight, reduce(f, l.fc2, kClasses * kHidden, sums), plan_.classes * kHidden);
  put(plan_.fc2.bias, reduce(f, l.fc2_bias, kClasses, sums), plan_.classes);
  put(plan_.norm.weight, reduce(f, l.norm_dot, kHidden, sums), kHidden);
  put(plan_.norm.bias, reduce(f, l.norm_sum, kHidden, sums), kHidden);
  return finite;
}

int Tensors::update_tasks() const {
  return kHidden / kStrip + kMaps2 / kMapsPerTask + (plan_.synapse ? 1 : 0) + 1;
}

void Tensors::move(std::size_t offset, int count, const float* gradients, const Update& u) const {
  kernels_.update(count, gradients + offset, u.rate, u.momentum, u.values + offset, u.momenta + offset);
}

void Tensors::update(int task, const float* gradients, const Update& u) {
  if (task < kHidden / kStrip) {
    const int output = task * kStrip;
    move(plan_.fc1.weight + size(output * kFeatures), kStrip * kFeatures, gradients, u);
    return lay_out_fc1(u.values, output);
  }
  task -= kHidden / kStrip;
  if (task < kMaps2 / kMapsPerTask) {
    const int map = task * kMapsPerTask;
    move(plan_.conv2.weight + size(map * kMapWeights), kMapsPerTask * kMapWeights, gradients, u);
    for (int m = map; m < map + kMapsPerTask; ++m) lay_out_conv2(u.values, m);
    return;
  }
  task -= kMaps2 / kMapsPerTask;
  if (plan_.synapse && task == 0) {
    move(*plan_.synapse, kHidden * kHidden, gradients, u);
    for (int output = 0; output < kHidden; output += kStrip) lay_out_synapse(u.values, output);
    return;
  }
  move(plan_.conv1.weight, kMaps1 * kTaps, gradients, u);
  move(plan_.conv1.bias, kMaps1, gradients, u);
  move(plan_.conv2.bias, kMaps2, gradients, u);
  move(plan_.fc1.bias, kHidden, gradients, u);
  move(plan_.norm.weight, kHidden, gradients, u);
  move(plan_.norm.bias, kHidden, gradients, u);
  move(plan_.fc2.weight, plan_.classes * kHidden, gradients, u);
  move(plan_.fc2.bias, plan_.classes, gradients, u);
  lay_out_rest(u.values);
}

}  // namespace synann::compute::fused
