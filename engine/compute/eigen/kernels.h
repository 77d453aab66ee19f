// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/isa.h"

// The inner loops of the eigen tier, compiled once per instruction set from kernels.cpp. Only plain pointers
// and numbers cross this boundary: the objects hold code that must never be shared between instruction sets.
namespace synann::compute::eigen {

inline constexpr int kOutputs = 16;  // outputs of a task, and what rows of samples are a multiple of
inline constexpr int kInputs = 8;    // inputs synapse_gradient takes at a time

// What inhibits the candidate state of the recurrent cell: Π (1 − βh), σ(B h), or nothing.
// General: as Synapse, for factors that may be near zero.
enum class RnnMiddle { Synapse, General, Dense, One };

// One time step of the recurrent cell, kOutputs samples side by side: n rows of kOutputs floats, `pitch`
// apart. The next step's state stands kOutputs floats behind h.
struct RnnRows {
  float *h, *e, *f, *q;
};

// Matrices are row major and dense, but for a's row length `lda` where it is named.
struct Kernels {
  const char* isa;  // "x86-64", "AVX2", "AVX-512", or "portable"

  // c[m, n] (+)= a[m, k] b[k, n]
  void (*multiply)(int m, int n, int k, const float* a, const float* b, float* c, bool add);
  // c[m, n] (+)= a[m, k] b[n, k]ᵀ, rows of c ldc apart
  void (*multiply_bt)(int m, int n, int k, const float* a, const float* b, float* c, int ldc, bool add);
  // c[m, n] (+)= a[k, m]ᵀ b[k, n], rows of a lda apart
  void (*multiply_at)(int m, int n, int k, const float* a, int lda, const float* b, float* c, bool add);

  int gather_blocks;  // how many blocks of outputs gather_multiply takes at most, 1 or 2
  // c[rows, kOutputs] (+)= Σ_t x[row_at[r] + tap_at[t]] w[t, kOutputs] for each of the blocks, whose w and c
  // stand w_pitch and c_pitch numbers apart; sums in the order of t.
  void (*gather_multiply)(int rows, int taps, int blocks, const float* x, const int* row_at,
                          const int* tap_at, const float* w, long w_pitch, float* c, long c_pitch, bool add);

  // Same bits on every instruction set. y = x where x is not negative, else 0; a NaN stays. dx = dy where x >
  // 0, else 0.
  void (*relu)(long n, const float* x, float* y);
  void (*relu_gradient)(long n, const float* x, const float* dy, float* dx);
  // In double: Σ x; Σ (x − mean)²; result [2] = Σ dy, Σ dy (x − mean).
  double (*sum)(int n, const float* x);
  double (*sum_of_squares)(int n, const float* x, double mean);
  void (*sums_of_gradient)(int n, const float* x, const float* dy, double mean, double* result);
  // y = weight (x − mean) + bias, and dx = scale (dy − mean_dy − (x − mean) slope), rounded once.
  void (*normalise)(int n, const float* x, double weight, double mean, double bias, float* y);
  void (*normalise_gradient)(int n, const float* x, const float* dy, double scale, double mean,
                             double mean_dy, double slope, float* dx);

  // The synapse layer, y_i = u_i Π_j (1 − β_ij x_j), with samples as lanes. xt, product, ct: rows of `width`
  // floats, one per input or output, `width` a multiple of kOutputs; numbers behind the samples may be
  // anything finite. xt has rows up to a multiple of kInputs, zero beyond n. beta [n, n] as it is.

  // to[columns, rows] = from[rows, columns]ᵀ
  void (*transpose)(int rows, int columns, const float* from, int from_pitch, float* to, int to_pitch);
  // Rows first … first + count − 1 of product [n, width]: Π_j (1 − β_ij x_j).
  void (*synapse_product)(int n, int width, int samples, int first, int count, const float* beta,
                          const float* xt, float* product);
  // Inputs first … first + count − 1, first a multiple of kInputs: with v_ij = ct_i / (1 − β_ij x_j), columns
  // of dbeta [n, n] = Σ x_j v_ij over the samples and dxt [count rounded up to kInputs, width] = Σ_i β_ij
  // v_ij, both overwritten. Only where no factor is near zero.
  void (*synapse_gradient)(int n, int width, int samples, int first, int count, const float* beta,
                           const float* xt, const float* ct, float* dxt, float* dbeta, bool add);
  // Outputs first … first + count − 1, whatever their factors: with v_ij = wt_i Π_(k≠j) (1 − β_ik x_k) from
  // prefix and suffix products, rows of dbeta = Σ x_j v_ij (added to where `add`), dxt [n, width] += Σ_i β_ij
  // v_ij; scratch [2, n, kOutputs].
  void (*synapse_gradient_general)(int n, int width, int samples, int first, int count, const float* beta,
                                   const float* xt, const float* wt, float* dxt, float* dbeta, bool add,
                                   float* scratch);
  // max_j (max_i |β_ij| · max_b |x_bj|): no factor 1 − βx is further from one. Looks at all of width.
  float (*largest_product)(int n, int width, const float* beta, const float* xt);
  // ct = −α dy x Π (1 − βx), all [n, width], alpha [n]; without the product where that is null
  void (*synapse_gain)(int n, int width, const float* alpha, const float* dyt, const float* xt,
                       const float* product, float* ct);
  // dxt += α dy Π (1 − βx), all [count, width], alpha [count]
  void (*synapse_direct)(int count, int width, const float* alpha, const float* dyt, const float* product,
                         float* dxt);

  // Synapse layers of any form: kOutputs products side by side, in double, as blocks of rows of kOutputs
  // numbers; beta [outputs, inputs]. product [outputs, kOutputs] = Π_j (1 − β_ij x_j), x [inputs, kOutputs].
  void (*inhibition_forward)(int outputs, int inputs, const float* beta, const double* x, double* product);
  // The same for blocks one after the other, and with v_ij = −w_i Π_(k≠j) (1 − β_ik x_k) from prefix and
  // suffix products, w as product: dx_j += Σ_i β_ij v_ij, dbeta [outputs, inputs] += Σ x_j v_ij over all
  // lanes; scratch [2, inputs, kOutputs].
  void (*inhibition_backward)(int outputs, int inputs, int blocks, const float* beta, const double* x,
                              const double* w, double* product, double* dx, double* dbeta, double* scratch);

  // One step of the recurrent cell. e and f hold W z + b before and the gates after; q is made, and the next
  // h.
  void (*rnn_forward)(int n, int pitch, RnnMiddle middle, const float* ue, const float* uf, const float* beta,
                      const RnnRows& t);
  // From gh, the gradient by the next h: before = its direct way to h; e and f become the gradients by their
  // sums, q that by B h of the dense twin, or ct of synapse_gradient, or wt of the general one.
  void (*rnn_deltas)(int n, int pitch, RnnMiddle middle, const RnnRows& t, float* gh, float* before);
  // before += ueᵀ e + ufᵀ f + bᵀ q, the last where b is not null.
  void (*rnn_backward)(int n, int pitch, const float* ue, const float* uf, const float* b, const RnnRows& t,
                       float* before);
};

// Those of an instruction set that this machine has.
const Kernels& kernels(Isa isa = chosen_isa());

}  // namespace synann::compute::eigen
