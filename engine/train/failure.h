// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/train/events.h"
#include "engine/train/history.h"

// How a run failed whose numbers broke, out of what it left in its folder. Stateless; any thread.
namespace synann::train {

// What the history says of it, without weights and data. Its end must have a fault.
Failure failure_of(const History& history);

// With the weights out of the run's record, and with its data, which are opened unless `opened` are they.
// Errors: the run did not fail so; it keeps no record of the whole network; its data are not found.
Result<Failure> read_failure(const std::filesystem::path& run, const data::DataPairPtr& opened = nullptr);

}  // namespace synann::train
