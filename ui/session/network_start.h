// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/train/checkpoint.h"

namespace synann::ui {

// A network that a new run begins with, in place of random numbers: a checkpoint whose run has not begun,
// with the settings of the run. Shared, never changed.
struct NetworkStart {
  std::shared_ptr<const model::Model> model;
  train::Checkpoint checkpoint;
};
using NetworkStartPtr = std::shared_ptr<const NetworkStart>;

// Its file in the folder of the run, which the history names.
inline constexpr const char* kStartCheckpoint = "start.safetensors";

}  // namespace synann::ui
