// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/exports/tensorboard/event_log.h"
#include "engine/train/events.h"
#include "engine/train/history.h"

// What TensorBoard is told of a run beside its tensors, the same of a run that is exported and of one that is
// trained.
namespace synann::exports::tensorboard {

// The tag of the loss of each training step.
inline constexpr const char* kStepLossTag = "loss/train_batch";

// A measurement as scalars. `best_accuracy`: on the test set, of the epoch that is kept as the best one,
// percent; 0 where none ended yet. `seconds`: of training steps since the run began.
struct EpochScalars {
  const train::Evaluation& evaluation;
  double best_accuracy = 0, seconds = 0;
};
void add_scalars(EventLog& log, const EventTime& at, const EpochScalars& epoch);

// Follows measurement after measurement.
class EpochFollower {
 public:
  EpochScalars next(const train::Evaluation& evaluation);

 private:
  double best_accuracy_ = 0, seconds_ = 0;
};

// The settings that matter as hyper-parameters, with accuracy/test, accuracy/best and loss/test beside them.
void add_hyper_parameters(EventLog& log, const EventTime& at, const train::Settings& settings,
                          const std::string& data_name);
// All settings that matter, and what the run is, as a table of texts.
void add_settings_table(EventLog& log, const EventTime& at, const train::Settings& settings,
                        const train::StartInfo& start);

// When each step of a run was made: by the times of its measurements, in between evenly; in histories that
// have none, the seconds of training since the run began.
class RunClock {
 public:
  explicit RunClock(const train::History& history);
  double at(std::int64_t steps) const;

 private:
  std::vector<std::pair<std::int64_t, double>> known_;  // rising steps
};

}  // namespace synann::exports::tensorboard
