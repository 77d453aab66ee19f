// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/eigen/kernels.h"

// The kernels of one instruction set, as the files of that set see each other; kernels.h documents them.
namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE {

// Blocks of outputs at a time: two where they halve the loads of a vector unit that is wider than a block.
inline constexpr int kGatherBlocks = SYNANN_LANES == kOutputs ? 2 : 1;
void gather_multiply(int rows, int taps, int blocks, const float* x, const int* row_at, const int* tap_at,
                     const float* w, long w_pitch, float* c, long c_pitch, bool add);
void relu(long n, const float* x, float* y);
void relu_gradient(long n, const float* x, const float* dy, float* dx);
double sum(int n, const float* x);
double sum_of_squares(int n, const float* x, double mean);
void sums_of_gradient(int n, const float* x, const float* dy, double mean, double* result);
void normalise(int n, const float* x, double weight, double mean, double bias, float* y);
void normalise_gradient(int n, const float* x, const float* dy, double scale, double mean, double mean_dy,
                        double slope, float* dx);
void transpose(int rows, int columns, const float* from, int from_pitch, float* to, int to_pitch);
void synapse_product(int n, int width, int samples, int first, int count, const float* beta, const float* xt,
                     float* product);
void synapse_gradient(int n, int width, int samples, int first, int count, const float* beta, const float* xt,
                      const float* ct, float* dxt, float* dbeta, bool add);
void synapse_gradient_general(int n, int width, int samples, int first, int count, const float* beta,
                              const float* xt, const float* wt, float* dxt, float* dbeta, bool add,
                              float* scratch);
float largest_product(int n, int width, const float* beta, const float* xt);
void synapse_gain(int n, int width, const float* alpha, const float* dyt, const float* xt,
                  const float* product, float* ct);
void synapse_direct(int count, int width, const float* alpha, const float* dyt, const float* product,
                    float* dxt);
void inhibition_forward(int outputs, int inputs, const float* beta, const double* x, double* product);
void inhibition_backward(int outputs, int inputs, int blocks, const float* beta, const double* x,
                         const double* w, double* product, double* dx, double* dbeta, double* scratch);
void rnn_forward(int n, int pitch, RnnMiddle middle, const float* ue, const float* uf, const float* beta,
                 const RnnRows& t);
void rnn_deltas(int n, int pitch, RnnMiddle middle, const RnnRows& t, float* gh, float* before);
void rnn_backward(int n, int pitch, const float* ue, const float* uf, const float* b, const RnnRows& t,
                  float* before);

}  // namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE
