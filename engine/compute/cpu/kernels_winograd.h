// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cpu/simd.h"

// Winograd's minimal filtering F(2 × 2, 5 × 5), for the two by two pixels of a pool: y = Aᵀ [Σ (G w Gᵀ) ∘
// (Bᵀ x B)] A needs 36 products where the plain sum needs 100 (Lavin and Gray 2015, arXiv:1509.09308). Its
// points 0, 1, −1, ½, −2 and ∞ are chosen for little rounding (Barabasz et al. 2018, arXiv:1803.10986): on
// trained networks twice as much as in the plain sum.
//   Aᵀ = 1  1  1  1  1  0     Bᵀ = 1 −3⁄2  −2  3⁄2   1  0     G = 1            0 0 0 0
//        0  1 −1  ½ −2  1          0  −1   ½  5⁄2   1  0         1⁄3      (1   1  1   1   1)
//                                  0   1 −5⁄2  ½    1  0         −1⁄3     (1  −1  1  −1   1)
//                                  0  −2  −1   2    1  0         −16⁄15   (1   ½  ¼   ⅛  1⁄16)
//                                  0   ½  −1  −½    1  0         1⁄15     (1  −2  4  −8  16)
//                                  0   1 −3⁄2  −2  3⁄2 1         0 0 0 0           1
// Each function is one of the two sides.
namespace {

struct Six {
  Vec at[6];
};

inline Six transform_input(const Six& x) {
  Vec g[4], h[4];  // x behind the factors t² − 1 and (t + 2)(t − ½)
#pragma GCC unroll 4
  for (int k = 0; k < 4; ++k) {
    g[k] = x.at[k + 2] - x.at[k];
    h[k] = g[k] + 1.5f * x.at[k + 1];
  }
  return {{h[2] - h[0], h[1] + h[2], h[2] - h[1], g[2] + 2.0f * g[1], g[2] - 0.5f * g[1], h[3] - h[1]}};
}

struct Pair {
  Vec at[2];
};

inline Pair transform_output(const Six& m) {
  return {{m.at[0] + (m.at[1] + m.at[2]) + (m.at[3] + m.at[4]),
           (m.at[1] - m.at[2]) + (0.5f * m.at[3] + m.at[5]) - 2.0f * m.at[4]}};
}

inline Six transform_filter(const Vec (&w)[5]) {
  const Vec even = w[0] + w[2] + w[4], odd = w[1] + w[3];
  return {{w[0], (even + odd) * (1.0f / 3.0f), (odd - even) * (1.0f / 3.0f),
           (w[0] + 0.5f * (w[1] + 0.5f * (w[2] + 0.5f * (w[3] + 0.5f * w[4])))) * (-16.0f / 15.0f),
           (w[0] - 2.0f * (w[1] - 2.0f * (w[2] - 2.0f * (w[3] - 2.0f * w[4])))) * (1.0f / 15.0f), w[4]}};
}

}  // namespace
