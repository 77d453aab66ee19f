// SPDX-License-Identifier: GPL-3.0-or-later
// Products of synapse layers of any form, kOutputs of them side by side, in double.
#include "engine/compute/cpu/simd.h"
#include "engine/compute/eigen/kernels_parts.h"

namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE {
namespace {

constexpr int kWideLanes = kLanes / 2;              // doubles of a vector
constexpr int kWides = kOutputs / kWideLanes;       // vectors that hold the lanes
constexpr int kTall = kWides > 4 ? 1 : 8 / kWides;  // outputs at a time: eight chains of products

typedef double Wide __attribute__((vector_size(kLanes * sizeof(float))));
typedef double WideAny __attribute__((vector_size(kLanes * sizeof(float)), aligned(8), may_alias));

inline Wide load_wide(const double* p) {
  return *reinterpret_cast<const WideAny*>(p);
}
inline void store_wide(double* p, Wide v) {
  *reinterpret_cast<WideAny*>(p) = v;
}
inline Wide spread_wide(double x) {
  return x - Wide{};
}

template <int kRows>
inline void multiply_outputs(int inputs, const float* beta, const double* x, double* product) {
  Wide acc[kRows][kWides];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 8
    for (int v = 0; v < kWides; ++v) acc[r][v] = spread_wide(1);
#pragma GCC unroll 1
  for (int j = 0; j < inputs; ++j)
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const double b = static_cast<double>(beta[static_cast<long>(r) * inputs + j]);
#pragma GCC unroll 8
      for (int v = 0; v < kWides; ++v)
        acc[r][v] *= 1.0 - b * load_wide(x + static_cast<long>(j) * kOutputs + v * kWideLanes);
    }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 8
    for (int v = 0; v < kWides; ++v) store_wide(product + r * kOutputs + v * kWideLanes, acc[r][v]);
}

// One output and one block of lanes; beta points to its row, sums [inputs, kWideLanes] receive Σ v x.
inline void differentiate(int inputs, const float* beta, const double* x, const double* w, double* product,
                          double* dx, double* sums, double* prefixes) {
  Wide chain[kWides];
  for (int v = 0; v < kWides; ++v) chain[v] = spread_wide(1);
#pragma GCC unroll 1
  for (int j = 0; j < inputs; ++j) {
    const long row = static_cast<long>(j) * kOutputs;
    const double b = static_cast<double>(beta[j]);
#pragma GCC unroll 8
    for (int v = 0; v < kWides; ++v) {
      store_wide(prefixes + row + v * kWideLanes, chain[v]);
      chain[v] *= 1.0 - b * load_wide(x + row + v * kWideLanes);
    }
  }
  for (int v = 0; v < kWides; ++v) {
    store_wide(product + v * kWideLanes, chain[v]);
    chain[v] = -load_wide(w + v * kWideLanes);
  }
#pragma GCC unroll 1
  for (int j = inputs; j-- > 0;) {
    const long row = static_cast<long>(j) * kOutputs;
    const double b = static_cast<double>(beta[j]);
    Wide sum = load_wide(sums + static_cast<long>(j) * kWideLanes);
#pragma GCC unroll 8
    for (int v = 0; v < kWides; ++v) {
      const long at = row + v * kWideLanes;
      const Wide xj = load_wide(x + at), others = load_wide(prefixes + at) * chain[v];
      sum += others * xj;
      store_wide(dx + at, load_wide(dx + at) + b * others);
      chain[v] *= 1.0 - b * xj;
    }
    store_wide(sums + static_cast<long>(j) * kWideLanes, sum);
  }
}

}  // namespace

void inhibition_forward(int outputs, int inputs, const float* beta, const double* x, double* product) {
  int i = 0;
  for (; i + kTall <= outputs; i += kTall)
    multiply_outputs<kTall>(inputs, beta + static_cast<long>(i) * inputs, x, product + i * kOutputs);
  for (; i < outputs; ++i)
    multiply_outputs<1>(inputs, beta + static_cast<long>(i) * inputs, x, product + i * kOutputs);
}

void inhibition_backward(int outputs, int inputs, int blocks, const float* beta, const double* x,
                         const double* w, double* product, double* dx, double* dbeta, double* scratch) {
  const long block_in = static_cast<long>(inputs) * kOutputs,
             block_out = static_cast<long>(outputs) * kOutputs;
  double *prefixes = scratch, *sums = scratch + block_in;
  for (int i = 0; i < outputs; ++i) {
    const float* row = beta + static_cast<long>(i) * inputs;
    for (long k = 0; k < static_cast<long>(inputs) * kWideLanes; ++k) sums[k] = 0;
    for (int block = 0; block < blocks; ++block) {
      const long out = block * block_out + static_cast<long>(i) * kOutputs;
      differentiate(inputs, row, x + block * block_in, w + out, product + out, dx + block * block_in, sums,
                    prefixes);
    }
    double* to = dbeta + static_cast<long>(i) * inputs;
    for (int j = 0; j < inputs; ++j) {
      double sum = 0;
      for (int l = 0; l < kWideLanes; ++l) sum += sums[static_cast<long>(j) * kWideLanes + l];
      to[j] += sum;
    }
  }
}

}  // namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE
