// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include "engine/core/result.h"
#include "engine/train/events.h"

namespace synann::exports::tensorboard {

// Whether a folder may hold event files already: those of the run that goes on.
enum class LogStart { New, Resumed };

// Tells TensorBoard of a run while it is trained: an observer that writes an event file into `folder`, which
// is made where it is not there, and passes everything on to `other`, which must outlive it. Losses of steps
// and measurements are written as they are made, at most once a second, and histograms of all tensors at the
// end of each epoch. A write that fails is one notice, and training goes on. Where nothing was told, nothing
// is left. Errors: the folder holds event files and the run is a new one; it cannot be written; this build
// has no protobuf.
Result<std::unique_ptr<train::Observer>> open_live_log(const std::filesystem::path& folder, LogStart start,
                                                       train::Observer& other);

}  // namespace synann::exports::tensorboard
