// SPDX-License-Identifier: GPL-3.0-or-later
// What has little to compute for each number that it reads: ReLU and batch norm of images. Nothing contracts
// here (see CMakeLists.txt), so that every instruction set gives the same numbers.
#include "engine/compute/cpu/simd.h"
#include "engine/compute/eigen/kernels_parts.h"

namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE {
namespace {

typedef double FourWide __attribute__((vector_size(32)));

inline FourWide widen(const float* p) {
  return __builtin_convertvector(load_four(p), FourWide);
}

// Eight sums side by side that need not wait for each other, and one of the numbers left over.
struct EightSums {
  FourWide first{}, second{};
  double rest = 0;

  double all() const {
    double sum = rest;
    for (int l = 0; l < 4; ++l) sum += first[l];
    for (int l = 0; l < 4; ++l) sum += second[l];
    return sum;
  }
};

}  // namespace

// Written so that a NaN passes through: a broken number must stay visible.
void relu(long n, const float* __restrict x, float* __restrict y) {
  for (long k = 0; k < n; ++k) y[k] = x[k] < 0 ? 0.0f : x[k];
}

void relu_gradient(long n, const float* __restrict x, const float* __restrict dy, float* __restrict dx) {
  for (long k = 0; k < n; ++k) {
    const float slope = dy[k];  // read whether it is needed or not, or every number is a branch
    dx[k] = x[k] > 0 ? slope : 0.0f;
  }
}

double sum(int n, const float* x) {
  EightSums sums;
  int k = 0;
  for (; k + 8 <= n; k += 8) {
    sums.first += widen(x + k);
    sums.second += widen(x + k + 4);
  }
  for (; k < n; ++k) sums.rest += static_cast<double>(x[k]);
  return sums.all();
}

double sum_of_squares(int n, const float* x, double mean) {
  EightSums sums;
  int k = 0;
  for (; k + 8 <= n; k += 8) {
    const FourWide a = widen(x + k) - mean, b = widen(x + k + 4) - mean;
    sums.first += a * a;
    sums.second += b * b;
  }
  for (; k < n; ++k) {
    const double a = static_cast<double>(x[k]) - mean;
    sums.rest += a * a;
  }
  return sums.all();
}

void sums_of_gradient(int n, const float* x, const float* dy, double mean, double* result) {
  EightSums sums, products;
  int k = 0;
  for (; k + 8 <= n; k += 8) {
    const FourWide a = widen(dy + k), b = widen(dy + k + 4);
    sums.first += a;
    sums.second += b;
    products.first += a * (widen(x + k) - mean);
    products.second += b * (widen(x + k + 4) - mean);
  }
  for (; k < n; ++k) {
    const double a = static_cast<double>(dy[k]);
    sums.rest += a;
    products.rest += a * (static_cast<double>(x[k]) - mean);
  }
  result[0] = sums.all();
  result[1] = products.all();
}

void normalise(int n, const float* __restrict x, double weight, double mean, double bias,
               float* __restrict y) {
  for (int k = 0; k < n; ++k) y[k] = static_cast<float>(weight * (static_cast<double>(x[k]) - mean) + bias);
}

void normalise_gradient(int n, const float* __restrict x, const float* __restrict dy, double scale,
                        double mean, double mean_dy, double slope, float* __restrict dx) {
  for (int k = 0; k < n; ++k)
    dx[k] = static_cast<float>(
        scale * (static_cast<double>(dy[k]) - mean_dy - (static_cast<double>(x[k]) - mean) * slope));
}

}  // namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE
