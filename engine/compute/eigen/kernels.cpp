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
using PitchedMap = Eigen::Map<Matrix, 0, Eigen::OuterStride<>>;
using StridedMap = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;

template <class A, class B, class C>
void product(const A& a, const B& b, C c, bool add) {
  if (add) {
    c.noalias() += a * b;
  } else {
    c.noalias() = a * b;
  }
}

void multiply(int m, int n, int k, const float* a, const float* b, float* c, bool add) {
  product(ConstMap(a, m, k), ConstMap(b, k, n), Map(c, m, n), add);
}

void multiply_bt(int m, int n, int k, const float* a, const float* b, float* c, int ldc, bool add) {
  product(ConstMap(a, m, k), ConstMap(b, n, k).transpose(), PitchedMap(c, m, n, Eigen::OuterStride<>(ldc)),
          add);
}

void multiply_at(int m, int n, int k, const float* a, int lda, const float* b, float* c, bool add) {
  product(StridedMap(a, k, m, Eigen::OuterStride<>(lda)).transpose(), ConstMap(b, k, n), Map(c, m, n), add);
}

}  // namespace

extern const Kernels table;
const Kernels table = {.isa = SYNANN_ISA_NAME,
                       .multiply = multiply,
                       .multiply_bt = multiply_bt,
                       .multiply_at = multiply_at,
                       .gather_blocks = kGatherBlocks,
                       .gather_multiply = gather_multiply,
                       .relu = relu,
                       .relu_gradient = relu_gradient,
                       .sum = sum,
                       .sum_of_squares = sum_of_squares,
                       .sums_of_gradient = sums_of_gradient,
                       .normalise = normalise,
                       .normalise_gradient = normalise_gradient,
                       .transpose = transpose,
                       .synapse_product = synapse_product,
                       .synapse_gradient = synapse_gradient,
                       .synapse_gradient_general = synapse_gradient_general,
                       .largest_product = largest_product,
                       .synapse_gain = synapse_gain,
                       .synapse_direct = synapse_direct,
                       .inhibition_forward = inhibition_forward,
                       .inhibition_backward = inhibition_backward,
                       .rnn_forward = rnn_forward,
                       .rnn_deltas = rnn_deltas,
                       .rnn_backward = rnn_backward};

}  // namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE
