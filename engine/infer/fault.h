// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/augment.h"
#include "engine/infer/cells.h"
#include "engine/infer/network.h"
#include "engine/infer/work.h"
#include "engine/train/events.h"

// Why the numbers of a run broke: the batch, the image, the layer, the cell of β.
namespace synann::infer {

// A step of training, or a measurement, whose numbers broke.
struct FaultQuery {
  Network network;  // before that step
  SetPtr set;
  Part part = Part::Train;  // that the set is; Train: a step, else a measurement of all of it
  std::uint64_t seed = 0;
  int epoch = 1, step = 0;  // 0-based step of the epoch; of a step alone, as all below
  int batch_size = 100;     // of a measurement, too
  bool dropout = true;
  data::Augmentation augmentation{};  // of the step's images
  // The numbers that the images of the set have in the whole training set, where it is drawn from it; else
  // empty.
  std::vector<std::uint32_t> numbers{};
};
// Of a run that failed so; weights and data must be there.
FaultQuery fault_query(const train::Failure& failure);

// What is at fault. Images of a step are named by their numbers in the whole training set.
struct Fault {
  Part part = Part::Train;
  std::vector<std::uint32_t> batch;  // its images of the set, in its order
  // The image of which a number is not finite where the first one is not: in the pass to the loss, else in
  // the pass back. Where all are finite, or are broken alike, the one with the largest loss.
  std::uint32_t image = 0;
  double loss = 0;        // −log p of its class, nats
  std::string layer{};    // the first layer whose output for it is not finite; empty: all are
  bool gradient = false;  // all outputs are finite, the gradient by one for this image is not
  struct Headroom {
    std::string layer;
    Cell cell;
    std::uint32_t image = 0;  // of the set
    double value = 1;         // 1 − β_ij x_j
  };
  std::optional<Headroom> headroom{};  // the smallest factor of the batch; nothing without a synapse layer

  bool not_finite() const { return !layer.empty() || gradient; }
  bool no_headroom() const { return headroom && headroom->value <= 0; }
};

// Makes that step again, with its dropout and the batch's statistics, or the measurement batch by batch up to
// the first that is not finite, by the plain loops of the reference. Pure; any thread. Progress counts
// batches. Errors: images that do not fit, a step that there is not.
Result<Fault> locate_fault(const FaultQuery& query, const Work& work = {});

// For people, without a full stop, what is at fault first: "fc1 is the first layer whose output is not
// finite, for training image 5121 (batch of 100); the smallest 1 − βx is −0.21, in cell (3, 7) of fcn for
// training image 33".
std::string fault_words(const Fault& fault);

}  // namespace synann::infer
