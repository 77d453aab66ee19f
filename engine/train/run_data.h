// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/train/history.h"

// The data that a run was trained on, found again by what its history remembers: where they lay, and their
// digest.
namespace synann::train {

// Where they may lie now, the likeliest first: the location of the history; the same relative to each folder
// above the run's, for a run that moved together with its data, and for histories that hold a relative path;
// then where data sets are known to be. Only locations that are there. `run` is the folder of the run.
std::vector<std::string> run_data_locations(const History& history, const std::filesystem::path& run);

struct RunData {
  data::DataPairPtr data;
  std::string note;  // one sentence without a full stop where they lie elsewhere now; else empty
};

// Opens the first of them whose content is the run's. Errors: none; the sentence names --data as the way.
Result<RunData> open_run_data(const History& history, const std::filesystem::path& run);

// Makes `location` the location of the data in a history that was read.
void set_data_location(History& history, const std::string& location);

}  // namespace synann::train
