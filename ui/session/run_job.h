// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/train/history.h"
#include "engine/train/record.h"
#include "engine/train/settings.h"
#include "ui/session/command_link.h"
#include "ui/session/network_start.h"
#include "ui/session/snapshot_mailbox.h"

namespace synann::ui {

// Opens a data set by its spec; called on the training thread.
using DataOpener = std::function<Result<data::DataPairPtr>(const std::string& spec)>;

// One piece of work for the training thread; a plain value.
struct RunJob {
  enum class Kind {
    LoadData,  // open settings.data, nothing else
    ReadRun,   // read the history in `folder`
    Train,     // open the data, then train
  };
  Kind kind = Kind::LoadData;
  train::Settings settings;
  train::Execution execution;
  std::filesystem::path folder;  // of the run; empty = write nothing
  train::RecordBudget record;
  bool resume = false;         // go on from the folder's last checkpoint
  train::AskedSettings asked;  // then: what is to change there
  NetworkStartPtr start;       // what a new run begins with; null: random numbers
  bool start_paused = false;
  DataOpener open_data;
  data::DataPairPtr data;  // already open, when it is what settings.data names
};

// How a run was left. One that was killed, or whose history is of the first programs, does not say so itself.
StateChange leftState(const train::History& history);
// The run and its data may lie elsewhere now. What is opened there is held against the digest later.
void findData(train::History& history, const std::filesystem::path& folder_or_file);

// Does the job on the calling thread and reports into the mailbox; putDone() is the last thing it does.
void runJob(const RunJob& job, CommandLink& link, SnapshotMailbox& mailbox);

}  // namespace synann::ui
