// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/runs/run_notes.h"
#include "engine/train/events.h"
#include "engine/train/settings.h"

// All runs below a folder. Their own files are the only truth; an index (run_index.h) only saves reading them
// again.
namespace synann::runs {

class RunIndex;

enum class RunState {
  Running,
  Paused,  // its program is there and waits
  Finished,
  Stopped,
  Failed,
  Interrupted,  // nobody writes it, and it does not say that it ended: killed, or the machine went down
};
// As it is printed and stored: "running".
const char* state_word(RunState state);

// How well an epoch ended.
struct EpochScore {
  double accuracy = 0;   // on the test set, percent
  double test_loss = 0;  // nats
};
inline constexpr std::size_t kLatestEpochs = 20;

// What a folder's history says, in short.
struct RunSummary {
  std::filesystem::path folder;
  std::string name;           // the folder below the one that was listed, "." for that one itself
  RunNotes notes;             // what a person says about it
  std::string notes_problem;  // why these cannot be read, one sentence; then they are empty
  std::string problem;        // why the history cannot be read, one sentence; then nothing below is known

  RunState state = RunState::Interrupted;
  std::string reason;  // why it ended; empty where it was trained to its end
  std::string writer;  // "process 123 on host since 2026-11-28T10:29:23Z"; empty where nobody writes

  train::Settings settings;                // in force at its end
  std::string data_name, data_sha256;      // of the data set
  std::string version, device, tier, isa;  // of the program and the place that it went on with last
  int threads = 0;
  int parameter_count = 0;
  std::string parent;  // the checkpoint that it left another run from; empty for a run from scratch
  std::optional<train::Fork> fork{};  // the same in full: where, what was changed, the digests
  std::int64_t fork_steps = 0;        // the parent's, at which it was left

  std::int64_t steps = 0;                       // done
  int epochs = 0;                               // done and evaluated
  double train_seconds = 0;                     // of the evaluated epochs' training steps
  std::optional<train::Evaluation> best, last;  // none before the first epoch has ended
  std::vector<EpochScore> latest;               // of the last kLatestEpochs epochs, in order

  std::int64_t written = 0;  // when its history was last written, seconds since 1970, UTC
  std::uint64_t bytes = 0;   // of all its files
};

struct Catalogue {
  std::vector<RunSummary> runs;    // by name
  std::vector<std::string> notes;  // what could not be looked into, one sentence each
};

// How many runs have been read, of how many that were found; from the calling thread.
using CatalogueProgress = std::function<void(int done, int count)>;

// Reads every run in `folder` and below it, those set aside as earlier-N too; links to folders and bins
// (kBin) are not followed. The runs are read by `threads` threads at once. Needs no lock and disturbs no
// writer. Histories that an index knows are not read again, and what is read is put into it, also where it is
// cancelled; its note is among the catalogue's. Any thread. Errors: the folder is not there; cancelled.
Result<Catalogue> list_runs(const std::filesystem::path& folder, int threads,
                            const CatalogueProgress& progress = {}, const std::stop_token& stop = {},
                            RunIndex* index = nullptr);

// One folder with a history; `name` is left to the caller.
RunSummary summarise(const std::filesystem::path& folder);

// The mean over the last `count` epochs, at most kLatestEpochs and those that there are; nothing before the
// first has ended.
std::optional<EpochScore> mean_of_latest(const RunSummary& run, int count);

// The settings whose values are not the same in all runs that could be read and in which they matter, by
// their keys: "model", "data", and those of setting_infos() and choice_infos(), in that order.
std::vector<std::string> differing_settings(const std::vector<RunSummary>& runs);
// The value of such a key, as a person types it.
std::string setting_text(const train::Settings& settings, const std::string& key);

}  // namespace synann::runs
