// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/core/user_command.h"
#include "engine/train/events.h"

namespace synann::train {

// What a person wants to be told of a run that nobody looks at.
struct Announcement {
  enum class Outcome { Finished, Stopped, Failed, Reached };  // Reached: a measurement passed a value
  Outcome outcome = Outcome::Finished;
  std::filesystem::path folder{};
  std::string reason{};              // one sentence; empty where all epochs were trained
  std::optional<Evaluation> last{};  // of the latest epoch
};
const char* outcome_word(Announcement::Outcome outcome);  // "finished"

// A command that gets it by variables of its environment: SYNANN_RUN (the folder), SYNANN_OUTCOME,
// SYNANN_REASON, and, where an epoch was measured, SYNANN_EPOCH, SYNANN_ACCURACY (percent) and
// SYNANN_TEST_LOSS (nats).
UserCommand announcing_command(const std::string& command, const Announcement& announcement);

// A measurement that a person waits for.
struct Milestone {
  enum class Metric { Accuracy, TestLoss, TrainLoss };  // percent and above; nats and below
  Metric metric = Metric::Accuracy;
  double value = 0;
  bool operator==(const Milestone&) const = default;
  bool passed_by(const Evaluation& evaluation) const;
  std::string words(const Evaluation& evaluation) const;  // "the accuracy is 98.12 % after epoch 4"
};

}  // namespace synann::train
