// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/infer/work.h"
#include "engine/train/events.h"
#include "engine/train/settings.h"

namespace synann::runs {

// What was asked for.
struct ForkRequest {
  std::filesystem::path run;     // its folder; only read
  std::int64_t step = 0;         // since the run began; the last one of an epoch includes its evaluation
  std::filesystem::path folder;  // of the new run; made, must hold none yet
  data::DataPairPtr data{};      // null: those that the run's history names
  train::AskedSettings asked{};  // what is to be different from there on
  train::Execution execution{};  // "auto" takes the tier that the run was trained with
};

// What came of it.
struct Forked {
  train::Fork fork;                  // the event of the new run's history
  std::int64_t from_step = 0;        // of the kept state that training began at
  std::filesystem::path checkpoint;  // of the new run
  std::vector<std::string> notes{};  // what a person is to be told, each one sentence without a full stop
};

// Whether a setting can be different from a fork on: not one that shapes parameters or steps, which a run's
// history holds once.
bool can_differ_in_fork(std::string_view key);

// Makes a new run out of a step of a recorded one. The records hold no optimiser's state, so the run is
// trained again from the last state that was kept whole, at or before that step, with the settings that were
// in force; each loss is compared with the recorded one, and where it arrives the numbers with the record's.
// Then the new folder gets last.safetensors with the optimiser's state, best.safetensors where the run has it
// and it is not younger, the records where they can go on, and the history up to there with a `fork` event;
// training goes on from it as from any checkpoint. Nothing is written before that. `work` is told steps. Any
// thread. Errors: no such step; other data; a setting that cannot change in the middle of a run; a folder
// with a run in it; Failed where the numbers do not come out as they were recorded (another processor or
// version); Cancelled.
Result<Forked> fork_run(const ForkRequest& request, const infer::Work& work);

}  // namespace synann::runs
