// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cpu/kernels.h"

// The kernels of one instruction set, as the files of that set see each other; kernels.h documents them.
namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE {

void scale_image(const unsigned char* pixels, float scale, float offset, float* image);
unsigned long long draw(unsigned long long seed, unsigned purpose, unsigned step, unsigned epoch,
                        unsigned first, int count, unsigned threshold);
void convolve(const Weights& w, Sample& s, Scratch& scratch);
void transform_filters(const float* by_tap, float* to);
void mix(const Weights& w, const Sample* samples, int count);
[[gnu::noinline]] void inhibit(const Weights& w, const Sample* samples, int count);
void measure(const float* mixed, int samples, Moments& moments);
void classify(const Weights& w, const Norm& norm, const Sample& s, float loss_scale, bool gradients,
              LossSums& sums);
void backward_head(const Weights& w, const Norm& norm, const Sample* samples, int count, Scratch& scratch,
                   BackwardSums& sums);
void backward_convolutions(const Weights& w, const Sample& s, Scratch& scratch, BackwardSums& sums);
void fc1_gradient(const float* pooled2, const float* dhidden, const int* samples, int count, int map,
                  int first, float* out);
void reduce(const float* first, long stride, int partials, int count, float* out);
bool finite(const float* x, int rows, int columns, int pitch);
void update(int count, const float* gradient, float rate, float momentum, float* value, float* velocity);
void adam(int count, const float* gradient, const AdamNumbers& numbers, float* value, float* momentum,
          float* square);
void transpose(const float* from, int from_pitch, int rows, int columns, float* to, int to_pitch);
float multiply_add(long rounds);

}  // namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE
