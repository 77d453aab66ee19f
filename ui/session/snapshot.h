// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/train/events.h"
#include "engine/train/history.h"

namespace synann::ui {

// What the window shows of a run in one word. The engine's states, the two before a session exists, and that
// of a run which another program trains.
enum class RunState { Ready, Loading, Training, Evaluating, Paused, Stopped, Finished, Failed, Elsewhere };
RunState runState(train::State state);

// A change of state with its reason: empty, or one sentence.
struct StateChange {
  RunState state = RunState::Ready;
  std::string reason;
};

// An owning copy of train::StepLosses.
struct LossBatch {
  int epoch = 1;
  int first_step = 0;
  int batch_size = 0;  // samples
  std::int64_t first_examples = 0;
  std::vector<float> losses;  // nats
  double seconds = 0;
};

// How far the run is and how fast it goes.
struct Progress {
  train::Position position;
  int epochs = 0;  // total
  int steps_per_epoch = 0;
  std::int64_t examples = 0;     // of this epoch, seen so far
  int count = 0;                 // training samples per epoch
  int evaluated = 0;             // test samples done in the evaluation that is going on
  int evaluate_count = 0;        // 0 when no evaluation is going on
  double fraction = 0;           // of the whole run, 0 … 1
  double loading = -1;           // share of the data that is read, while they are opened; negative: not known
  double images_per_second = 0;  // smoothed over the last seconds of training; 0 = not known yet
  double seconds_left = -1;      // to the end of the run; negative = not known yet
  std::string device{}, isa{};   // where it is computed; empty = not known yet
  int threads = 0;
  train::Resources resources{};
};

// Everything that happened in a run since the last look: a plain value, made on the training thread, read in
// the window. Losses, evaluations, log lines and states are complete and in order; only the counters are the
// latest alone.
struct Snapshot {
  std::optional<train::StartInfo> start;  // a run began or went on
  std::shared_ptr<const train::History>
      history;  // replaces the curves: an earlier run was opened or continued
  std::vector<LossBatch> losses;
  std::vector<train::Evaluation> evaluations;
  std::vector<train::SettingChange> changes;
  std::vector<train::DeviceChange> devices;
  std::vector<std::string> notices;    // what a person should know, each one sentence without a full stop
  std::vector<std::string> log_lines;  // as the original script prints them
  std::vector<StateChange> states;
  Progress progress;
  data::DataPairPtr data;                         // a data set was opened
  std::shared_ptr<const train::Weights> weights;  // the network's numbers, where they were asked for
  std::string saved;                              // path of the checkpoint written last
  std::shared_ptr<const train::Failure> failure;  // the run's numbers broke
  std::string error;                              // one sentence; empty = none
  std::string refused;                            // why another device could not be had; empty = it was not
  train::Execution execution;                     // where `refused` left the run
  bool followed = false;                          // another program has added this to the run's files
  bool done = false;                              // the training thread has nothing more to say
};

}  // namespace synann::ui
