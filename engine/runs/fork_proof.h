// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/core/result.h"
#include "engine/train/events.h"

namespace synann::runs {

// Whether two things that should be the same are; Unknown where one of them was not kept.
enum class Agreement { Unknown, Equal, Different };
const char* agreement_word(Agreement agreement);  // "equal"

// What a run and the one that it was forked from have in common, looked up in the files of both.
struct ForkProof {
  train::Fork fork{};              // as the run's history has it
  std::int64_t steps = 0;          // where it is, since the run began
  std::filesystem::path parent{};  // its folder; empty where it is not found beside the run
  // The lines before the fork, of the run and of the parent, against `fork.history_sha256`.
  Agreement own_history = Agreement::Unknown, parent_history = Agreement::Unknown;
  // The parameters there: of the run against `fork.parameters_sha256`, and against the parent's records.
  Agreement own_parameters = Agreement::Unknown, parent_parameters = Agreement::Unknown;

  // All that was kept is the same, and the history's beginning was.
  bool holds() const;
  // "history and parameters are equal to the parent's at step 10", without a full stop.
  std::string sentence() const;
};

// Reads both runs, neither of which is disturbed. Any thread; takes as long as reading two histories and a
// frame of each record. Errors: the history cannot be read; the run is no fork of a recorded step.
Result<ForkProof> prove_fork(const std::filesystem::path& run);

// The folder beside the run that its history names as the parent's; empty where there is none.
std::filesystem::path parent_folder(const std::filesystem::path& run, const train::Fork& fork);

}  // namespace synann::runs
