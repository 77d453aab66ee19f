// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/train/checkpoint.h"
#include "engine/train/settings.h"

namespace synann::train {

// Steps of a run that are made a second time, to have its whole state where none was kept. Stop criteria and
// the number of epochs do not end it.
struct Replay {
  // What holds from a step of the run on.
  struct Leg {
    std::int64_t from = 0;
    Settings settings{};
    bool fresh_optimiser = false;  // its state was set to zero there
  };
  std::optional<LoadedCheckpoint> start{};  // with the optimiser's state; nothing: from the seed
  std::vector<Leg> legs{};                  // ascending, the first at the start
  std::int64_t until = 0;                   // steps since the run began
  bool measured = true;                     // the evaluation of an epoch that ends at `until` is included
};

// As a new optimiser of PyTorch would, Adam counts its steps anew; SGD has no count.
void zero_optimiser(Checkpoint& checkpoint, std::int64_t steps);

}  // namespace synann::train
