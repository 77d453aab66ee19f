// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/isa.h"

// The inner loops of the eigen tier, compiled once per instruction set from kernels.cpp. Only plain pointers
// and numbers cross this boundary: the objects hold code that must never be shared between instruction sets.
namespace synann::compute::eigen {

inline constexpr int kLanes = 16;  // outputs a synapse kernel computes side by side

// Matrices are row major and dense, but for a's row length `lda` where it is named.
struct Kernels {
  const char* isa;  // "x86-64", "AVX2", "AVX-512", or "portable"

  // c[m, n] (+)= a[m, k] b[k, n]
  void (*multiply)(int m, int n, int k, const float* a, const float* b, float* c, bool add);
  // c[m, n] (+)= a[m, k] b[n, k]ᵀ
  void (*multiply_bt)(int m, int n, int k, const float* a, const float* b, float* c, bool add);
  // c[m, n] (+)= a[k, m]ᵀ b[k, n], rows of a lda apart
  void (*multiply_at)(int m, int n, int k, const float* a, int lda, const float* b, float* c, bool add);

  // One block of kLanes outputs first … first + lanes − 1 of n: y_i = u_i Π_j (1 − β_ij x_j).
  // beta: [n, kLanes], beta[j, l] = β_(first + l) j, zero in unused lanes. x, u, y: rows of n floats, one per
  // sample.
  void (*synapse_forward)(int samples, int n, int first, int lanes, const float* beta, const float* x,
                          const float* u, float* y);
  // Its gradients: du of the block's outputs is overwritten, dx [samples, n] and dbeta [n, kLanes] are added
  // to (dx is the inhibitors' part alone); scratch [n, kLanes].
  void (*synapse_backward)(int samples, int n, int first, int lanes, const float* beta, const float* x,
                           const float* u, const float* dy, float* du, float* dx, float* dbeta,
                           float* scratch);
};

// Those of an instruction set that this machine has.
const Kernels& kernels(Isa isa = chosen_isa());

}  // namespace synann::compute::eigen
