// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>

#include "engine/train/synapse_frame.h"
#include "sample_matrix.h"

namespace synann::ui::test {

// A moment of a layer of n units, the same on every machine: positive β, known inputs, a start to compare
// with.
inline train::SynapseFrame sampleFrame(int n) {
  train::SynapseFrame frame;
  frame.layer.name = "fcn";
  frame.layer.n = n;
  frame.layers = {"fcn"};
  frame.parameters.beta = sampleMatrix(n, -1);
  frame.parameters.alpha.assign(static_cast<std::size_t>(n), 1.0F);
  frame.shown = frame.parameters.beta;
  for (const float value : frame.shown) frame.initial.push_back(0.7F * value + 0.02F);
  for (int j = 0; j < n; ++j) frame.x.push_back(0.05 + 0.9 * std::abs(std::sin(1.7 * j)));
  frame.image_label = 4;
  frame.at = {{3, 40}, 440};
  return frame;
}

}  // namespace synann::ui::test
