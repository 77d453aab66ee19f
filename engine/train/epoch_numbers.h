// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/backend.h"
#include "engine/data/dataset.h"
#include "engine/model/description.h"
#include "engine/model/state.h"
#include "engine/train/events.h"

namespace synann::train {

// So many training images, the first of the set in its own order, stand for all of them.
inline constexpr int kWatchedImages = 100;
// A unit whose numbers stay closer to zero than this for every watched image is dead.
inline constexpr double kDeadBelow = 1e-6;

// What is recorded of a network at the end of each epoch beside loss and accuracy. One batch, forwards and
// backwards, without dropout and with the batch's statistics; `state` is what the back end holds, which stays
// as it is. The same on any number of threads. Numbers that the model does not have, or that are not finite,
// are left out; all of them, where the back end fails: its next step says why.
EpochNumbers epoch_numbers(compute::Backend& backend, const model::Model& model, const model::State& state,
                           const data::Dataset& train);

}  // namespace synann::train
