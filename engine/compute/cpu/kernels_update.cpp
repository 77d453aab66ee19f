// SPDX-License-Identifier: GPL-3.0-or-later
// What happens once a step over whole tensors, and the table of this instruction set.
#include "engine/compute/cpu/kernels_parts.h"
#include "engine/compute/cpu/simd.h"

namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE {

void fc1_gradient(const float* pooled2, const float* dhidden, const int* samples, int count, int map,
                  int first, float* out) {
  constexpr int kOutputs = kLanes == 16 ? 16 : 4;
  for (const int end = first + 16; first < end; first += kOutputs) {
    Vec sum[kOutputs][kPerLine];
#pragma GCC unroll 16
    for (int o = 0; o < kOutputs; ++o)
#pragma GCC unroll 4
      for (int k = 0; k < kPerLine; ++k) sum[o][k] = Vec{};
#pragma GCC unroll 1
    for (int n = 0; n < count; ++n) {
      const float* x = pooled2 + samples[n] * kFeatures + map * kPixels2;
      const float* d = dhidden + samples[n] * kHidden + first;
#pragma GCC unroll 16
      for (int o = 0; o < kOutputs; ++o) {
        const Vec g = spread(d[o]);
#pragma GCC unroll 4
        for (int k = 0; k < kPerLine; ++k) sum[o][k] += g * load(x + k * kLanes);
      }
    }
#pragma GCC unroll 16
    for (int o = 0; o < kOutputs; ++o)
#pragma GCC unroll 4
      for (int k = 0; k < kPerLine; ++k)
        store(out + (first + o) * kFeatures + map * kPixels2 + k * kLanes, sum[o][k]);
  }
}

void reduce(const float* first, long stride, int partials, int count, float* out) {
  for (int k = 0; k < count; k += kLanes) {
    Vec sum = load(first + k);
    for (int p = 1; p < partials; ++p) sum += load(first + p * stride + k);
    store(out + k, sum);
  }
}

bool finite(const float* x, int rows, int columns, int pitch) {
  // A sum of x · 0 is zero unless some x is NaN or infinite; unlike a test per element it costs nothing.
  Vec broken{};
  float broken_tail = 0;
  for (int r = 0; r < rows; ++r, x += pitch) {
    int k = 0;
    for (; k + kLanes <= columns; k += kLanes) broken += load(x + k) * 0.0f;
    for (; k < columns; ++k) broken_tail += x[k] * 0.0f;
  }
  return sum_lanes(broken) + broken_tail == 0.0f;
}

void update(int count, const float* gradient, float rate, float momentum, float* value, float* velocity) {
  int k = 0;
  for (; k + kLanes <= count; k += kLanes) {
    const Vec v = momentum * load(velocity + k) + load(gradient + k);
    store(velocity + k, v);
    store(value + k, load(value + k) - rate * v);
  }
  for (; k < count; ++k) {
    velocity[k] = momentum * velocity[k] + gradient[k];
    value[k] -= rate * velocity[k];
  }
}

void adam(int count, const float* gradient, const AdamNumbers& n, float* value, float* momentum,
          float* square) {
  const auto move = [&n](auto g, auto& v, auto& m, auto& s, auto root) {
    m += n.new1 * (g - m);
    s = n.beta2 * s + n.new2 * g * g;
    v -= n.rate * m / (root(s) * (1.0f / n.correct2) + n.epsilon);
  };
  int k = 0;
  for (; k + kLanes <= count; k += kLanes) {
    Vec v = load(value + k), m = load(momentum + k), s = load(square + k);
    move(load(gradient + k), v, m, s, [](Vec x) { return square_root(x); });
    store(value + k, v);
    store(momentum + k, m);
    store(square + k, s);
  }
  for (; k < count; ++k)
    move(gradient[k], value[k], momentum[k], square[k], [](float x) { return __builtin_sqrtf(x); });
}

void transpose(const float* from, int from_pitch, int rows, int columns, float* to, int to_pitch) {
  for (int r = 0; r < rows; r += kLanes)
    for (int c = 0; c < columns; c += kLanes) {
      Vec block[kLanes];
#pragma GCC unroll 16
      for (int k = 0; k < kLanes; ++k) block[k] = load(from + (r + k) * from_pitch + c);
      transpose_rows(block);
#pragma GCC unroll 16
      for (int k = 0; k < kLanes; ++k) store(to + (c + k) * to_pitch + r, block[k]);
    }
}

extern const Kernels table;
const Kernels table = {.isa = SYNANN_ISA_NAME,
                       .lanes = kLanes,
                       .scale_image = scale_image,
                       .draw = draw,
                       .convolve = convolve,
                       .transform_filters = transform_filters,
                       .mix = mix,
                       .inhibit = inhibit,
                       .measure = measure,
                       .classify = classify,
                       .backward_head = backward_head,
                       .backward_convolutions = backward_convolutions,
                       .fc1_gradient = fc1_gradient,
                       .reduce = reduce,
                       .finite = finite,
                       .update = update,
                       .adam = adam,
                       .transpose = transpose,
                       .multiply_add = multiply_add};

}  // namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE
