// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/compute/eigen/layers.h"
#include "engine/core/thread_pool.h"

namespace synann::compute::eigen {

// One synapse layer of n outside a network, y_i = x_i Π_j (1 − β_ij x_j): for measuring and for other
// programs. Memory beside the arguments: O(batch · n + n²). Owned and called by one thread.
class SynapseAlone {
 public:
  SynapseAlone(int n, int threads, Isa isa = chosen_isa());

  // x [batch, n], beta [n, n] → y [batch, n]
  void forward(int batch, const float* x, const float* beta, float* y);
  // After forward() with the same x and beta: dy [batch, n] → dx [batch, n], dbeta [n, n], overwritten.
  void backward(int batch, const float* x, const float* beta, const float* dy, float* dx, float* dbeta);

  const char* isa() const { return kernels_.isa; }
  int threads() const { return pool_.threads(); }

 private:
  Pass pass(int batch, const float* x, const float* beta) const;

  const Kernels& kernels_;
  ThreadPool pool_;
  model::Model model_;
  std::unique_ptr<EigenLayer> layer_;
};

}  // namespace synann::compute::eigen
