// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/infer/cells.h"
#include "engine/infer/network.h"

namespace synann::infer {

// A step of training whose numbers broke.
struct FaultQuery {
  Network network;  // before that step
  SetPtr train;
  std::uint64_t seed = 0;
  int epoch = 1, step = 0;  // 0-based step of the epoch
  int batch_size = 100;
  bool dropout = true;
};

// What is at fault: the batch, the image, the cell.
struct Fault {
  std::vector<std::uint32_t> batch;  // the training images of the step, in its order
  std::uint32_t image = 0;           // the first whose loss is not finite, else the one with the largest loss
  double loss = 0;                   // −log p of its class, nats
  std::string layer{};               // the first layer whose output for it is not finite; empty: all are
  struct Headroom {
    std::string layer;
    Cell cell;
    std::uint32_t image = 0;  // of the training set
    double value = 1;         // 1 − β_ij x_j
  };
  std::optional<Headroom> headroom{};  // the smallest factor of the batch; nothing without a synapse layer
};

// Makes that step's forward pass again, with its dropout and the batch's statistics, by the plain loops of
// the reference. Pure; any thread. Errors: images that do not fit, a step that there is not.
Result<Fault> locate_fault(const FaultQuery& query);

}  // namespace synann::infer
