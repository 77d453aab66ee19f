// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cpu/fused_tensors.h"

#include <algorithm>

namespace synann::compute::fused {
namespace {

constexpr int kStrip = 16;                   // columns of fc1 or of β that one task finishes
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
  for (int map = 0; map < kMaps2; ++map) {
    lay_out_fc1(values, map);
    lay_out_conv2(values, map);
  }
  if (plan_.synapse) {
    for (int column = 0; column < kHidden; column += kStrip) lay_out_synapse(values, column);
  }
  lay_out_rest(values);
}

void Tensors::lay_out_fc1(const float* values, int map) {
  kernels_.transpose(values + plan_.fc1.weight + map * kStrip, kFeatures, kHidden, kStrip,
                     fc1_by_input_.data() + map * kStrip * kHidden, kHidden);
}

void Tensors::lay_out_conv2(const float* values, int map) {
  alignas(64) float rows[kMaps1Padded * kTapsPadded] = {}, columns[kTapsPadded * kMaps1Padded];
  const float* from = values + plan_.conv2.weight + map * kMapWeights;
  for (int i = 0; i < kMaps1; ++i) std::copy_n(from + i * kTaps, kTaps, rows + i * kTapsPadded);
  kernels_.transpose(rows, kTapsPadded, kMaps1Padded, kTapsPadded, columns, kMaps1Padded);
  std::copy_n(columns, kMapTaps, conv2_by_tap_.begin() + map * kMapTaps);
  kernels_.transform_filters(columns, conv2_transformed_.data() + map * kMapTransformed);
}

void Tensors::lay_out_synapse(const float* values, int column) {
  kernels_.transpose(values + *plan_.synapse + column, kHidden, kHidden, kStrip,
                     synapse_by_input_.data() + column * kHidden, kHidden);
}

void Tensors::lay_out_rest(const float* values) {
  std::copy_n(values + plan_.fc2.weight, plan_.classes * kHidden, fc2_.begin());
  std::copy_n(values + plan_.fc2.bias, plan_.classes, fc2_bias_.begin());
  kernels_.transpose(fc2_.data(), kHidden, kClasses, kHidden, fc2_by_input_.data(), kClasses);
}

int Tensors::tasks() const {
  return kMaps2 + kMaps2 / kMapsPerTask + (plan_.synapse ? kHidden / kStrip : 0) + 1;
}

bool Tensors::run(int task, const Finish& f) {
  if (task < kMaps2) return finish_fc1(task, f);
  task -= kMaps2;
  if (task < kMaps2 / kMapsPerTask) {
    bool finite = true;
    for (int m = task * kMapsPerTask; m < (task + 1) * kMapsPerTask; ++m)
      finite = finish_conv2(m, f) && finite;
    return finite;
  }
  task -= kMaps2 / kMapsPerTask;
  if (plan_.synapse && task < kHidden / kStrip) return finish_synapse(task * kStrip, f);
  return finish_rest(f);
}

bool Tensors::update(const Finish& f, std::size_t offset, int rows, int columns, int pitch) const {
  if (f.update == nullptr) return true;
  const Update& u = *f.update;
  return kernels_.update(rows, columns, pitch, u.values + offset, u.momenta + offset, f.gradients + offset,
                         u.rate, u.momentum, u.new_values + offset, u.new_momenta + offset);
}

const float* Tensors::reduce(const Finish& f, const float* first, int count, float* out) const {
  kernels_.reduce(first, sizeof(Partial) / sizeof(float), f.chunks, count, out);
  return out;
}

bool Tensors::finish_fc1(int map, const Finish& f) {
  // Samples whose dropout drops this map add nothing. A long batch goes in parts of one list each.
  constexpr int kList = 512;
  int samples[kList], s = 0;
  do {
    const bool add = s > 0;
    int count = 0;
    for (; s < f.samples && count < kList; ++s) {
      samples[count] = s;
      count += static_cast<int>(f.activations->kept_maps()[s] >> map & 1u);
    }
    kernels_.fc1_gradient(f.activations->pooled2(), f.activations->dhidden(), samples, count, map, add,
                          f.gradients + plan_.fc1.weight);
  } while (s < f.samples);
  const bool finite = update(f, plan_.fc1.weight + size(map * kStrip), kHidden, kStrip, kFeatures);
  if (f.update) lay_out_fc1(f.update->new_values, map);
  return finite;
}

bool Tensors::finish_conv2(int map, const Finish& f) {
  alignas(64) float sums[kTapsPadded * kMaps1Padded] = {}, rows[kMaps1Padded * kTapsPadded];
  reduce(f, f.partials->backward.conv2 + map * kMapTaps, kMapTaps, sums);
  kernels_.transpose(sums, kMaps1Padded, kTapsPadded, kMaps1Padded, rows, kTapsPadded);
  float* out = f.gradients + plan_.conv2.weight + map * kMapWeights;
  for (int i = 0; i < kMaps1; ++i) std::copy_n(rows + i * kTapsPadded, kTaps, out + i * kTaps);
  const bool finite = update(f, plan_.conv2.weight + size(map * kMapWeights), 1, kMapWeights, kMapWeights);
  if (f.update) lay_out_conv2(f.update->new_values, map);
  return finite;
}

bool Tensors::finish_synapse(int column, const Finish& f) {
  alignas(64) float sums[kStrip * kHidden];
  reduce(f, f.partials->backward.synapse_by_input + column * kHidden, kStrip * kHidden, sums);
  kernels_.transpose(sums, kHidden, kStrip, kHidden, f.gradients + *plan_.synapse + column, kHidden);
  const bool finite = update(f, *plan_.synapse + size(column), kHidden, kStrip, kHidden);
  if (f.update) lay_out_synapse(f.update->new_values, column);
  return finite;
}

bool Tensors::finish_rest(const Finish& f) {
  const BackwardSums& b = f.partials->backward;
  const LossSums& l = f.partials->loss;
  alignas(64) float sums[kClasses * kHidden];
  static_assert(kMaps1 * 5 * kTapRow <= kClasses * kHidden && kMaps2 * 16 <= kClasses * kHidden);
  reduce(f, b.conv1, kMaps1 * 5 * kTapRow, sums);
  float* conv1 = f.gradients + plan_.conv1.weight;
  for (int m = 0; m < kMaps1; ++m)
    for (int u = 0; u < 5; ++u) std::copy_n(sums + (m * 5 + u) * kTapRow, 5, conv1 + m * kTaps + u * 5);
  reduce(f, b.blank_taps, kMaps1Padded, sums);
  for (int tap = 0; tap < kMaps1 * kTaps; ++tap) conv1[tap] += sums[tap / kTaps];
  alignas(64) float blank_bias[kMaps1Padded];
  reduce(f, b.blank_bias, kMaps1Padded, blank_bias);
  reduce(f, b.conv1_bias, kMaps1 * 16, sums);
  for (int m = 0; m < kMaps1; ++m)
    f.gradients[plan_.conv1.bias + size(m)] = sum_of_sixteen(sums + m * 16) + blank_bias[m];
  reduce(f, b.conv2_bias, kMaps2 * 16, sums);
  for (int m = 0; m < kMaps2; ++m) f.gradients[plan_.conv2.bias + size(m)] = sum_of_sixteen(sums + m * 16);
  std::copy_n(reduce(f, b.fc1_bias, kHidden, sums), kHidden, f.gradients + plan_.fc1.bias);
  std::copy_n(reduce(f, l.fc2, kClasses * kHidden, sums), plan_.classes * kHidden,
              f.gradients + plan_.fc2.weight);
  std::copy_n(reduce(f, l.fc2_bias, kClasses, sums), plan_.classes, f.gradients + plan_.fc2.bias);
  std::copy_n(reduce(f, l.norm_dot, kHidden, sums), kHidden, f.gradients + plan_.norm.weight);
  std::copy_n(reduce(f, l.norm_sum, kHidden, sums), kHidden, f.gradients + plan_.norm.bias);
  if (!f.update) return true;
  bool finite = true;
  const auto move = [&](std::size_t offset, int count) {
    finite = update(f, offset, 1, count, count) && finite;
  };
  move(plan_.conv1.weight, kMaps1 * kTaps);
  move(plan_.conv1.bias, kMaps1);
  move(plan_.conv2.bias, kMaps2);
  move(plan_.fc1.bias, kHidden);
  move(plan_.norm.weight, kHidden);
  move(plan_.norm.bias, kHidden);
  move(plan_.fc2.weight, plan_.classes * kHidden);
  move(plan_.fc2.bias, plan_.classes);
  lay_out_rest(f.update->new_values);
  return finite;
}

}  // namespace synann::compute::fused
