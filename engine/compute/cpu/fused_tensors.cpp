// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cpu/fused_tensors.h"

#include <algorithm>

namespace synann::compute::fused {
namespace SYNANN_NET {
namespace {

constexpr int kParts = 4;
constexpr int kStrip = kHidden / kParts;     // rows of fc1 or columns of β of one part
constexpr int kPartMaps = kMaps2 / kParts;   // maps of conv2 of one part
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
          .synapse_by_input = plan_.synapse ? synapse_by_input_.data() : nullptr,
          .norm_scale = values + plan_.norm.weight,
          .norm_shift = values + plan_.norm.bias,
          .fc2 = fc2_.data(),
          .fc2_by_input = fc2_by_input_.data(),
          .fc2_bias = fc2_bias_.data(),
          .classes = plan_.classes};
}

void Tensors::lay_out(const float* values) {
  for (int part = 0; part < kParts; ++part) {
    lay_out_conv2(values, part);
    if (plan_.synapse) lay_out_synapse(values, part);
  }
  lay_out_rest(values);
}

void Tensors::lay_out_conv2(const float* values, int part) {
  alignas(64) float rows[kMaps1Padded * kTapsPadded] = {}, columns[kTapsPadded * kMaps1Padded];
  for (int map = part * kPartMaps; map < (part + 1) * kPartMaps; ++map) {
    const float* from = values + plan_.conv2.weight + map * kMapWeights;
    for (int i = 0; i < kMaps1; ++i) std::copy_n(from + i * kTaps, kTaps, rows + i * kTapsPadded);
    kernels_.transpose(rows, kTapsPadded, kMaps1Padded, kTapsPadded, columns, kMaps1Padded);
    std::copy_n(columns, kMapTaps, conv2_by_tap_.begin() + map * kMapTaps);
    kernels_.transform_filters(columns, conv2_transformed_.data() + map * kMapTransformed);
  }
}

void Tensors::lay_out_synapse(const float* values, int part) {
  kernels_.transpose(values + *plan_.synapse + part * kStrip, kHidden, kHidden, kStrip,
                     synapse_by_input_.data() + part * kStrip * kHidden, kHidden);
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

void Tensors::list_samples(const std::uint32_t* kept_maps, int samples) {
  for (int m = 0; m < kMaps2; ++m) {
    std::vector<int>& list = samples_[m];
    list.resize(size(samples) + 1);
    std::size_t count = 0;
    for (int s = 0; s < samples; ++s) {
      list[count] = s;
      count += kept_maps[s] >> m & 1u;
    }
    list.resize(count);
  }
}

int Tensors::tasks() const {
  return kParts * (plan_.synapse ? 3 : 2) + 1;
}

// All of a part follow each other: neighbours go to the same thread.
Tensors::Task Tensors::task(int index) const {
  const int kinds = plan_.synapse ? 3 : 2;
  if (index == kParts * kinds) return {Kind::Rest, 0};
  return {index % kinds == 0 ? Kind::Fc1 : (index % kinds == 1 ? Kind::Conv2 : Kind::Synapse), index / kinds};
}

bool Tensors::sum(int index, const Finish& f) {
  const Task t = task(index);
  switch (t.kind) {
    case Kind::Fc1:
      return sum_fc1(t.part, f);
    case Kind::Conv2:
      return sum_conv2(t.part, f);
    case Kind::Synapse:
      return sum_synapse(t.part, f);
    case Kind::Rest:
      break;
  }
  return sum_rest(f);
}

bool Tensors::sum_fc1(int part, const Finish& f) {
  float* out = f.gradients + plan_.fc1.weight;
  // Samples whose dropout drops a map add nothing to its weights.
  for (int map = 0; map < kMaps2; ++map)
    kernels_.fc1_gradient(f.activations->pooled2(), f.activations->dhidden(), samples_[map].data(),
                          static_cast<int>(samples_[map].size()), map, part * kStrip, out);
  return kernels_.finite(out + part * kStrip * kFeatures, 1, kStrip * kFeatures, kStrip * kFeatures);
}

bool Tensors::sum_conv2(int part, const Finish& f) {
  alignas(64) float sums[kMapRow];
  float* out = f.gradients + plan_.conv2.weight + part * kPartMaps * kMapWeights;
  for (int map = part * kPartMaps; map < (part + 1) * kPartMaps; ++map, out += kMapWeights) {
    reduce(f, f.partials->backward.conv2 + map * kMapRow, kMapRow, sums);
    for (int i = 0; i < kMaps1; ++i)
      for (int tap = 0; tap < kTaps; ++tap) out[i * kTaps + tap] = sums[tap * kMaps1 + i];
  }
  return kernels_.finite(out - kPartMaps * kMapWeights, 1, kPartMaps * kMapWeights, kPartMaps * kMapWeights);
}

bool Tensors::sum_synapse(int part, const Finish& f) {
  alignas(64) float sums[kStrip * kHidden];
  reduce(f, f.partials->backward.synapse_by_input + part * kStrip * kHidden, kStrip * kHidden, sums);
  float* out = f.gradients + *plan_.synapse + part * kStrip;
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

void Tensors::move(std::size_t offset, int count, const float* gradients, const Update& u) const {
  if (u.squares != nullptr)
    return kernels_.adam(count, gradients + offset, u.adam, u.values + offset, u.momenta + offset,
                         u.squares + offset);
  kernels_.update(count, gradients + offset, u.rate, u.momentum, u.values + offset, u.momenta + offset);
}

void Tensors::update(int index, const float* gradients, const Update& u) {
  const auto [kind, part] = task(index);
  switch (kind) {
    case Kind::Fc1:
      return move(plan_.fc1.weight + size(part * kStrip * kFeatures), kStrip * kFeatures, gradients, u);
    case Kind::Conv2:
      move(plan_.conv2.weight + size(part * kPartMaps * kMapWeights), kPartMaps * kMapWeights, gradients, u);
      return lay_out_conv2(u.values, part);
    case Kind::Synapse:
      for (int output = 0; output < kHidden; ++output)
        move(*plan_.synapse + size(output * kHidden + part * kStrip), kStrip, gradients, u);
      return lay_out_synapse(u.values, part);
    case Kind::Rest:
      break;
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

}  // namespace SYNANN_NET
}  // namespace synann::compute::fused
