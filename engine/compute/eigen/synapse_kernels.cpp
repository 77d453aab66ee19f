// SPDX-License-Identifier: GPL-3.0-or-later
// The synapse layer with samples as lanes: β needs no layout of its own, the sum over samples is the only one
// across lanes, and every input's gradient is finished where it is begun.
#include "engine/compute/cpu/simd.h"
#include "engine/compute/eigen/kernels_parts.h"

namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE {
namespace {

constexpr int kGroup = kLanes == 16 ? 8 : 4;    // inputs whose factors are multiplied in registers
constexpr int kRows = kLanes == 16 ? 4 : 2;     // outputs of a tile
constexpr int kColumns = kLanes == 16 ? 4 : 3;  // vectors of samples of a tile
constexpr int kTogether = kLanes / kGroup;      // outputs whose sums over samples fill one vector

// acc[r][v] = Π_j (1 − β_rj x_j), kTall outputs, kWide vectors of samples
template <int kTall, int kWide>
inline void multiply_tile(int n, int width, const float* beta, const float* xt, float* product) {
  Vec acc[kTall][kWide];
#pragma GCC unroll 4
  for (int r = 0; r < kTall; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kWide; ++v) acc[r][v] = spread(1.0f);
#pragma GCC unroll 1
  for (int j = 0; j < n; ++j) {
    Vec x[kWide];
#pragma GCC unroll 4
    for (int v = 0; v < kWide; ++v) x[v] = load(xt + j * width + v * kLanes);
#pragma GCC unroll 4
    for (int r = 0; r < kTall; ++r) {
      const Vec b = spread(beta[static_cast<long>(r) * n + j]);
#pragma GCC unroll 4
      for (int v = 0; v < kWide; ++v) acc[r][v] *= 1.0f - b * x[v];
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kTall; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kWide; ++v) store(product + r * width + v * kLanes, acc[r][v]);
}

template <int kTall>
inline void multiply_rows(int n, int width, int samples, const float* beta, const float* xt, float* product) {
  int s = 0;
  for (; s + (kColumns - 1) * kLanes < samples; s += kColumns * kLanes)
    multiply_tile<kTall, kColumns>(n, width, beta, xt + s, product + s);
  const int left = (samples - s + kLanes - 1) / kLanes;
  if (left == 3) multiply_tile<kTall, 3>(n, width, beta, xt + s, product + s);
  if (left == 2) multiply_tile<kTall, 2>(n, width, beta, xt + s, product + s);
  if (left == 1) multiply_tile<kTall, 1>(n, width, beta, xt + s, product + s);
}

// The factors of kGroup inputs and their products, as a tree.
struct Tree {
  Vec f[kGroup], pairs[kGroup / 2], halves[2];  // with four inputs a half is a pair
};
inline Tree multiply_tree(const float* beta, const float* x) {
  Tree t;
#pragma GCC unroll 8
  for (int k = 0; k < kGroup; ++k) t.f[k] = 1.0f - beta[k] * load(x + k * kLanes);
#pragma GCC unroll 4
  for (int k = 0; k < kGroup / 2; ++k) t.pairs[k] = t.f[2 * k] * t.f[2 * k + 1];
#pragma GCC unroll 2
  for (int k = 0; k < 2; ++k) t.halves[k] = kGroup == 4 ? t.pairs[k] : t.pairs[2 * k] * t.pairs[2 * k + 1];
  return t;
}

// v_k = outside Π_{l≠k} f_l, down the tree.
inline void other_products(const Tree& t, Vec outside, Vec* v) {
  Vec pairs[kGroup / 2];
  const Vec halves[2] = {outside * t.halves[1], outside * t.halves[0]};
#pragma GCC unroll 4
  for (int k = 0; k < kGroup / 2; ++k) pairs[k] = kGroup == 4 ? halves[k] : halves[k / 2] * t.pairs[k ^ 1];
#pragma GCC unroll 8
  for (int k = 0; k < kGroup; ++k) v[k] = pairs[k / 2] * t.f[k ^ 1];
}

// x and dx of a group of inputs and a block of samples, side by side as they are used. They are 4 KiB apart:
// loads of x wait for stores to dx that agree in the last twelve bits of the address, so these should be long
// over.
constexpr int kBlockSamples = 128;
struct alignas(64) Tile {
  float x[kBlockSamples * 8];   // [vectors, kGroup, kLanes], at most
  float dx[kBlockSamples * 8];  // the same
};
static_assert(sizeof(float) * kBlockSamples * 8 == 4096);

// One output's part of dx, and its dβ still spread over the lanes.
inline void one_output(int vectors, const float* beta, const float* ct, Tile& tile, Vec* sums) {
  Vec acc[kGroup];
#pragma GCC unroll 8
  for (int k = 0; k < kGroup; ++k) acc[k] = Vec{};
  const float* x = tile.x;
  float* dx = tile.dx;
#pragma GCC unroll 1
  for (int v = 0; v < vectors; ++v, x += kGroup * kLanes, dx += kGroup * kLanes) {
    const Tree t = multiply_tree(beta, x);
    Vec others[kGroup];
    other_products(t, load(ct + v * kLanes) / (t.halves[0] * t.halves[1]), others);
#pragma GCC unroll 8
    for (int k = 0; k < kGroup; ++k) {
      acc[k] += others[k] * load(x + k * kLanes);
      store(dx + k * kLanes, load(dx + k * kLanes) + beta[k] * others[k]);
    }
  }
#pragma GCC unroll 8
  for (int k = 0; k < kGroup; ++k) sums[k] = acc[k];
}

// kGroup inputs, of which `count` are there, and a block of samples; beta and dbeta point to their column.
void gradient_of_group(int n, int count, int width, int vectors, bool add, const float* beta, const float* ct,
                       Tile& tile, float* dbeta) {
  for (int first = 0; first < n; first += kTogether) {
    Vec sums[kLanes] = {};
    const int rows = n - first < kTogether ? n - first : kTogether;
    for (int r = 0; r < rows; ++r) {
      const float* row = beta + static_cast<long>(first + r) * n;
      __builtin_prefetch(row + 8l * n);
      __builtin_prefetch(dbeta + static_cast<long>(first + r + 8) * n, 1);
      float padded[kGroup] = {};
      if (count < kGroup) {
        for (int k = 0; k < count; ++k) padded[k] = row[k];
        row = padded;
      }
      one_output(vectors, row, ct + static_cast<long>(first + r) * width, tile, sums + r * kGroup);
    }
    add_rows<kLanes / 2>(sums);
    float lanes[kLanes];
    store(lanes, sums[0]);
    for (int r = 0; r < rows; ++r) {
      float* out = dbeta + static_cast<long>(first + r) * n;
      for (int k = 0; k < count; ++k) out[k] = lanes[r * kGroup + k] + (add ? out[k] : 0.0f);
    }
  }
}

// Between rows of `width` samples and the tile's order.
template <class Move>
inline void each_vector(int vectors, int width, const Move& move) {
  for (int v = 0; v < vectors; ++v)
    for (int k = 0; k < kGroup; ++k) move(k * width + v * kLanes, (v * kGroup + k) * kLanes);
}

inline Vec larger_size(Vec bound, Vec x) {
  const Vec size = x < 0.0f ? -x : x;
  return size > bound ? size : bound;
}

}  // namespace

void transpose(int rows, int columns, const float* from, int from_pitch, float* to, int to_pitch) {
  for (int r = 0; r < rows; r += kLanes)
    for (int c = 0; c < columns; c += kLanes) {
      const float* in = from + static_cast<long>(r) * from_pitch + c;
      float* out = to + static_cast<long>(c) * to_pitch + r;
      if (r + kLanes <= rows && c + kLanes <= columns) {
        Vec tile[kLanes];
#pragma GCC unroll 16
        for (int k = 0; k < kLanes; ++k) tile[k] = load(in + static_cast<long>(k) * from_pitch);
        transpose_rows(tile);
#pragma GCC unroll 16
        for (int k = 0; k < kLanes; ++k) store(out + static_cast<long>(k) * to_pitch, tile[k]);
      } else {
        for (int k = 0; k < kLanes && r + k < rows; ++k)
          for (int l = 0; l < kLanes && c + l < columns; ++l)
            out[static_cast<long>(l) * to_pitch + k] = in[static_cast<long>(k) * from_pitch + l];
      }
    }
}

void synapse_product(int n, int width, int samples, int first, int count, const float* beta, const float* xt,
                     float* product) {
  int i = first;
  const int end = first + count;
  for (; i + kRows <= end; i += kRows)
    multiply_rows<kRows>(n, width, samples, beta + static_cast<long>(i) * n, xt,
                         product + static_cast<long>(i) * width);
  for (; i < end; ++i)
    multiply_rows<1>(n, width, samples, beta + static_cast<long>(i) * n, xt,
                     product + static_cast<long>(i) * width);
}

void synapse_gradient(int n, int width, int samples, int first, int count, const float* beta, const float* xt,
                      const float* ct, float* dxt, float* dbeta, bool add) {
  Tile tile;
  for (int k = first; k < first + count; k += kGroup) {
    const int there = first + count - k < kGroup ? first + count - k : kGroup;
    for (int s = 0; s < samples; s += kBlockSamples) {
      const int left = samples - s < kBlockSamples ? samples - s : kBlockSamples;
      const int vectors = (left + kLanes - 1) / kLanes;
      const float* x = xt + static_cast<long>(k) * width + s;
      float* dx = dxt + (k - first) * width + s;
      each_vector(vectors, width, [&](int row, int place) {
        store(tile.x + place, load(x + row));
        store(tile.dx + place, Vec{});
      });
      gradient_of_group(n, there, width, vectors, add || s > 0, beta + k, ct + s, tile, dbeta + k);
      each_vector(vectors, width, [&](int row, int place) { store(dx + row, load(tile.dx + place)); });
    }
  }
}

void synapse_gradient_general(int n, int width, int samples, int first, int count, const float* beta,
                              const float* xt, const float* wt, float* dxt, float* dbeta, bool add,
                              float* scratch) {
  float *prefixes = scratch, *sums = scratch + n * kLanes;  // [n, kLanes]
  for (int i = first; i < first + count; ++i) {
    const float* row = beta + static_cast<long>(i) * n;
    for (int k = 0; k < n * kLanes; ++k) sums[k] = 0;
    for (int s = 0; s < samples; s += kLanes) {
      const float* x = xt + s;
      Vec prefix = spread(1.0f);
      for (int j = 0; j < n; ++j) {
        store(prefixes + j * kLanes, prefix);
        prefix *= 1.0f - row[j] * load(x + static_cast<long>(j) * width);
      }
      Vec suffix = load(wt + static_cast<long>(i) * width + s);
      for (int j = n; j-- > 0;) {
        const Vec xj = load(x + static_cast<long>(j) * width), others = load(prefixes + j * kLanes) * suffix;
        float* dx = dxt + static_cast<long>(j) * width + s;
        store(sums + j * kLanes, load(sums + j * kLanes) + others * xj);
        store(dx, load(dx) + row[j] * others);
        suffix *= 1.0f - row[j] * xj;
      }
    }
    float* out = dbeta + static_cast<long>(i) * n;
    for (int j = 0; j < n; ++j) out[j] = sum_lanes(load(sums + j * kLanes)) + (add ? out[j] : 0.0f);
  }
}

float largest_product(int n, int width, const float* beta, const float* xt) {
  float largest = 0;
  for (int first = 0; first < n; first += kLanes) {
    float bound[kLanes] = {};
    const int count = n - first < kLanes ? n - first : kLanes;
    if (count == kLanes) {
      Vec most{};
      for (int i = 0; i < n; ++i) most = larger_size(most, load(beta + static_cast<long>(i) * n + first));
      store(bound, most);
    } else {
      for (int i = 0; i < n; ++i)
        for (int k = 0; k < count; ++k) {
          const float b = beta[static_cast<long>(i) * n + first + k], size = b < 0 ? -b : b;
          bound[k] = size > bound[k] ? size : bound[k];
        }
    }
    for (int k = 0; k < count; ++k) {
      Vec most{};
      for (int s = 0; s < width; s += kLanes)
        most = larger_size(most, bound[k] * load(xt + static_cast<long>(first + k) * width + s));
      float lanes[kLanes];
      store(lanes, most);
      for (const float product : lanes) largest = product > largest ? product : largest;
    }
  }
  return largest;
}

void synapse_gain(int n, int width, const float* alpha, const float* dyt, const float* xt,
                  const float* product, float* ct) {
  for (int i = 0; i < n; ++i) {
    const Vec a = spread(-alpha[i]);
    for (int s = 0; s < width; s += kLanes) {
      const long k = static_cast<long>(i) * width + s;
      const Vec gain = a * load(dyt + k) * load(xt + k);
      store(ct + k, product != nullptr ? gain * load(product + k) : gain);
    }
  }
}

void synapse_direct(int count, int width, const float* alpha, const float* dyt, const float* product,
                    float* dxt) {
  for (int i = 0; i < count; ++i)
    for (int s = 0; s < width; s += kLanes) {
      const int k = i * width + s;
      store(dxt + k, load(dxt + k) + alpha[i] * load(dyt + k) * load(product + k));
    }
}

}  // namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE
