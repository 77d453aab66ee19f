// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/folder_lock.h"
#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "engine/train/settings.h"

// What a resume goes on with: the same answer for the command line and for the window.
namespace synann::train {

// What was asked for.
struct ResumeRequest {
  std::filesystem::path checkpoint;  // of a run, or a bare state dict; its links are followed
  std::filesystem::path folder;      // where the run is to be written; empty: nothing is written
  data::DataPairPtr data;            // null: those of the history beside the checkpoint
  std::string otherwise;             // which data, where there is no history that names any
  AskedSettings asked;               // what is to change; refused where it cannot in the middle of a run
  bool fresh_optimiser = false;      // its state begins at zero, whether its file is there or not
};

// What is resumed, each file read once.
struct Resumption {
  std::filesystem::path checkpoint;  // the file itself
  // Of the run's own folder, where it goes on there: taken first, so that what was read is what is continued.
  std::optional<FolderLock> lock;
  std::optional<HistoryFile> history;  // beside the checkpoint; nothing where there is none
  data::DataPairPtr data;
  std::string data_location;  // for the history: where the data lie
  // The checkpoint's own settings, with the location of the data and what was asked for; a bare state dict
  // gets those recommended for its model. Valid.
  LoadedCheckpoint loaded;
  bool begins = false;             // the run has not begun: an import or a bare state dict
  std::vector<std::string> notes;  // what a person is to be told, each one sentence without a full stop
};

// Errors: somebody else writes into the folder; a file that cannot be read or does not fit the others; other
// data than the run's; a setting that cannot change in the middle of a run.
Result<Resumption> plan_resume(const ResumeRequest& request);

}  // namespace synann::train
