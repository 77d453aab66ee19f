// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/core/philox.h"

// What a kernel may use. Kernels are written once, as structs with their arguments as members, a grid() and
// a run(Block&): nvcc compiles them for the GPU, the host compiler for a block whose threads are looped
// (host_block.h). C++17, and nothing of the standard library beyond <cstdint> and <math.h>.
//
// The rules that make both the same: work happens in phases, block.each([&](int thread) {…}), with a barrier
// behind each; what threads share lies in block.shared<T>(count) and is read and written inside phases only;
// within a phase no thread reads what another one writes; what a thread keeps from phase to phase is a
// block.local<T>(), indexed by the thread.
#if defined(__CUDACC__)
#define SYNANN_DEVICE __device__ __forceinline__
#define SYNANN_UNROLL _Pragma("unroll")
#define SYNANN_UNROLL_8 _Pragma("unroll 8")
#else
#define SYNANN_DEVICE inline
#define SYNANN_UNROLL
#define SYNANN_UNROLL_8
#endif

namespace synann::compute::cuda {

using Index = long long;  // of elements of large arrays

// How many blocks of how many threads a kernel runs with, and the memory a block shares.
struct Grid {
  int blocks_x = 1, blocks_y = 1;
  int threads = 256;
  int shared_bytes = 0;
};

SYNANN_HOST_DEVICE constexpr int ceil_div(int a, int b) {
  return (a + b - 1) / b;
}

// Blocks of `threads` threads, one for each of `count` elements.
constexpr Grid elementwise(Index count, int threads = 256) {
  return {static_cast<int>((count + threads - 1) / threads), 1, threads, 0};
}

template <class T>
SYNANN_DEVICE constexpr T least(T a, T b) {
  return b < a ? b : a;
}
template <class T>
SYNANN_DEVICE constexpr T greatest(T a, T b) {
  return a < b ? b : a;
}

// work(k) for each of `count` elements, one a thread of a grid elementwise(count, kThreads).
template <int kThreads, class Block, class Work>
SYNANN_DEVICE void each_element(Block& block, Index count, const Work& work) {
  block.each([&](int t) {
    const Index k = Index{block.x()} * kThreads + t;
    if (k < count) work(k);
  });
}

// result[0] = Σ term(i) over i < n, in an order that depends on n and the number of threads alone. The number
// of threads is a power of two; scratch holds one T for each. Read the result in a later phase.
template <class T, class Block, class Term>
SYNANN_DEVICE void sum_over(Block& block, int n, T* scratch, T* result, Term term) {
  block.each([&](int t) {
    T sum = 0;
    for (int i = t; i < n; i += block.threads()) sum += term(i);
    scratch[t] = sum;
  });
  for (int half = block.threads() / 2; half > 0; half /= 2) {
    block.each([&](int t) {
      if (t < half) scratch[t] += scratch[t + half];
    });
  }
  block.each([&](int t) {
    if (t == 0) result[0] = scratch[0];
  });
}

// result[0] = the greatest term(i), or `floor` where all are smaller.
template <class T, class Block, class Term>
SYNANN_DEVICE void greatest_over(Block& block, int n, T floor, T* scratch, T* result, Term term) {
  block.each([&](int t) {
    T best = floor;
    for (int i = t; i < n; i += block.threads()) best = greatest(best, static_cast<T>(term(i)));
    scratch[t] = best;
  });
  for (int half = block.threads() / 2; half > 0; half /= 2) {
    block.each([&](int t) {
      if (t < half) scratch[t] = greatest(scratch[t], scratch[t + half]);
    });
  }
  block.each([&](int t) {
    if (t == 0) result[0] = scratch[0];
  });
}

}  // namespace synann::compute::cuda
