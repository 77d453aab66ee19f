// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled once per instruction set with SYNANN_ISA_NAMESPACE and SYNANN_ISA_NAME set. Eigen's namespace is
// renamed too: its templates are weak symbols, and the linker must not hand one instruction set's copy to
// another.
#define EIGEN_DONT_PARALLELIZE
#define EIGEN_MPL2_ONLY
#define Eigen SYNANN_EIGEN_NAMESPACE
#include <Eigen/Core>

#include "engine/compute/eigen/kernels_parts.h"

namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Map = Eigen::Map<Matrix>;
using ConstMap = Eigen::Map<const Matrix>;
using StridedMap = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;

template <class A, class B>
void product(const A& a, const B& b, Map c, bool add) {
  if (add) {
    c.noalias() += a * b;
  } else {
    c.noalias() = a * b;
  }
}

void multiply(int m, int n, int k, const float* a, const float* b, float* c, bool add) {
  product(ConstMap(a, m, k), ConstMap(b, k, n), Map(c, m, n), add);
}

void multiply_bt(int m, int n, int k, const float* a, const float* b, float* c, bool add) {
  product(ConstMap(a, m, k), ConstMap(b, n, k).transpose(), Map(c, m, n), add);
}

void multiply_at(int m, int n, int k, const float* a, int lda, const float* b, float* c, bool add) {
  product(StridedMap(a, k, m, Eigen::OuterStride<>(lda)).transpose(), ConstMap(b, k, n), Map(c, m, n), add);
}

// One vector of kOutputs floats; the compiler splits it into what the instruction set has.
typedef float Lanes __attribute__((vector_size(kOutputs * sizeof(float))));
typedef float UnalignedLanes __attribute__((vector_size(kOutputs * sizeof(float)), aligned(4), may_alias));

typedef double WideLanes __attribute__((vector_size(kOutputs * sizeof(double))));

inline WideLanes widen(Lanes v) {
  return __builtin_convertvector(v, WideLanes);
}
inline Lanes load(const float* p) {
  return *reinterpret_cast<const UnalignedLanes*>(p);
}
inline void store(float* p, Lanes v) {
  *reinterpret_cast<UnalignedLanes*>(p) = v;
}

inline Lanes load_some(const float* p, int lanes) {
  Lanes v{};
  for (int l = 0; l < lanes; ++l) v[l] = p[l];
  return v;
}

inline float sum(Lanes v) {
  float eight[8], four[4];
  for (int l = 0; l < 8; ++l) eight[l] = v[l] + v[l + 8];
  for (int l = 0; l < 4; ++l) four[l] = eight[l] + eight[l + 4];
  return (four[0] + four[2]) + (four[1] + four[3]);
}

// The product is taken in double: BatchNorm behind the layer subtracts nearly equal numbers, and would
// magnify the rounding of n float factors.
void synapse_forward(int samples, int n, int first, int lanes, const float* beta, const float* x,
                     const float* u, float* y) {
  for (int s = 0; s < samples; ++s, x += n, u += n, y += n) {
    // Two independent products hide some of the latency of one multiplication after the other.
    WideLanes p0 = WideLanes{} + 1.0, p1 = p0;
    int j = 0;
    for (; j + 2 <= n; j += 2) {
      p0 *= 1.0 - widen(load(beta + j * kOutputs)) * static_cast<double>(x[j]);
      p1 *= 1.0 - widen(load(beta + (j + 1) * kOutputs)) * static_cast<double>(x[j + 1]);
    }
    if (j < n) p0 *= 1.0 - widen(load(beta + j * kOutputs)) * static_cast<double>(x[j]);
    const WideLanes product = p0 * p1;
    for (int l = 0; l < lanes; ++l) {
      y[first + l] = static_cast<float>(static_cast<double>(u[first + l]) * product[l]);
    }
  }
}

void synapse_backward(int samples, int n, int first, int lanes, const float* beta, const float* x,
                      const float* u, const float* dy, float* du, float* dx, float* dbeta, float* scratch) {
  for (int s = 0; s < samples; ++s, x += n, u += n, dy += n, du += n, dx += n) {
    const Lanes g = load_some(dy + first, lanes);
    const Lanes gx = g * load_some(u + first, lanes);
    Lanes prefix = Lanes{} + 1.0f;
    for (int j = 0; j < n; ++j) {
      store(scratch + j * kOutputs, prefix);
      prefix *= 1.0f - load(beta + j * kOutputs) * x[j];
    }
    const Lanes direct = g * prefix;
    for (int l = 0; l < lanes; ++l) du[first + l] = direct[l];
    Lanes suffix = gx;  // dy_i u_i rides along in the suffix product
    for (int j = n; j-- > 0;) {
      const Lanes b = load(beta + j * kOutputs);
      const Lanes others = load(scratch + j * kOutputs) * suffix;
      store(dbeta + j * kOutputs, load(dbeta + j * kOutputs) - others * x[j]);
      dx[j] -= sum(others * b);
      suffix *= 1.0f - b * x[j];
    }
  }
}

}  // namespace

extern const Kernels table;
const Kernels table = {.isa = SYNANN_ISA_NAME,
                       .multiply = multiply,
                       .multiply_bt = multiply_bt,
                       .multiply_at = multiply_at,
                       .synapse_forward = synapse_forward,
                       .synapse_backward = synapse_backward,
                       .transpose = transpose,
                       .synapse_product = synapse_product,
                       .synapse_gradient = synapse_gradient,
                       .largest_product = largest_product,
                       .synapse_gain = synapse_gain,
                       .synapse_direct = synapse_direct};

}  // namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE
