// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/announcement.h"

#include <fmt/format.h>

namespace synann::train {

const char* outcome_word(Announcement::Outcome outcome) {
  switch (outcome) {
    case Announcement::Outcome::Finished:
      return "finished";
    case Announcement::Outcome::Stopped:
      return "stopped";
    case Announcement::Outcome::Failed:
      return "failed";
    case Announcement::Outcome::Reached:
      return "reached";
  }
  return "";
}

UserCommand announcing_command(const std::string& command, const Announcement& announcement) {
  UserCommand what{.command = command};
  what.variables = {{"SYNANN_RUN", announcement.folder.string()},
                    {"SYNANN_OUTCOME", outcome_word(announcement.outcome)},
                    {"SYNANN_REASON", announcement.reason}};
  if (announcement.last && announcement.last->epoch > 0) {
    what.variables.emplace_back("SYNANN_EPOCH", fmt::format("{}", announcement.last->epoch));
    what.variables.emplace_back("SYNANN_ACCURACY", fmt::format("{:.2f}", announcement.last->accuracy()));
    what.variables.emplace_back("SYNANN_TEST_LOSS", fmt::format("{:.4f}", announcement.last->test_loss));
  }
  return what;
}

bool Milestone::passed_by(const Evaluation& e) const {
  if (e.epoch < 1) return false;
  switch (metric) {
    case Metric::Accuracy:
      return e.accuracy() >= value;
    case Metric::TestLoss:
      return e.test_loss <= value;
    case Metric::TrainLoss:
      return e.train_loss <= value;
  }
  return false;
}

std::string Milestone::words(const Evaluation& e) const {
  switch (metric) {
    case Metric::Accuracy:
      return fmt::format("the accuracy is {:.2f} % after epoch {}", e.accuracy(), e.epoch);
    case Metric::TestLoss:
      return fmt::format("the test loss is {:.4f} after epoch {}", e.test_loss, e.epoch);
    case Metric::TrainLoss:
      return fmt::format("the train loss is {:.4f} after epoch {}", e.train_loss, e.epoch);
  }
  return {};
}

}  // namespace synann::train
