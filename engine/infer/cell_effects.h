// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "engine/infer/head.h"
#include "engine/infer/work.h"

namespace synann::infer {

// What the loss does when one β is set to another value, for every cell of a layer at once.
struct CellEffects {
  LinearHead head;
  std::vector<double> beta, alpha;  // [n, n], [n] of the layer
  double value = 0;                 // what each β is set to
};

// The sum over samples of the change of −log p of the true class, [n, n]. x [count, n] are the layer's
// inputs. Same bits for any number of threads.
Result<std::vector<double>> sum_effects(const CellEffects& effects, std::span<const float> x,
                                        std::span<const std::uint8_t> labels, int threads, const Work& work);

}  // namespace synann::infer
