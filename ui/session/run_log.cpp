// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/run_log.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fmt/format.h>

namespace synann::ui {

std::vector<std::string> logLines(const train::StepLosses& steps, int count, int steps_per_epoch,
                                  int interval) {
  std::vector<std::string> lines;
  for (std::size_t k = 0; k < steps.losses.size(); ++k) {
    const int step = steps.first_step + static_cast<int>(k);
    if (step % interval != 0) continue;
    const std::int64_t examples = static_cast<std::int64_t>(step) * steps.batch_size;  // of this epoch
    lines.push_back(train::train_line(steps.epoch, examples, count, step, steps_per_epoch,
                                      static_cast<double>(steps.losses[k])));
  }
  return lines;
}

std::vector<std::string> logLines(const train::Evaluation& evaluation) {
  if (evaluation.epoch == 0) return {};
  return {std::string(), train::test_line(evaluation.test_loss, evaluation.correct, evaluation.count),
          std::string()};
}

std::string changeLine(const train::SettingChange& change) {
  return fmt::format("— {} from step {} of epoch {} on", train::setting_words(change.key, change.value),
                     change.position.step, change.position.epoch);
}

std::vector<std::string> logLines(const train::History& history) {
  std::vector<std::string> lines;
  const int per_epoch = history.start.steps_per_epoch, batch = history.start.settings.batch_size;
  if (per_epoch <= 0) return lines;
  std::size_t next = 0;     // the evaluation to come
  std::size_t changed = 0;  // the change to come
  int interval = history.start.settings.log_interval;
  const auto change = [&](const train::SettingChange& made) {
    if (const auto* value = std::get_if<double>(&made.value); value && made.key == "log-interval")
      interval = std::max(1, static_cast<int>(*value));
    lines.push_back(changeLine(made));
  };
  const auto put = [&lines](const std::vector<std::string>& more) {
    lines.insert(lines.end(), more.begin(), more.end());
  };
  const std::size_t points = std::min(history.examples.size(), history.losses.size());
  for (std::size_t k = 0; k < points; ++k) {
    const int epoch = 1 + static_cast<int>(k / static_cast<std::size_t>(per_epoch));
    const int step = static_cast<int>(k % static_cast<std::size_t>(per_epoch));
    while (next < history.evaluations.size() && history.evaluations[next].epoch < epoch) {
      put(logLines(history.evaluations[next++]));
    }
    while (changed < history.changes.size() &&
           history.steps_at(history.changes[changed].position) <= static_cast<std::int64_t>(k)) {
      change(history.changes[changed++]);
    }
    put(logLines({.epoch = epoch,
                  .first_step = step,
                  .batch_size = batch,
                  .first_examples = history.examples[k],
                  .losses = std::span(&history.losses[k], 1),
                  .seconds = 0},
                 history.start.train_count, per_epoch, interval));
  }
  while (next < history.evaluations.size()) put(logLines(history.evaluations[next++]));
  while (changed < history.changes.size()) change(history.changes[changed++]);
  return lines;
}

}  // namespace synann::ui
