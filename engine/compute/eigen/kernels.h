// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/isa.h"

// The inner loops of the eigen tier, compiled once per instruction set from kernels.cpp. Only plain pointers
// and numbers cross this boundary: the objects hold code that must never be shared between instruction sets.
namespace synann::compute::eigen {

inline constexpr int kOutputs = 16;  // outputs a synapse kernel computes side by side
inline constexpr int kInputs = 8;    // inputs synapse_gradient takes at a time

// Matrices are row major and dense, but for a's row length `lda` where it is named.
struct Kernels {
  const char* isa;  // "x86-64", "AVX2", "AVX-512", or "portable"

  // c[m, n] (+)= a[m, k] b[k, n]
  void (*multiply)(int m, int n, int k, const float* a, const float* b, float* c, bool add);
  // c[m, n] (+)= a[m, k] b[n, k]ᵀ
  void (*multiply_bt)(int m, int n, int k, const float* a, const float* b, float* c, bool add);
  // c[m, n] (+)= a[k, m]ᵀ b[k, n], rows of a lda apart
  void (*multiply_at)(int m, int n, int k, const float* a, int lda, const float* b, float* c, bool add);

  // One block of kOutputs outputs first … first + lanes − 1 of n: y_i = u_i Π_j (1 − β_ij x_j).
  // beta: [n, kOutputs], beta[j, l] = β_(first + l) j, zero in unused lanes. x, u, y: rows of n floats, one
  // per sample.
  void (*synapse_forward)(int samples, int n, int first, int lanes, const float* beta, const float* x,
                          const float* u, float* y);
  // Its gradients: du of the block's outputs is overwritten, dx [samples, n] and dbeta [n, kOutputs] are
  // added to (dx is the inhibitors' part alone); scratch [n, kOutputs].
  void (*synapse_backward)(int samples, int n, int first, int lanes, const float* beta, const float* x,
                           const float* u, const float* dy, float* du, float* dx, float* dbeta,
                           float* scratch);

  // The layer with samples as lanes. xt, product, ct: rows of `width` floats, one per input or output,
  // `width` a multiple of kOutputs; numbers behind the samples may be anything finite. xt has rows up to a
  // multiple of kInputs, zero beyond n. beta [n, n] as it is.

  // to[columns, rows] = from[rows, columns]ᵀ
  void (*transpose)(int rows, int columns, const float* from, int from_pitch, float* to, int to_pitch);
  // Rows first … first + count − 1 of product [n, width]: Π_j (1 − β_ij x_j).
  void (*synapse_product)(int n, int width, int samples, int first, int count, const float* beta,
                          const float* xt, float* product);
  // Inputs first … first + count − 1, first a multiple of kInputs: with v_ij = ct_i / (1 − β_ij x_j), columns
  // of dbeta [n, n] = Σ x_j v_ij over the samples and dxt [count rounded up to kInputs, width] = Σ_i β_ij
  // v_ij, both overwritten. Only where no factor is near zero.
  void (*synapse_gradient)(int n, int width, int samples, int first, int count, const float* beta,
                           const float* xt, const float* ct, float* dxt, float* dbeta);
  // max_j (max_i |β_ij| · max_b |x_bj|): no factor 1 − βx is further from one. Looks at all of width.
  float (*largest_product)(int n, int width, const float* beta, const float* xt);
  // ct = −α dy x Π (1 − βx), all [n, width], alpha [n]
  void (*synapse_gain)(int n, int width, const float* alpha, const float* dyt, const float* xt,
                       const float* product, float* ct);
  // dxt += α dy Π (1 − βx), all [count, width], alpha [count]
  void (*synapse_direct)(int count, int width, const float* alpha, const float* dyt, const float* product,
                         float* dxt);
};

// Those of an instruction set that this machine has.
const Kernels& kernels(Isa isa = chosen_isa());

}  // namespace synann::compute::eigen
