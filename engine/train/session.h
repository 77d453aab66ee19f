// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/compute/backend.h"
#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/train/events.h"
#include "engine/train/history.h"
#include "engine/train/record.h"
#include "engine/train/replay.h"
#include "engine/train/run_folder.h"
#include "engine/train/settings.h"

namespace synann::train {

// What the person asks of a running session; read between steps.
struct Command {
  enum class Kind {
    Train,      // go on until the last epoch
    Pause,      // within 100 ms; the session waits for the next command
    StepBatch,  // one step, then pause
    StepEpoch,  // to the end of this epoch and its evaluation, then pause
    Set,        // a live setting (SettingInfo::live), from the next step on; recorded
  };
  Kind kind = Kind::Train;
  std::string key{};  // of Set: "lr"; held back until an evaluation that is due has been made
  // A value out of range is refused by leaving the old one. An epoch that has begun is trained to its end:
  // "epochs" becomes its number at least, and the observer is told.
  SettingValue value{};
};

struct SessionOptions {
  Settings settings{};
  Execution execution{};
  // Opened by the caller; null where a run goes on with its own data, which its history names.
  data::DataPairPtr data{};
  std::filesystem::path folder{};  // for checkpoints and history; empty = write nothing
  // A checkpoint to go on from (engine/train/resume.h). Its settings replace `settings`, except the data's
  // place; a bare state dict has none, and its run begins with those recommended for its model.
  std::filesystem::path resume{};
  AskedSettings asked{};         // of a run that is resumed: what is to change there; refused where it cannot
  bool fresh_optimiser = false;  // resume with its state at zero, whether its file is there or not
  bool start_paused = false;     // wait for a command before the first step
  RecordBudget record{};         // of the synapse parameters at many steps, in `folder`
  std::optional<Replay> replay{};  // instead of `settings` and `resume`; nothing is written
  compute::BackendMaker make_backend = compute::make_backend;
  // Processes that compute this run together, of which this one is rank 0 (train/rank_run.h); instead of
  // make_backend. They must outlive the session.
  compute::Ranks* ranks = nullptr;
};

// One open run: trains, evaluates, saves, and obeys. The window and the command line drive this same object,
// so equal settings give bit-identical results. create(), run() and the destructor belong to one thread (the
// training thread); post(), request_device() and request_stop() may be called from any thread, request_stop()
// from a signal handler as well.
class Session {
 public:
  // Takes the lock of `folder`, which the session holds until it is destroyed; reads `resume` if given;
  // builds model and back end; moves an earlier run in `folder` aside (never overwrites it). The observer
  // must outlive the session. Errors: somebody else writes into the folder; whatever cannot be read, built or
  // resumed.
  static Result<std::unique_ptr<Session>> create(SessionOptions options, Observer& observer);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Returns when the run is finished, stopped (both with a saved checkpoint) or failed. The state is the last
  // one the observer saw; an Error is Failed.
  Result<State> run();

  // Of a run that was resumed, what its history holds now that it goes on; once, from the session's thread.
  std::optional<History> take_history();
  // Where a replay arrived, once run() has returned Finished; once.
  LoadedCheckpoint take_state();

  void post(Command command);
  // Goes on there from the next epoch on: the same run with the same numbers, optimiser and order, and an
  // event of its history. Where it cannot, or fails at its first work, the run stays where it is and the
  // observer is told. A request replaces an earlier one that has not been met yet.
  void request_device(const Execution& execution);
  void request_stop() noexcept;  // finish the step, save, return: well within 100 ms

 private:
  class Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace synann::train
