// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/compute/ranks/ranked_backend.h"
#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/train/settings.h"

// How the ranks of one training (engine/compute/ranks) get to know the run that rank 0 has.
namespace synann::train {

// What rank 0 tells the others, as one JSON object: the settings, the data's place and digest, and how each
// is to compute. `data`: what the run is trained on.
std::string rank_run(const Settings& settings, const data::DataPair& data, const Execution& execution);

// What another rank makes of it: opens the data on its own machine, by the name that rank 0 opened them by.
// Errors: the data cannot be opened; what training_part() and build_model() refuse.
Result<compute::RankWork> rank_work(const std::string& run);

}  // namespace synann::train
