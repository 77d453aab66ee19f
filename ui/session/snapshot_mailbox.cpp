// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/snapshot_mailbox.h"

#include <algorithm>
#include <utility>

#include "ui/session/run_log.h"

namespace synann::ui {

RunState runState(train::State state) {
  switch (state) {
    case train::State::Training:
      return RunState::Training;
    case train::State::Evaluating:
      return RunState::Evaluating;
    case train::State::Paused:
      return RunState::Paused;
    case train::State::Stopped:
      return RunState::Stopped;
    case train::State::Finished:
      return RunState::Finished;
    case train::State::Failed:
      return RunState::Failed;
  }
  return RunState::Failed;
}

template <class Change>
void SnapshotMailbox::write(Change&& change) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    change();
    wake = !std::exchange(woken_, true);
  }
  if (wake) wake_();
}

Snapshot SnapshotMailbox::take() {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  Snapshot taken = std::move(pending_);
  pending_ = Snapshot();
  pending_.progress = taken.progress;
  return taken;
}

void SnapshotMailbox::putState(RunState state, std::string reason) {
  write([&] { pending_.states.push_back({state, std::move(reason)}); });
}

void SnapshotMailbox::putLoading(double share) {
  write([&] { pending_.progress.loading = share; });
}

void SnapshotMailbox::putData(data::DataPairPtr data) {
  write([&] { pending_.data = std::move(data); });
}

void SnapshotMailbox::putHistory(std::shared_ptr<const train::History> history) {
  std::vector<std::string> lines = logLines(*history);  // long runs: not under the lock
  write([&] {
    if (!history->evaluations.empty()) evaluation_seconds_ = history->evaluations.back().eval_seconds;
    if (!pending_.start) log_interval_ = history->settings().log_interval;
    if (!pending_.start && pending_.progress.count == 0) standAtEnd(*history);
    pending_.history = std::move(history);
    pending_.log_lines = std::move(lines);
  });
}

void SnapshotMailbox::beginAt(const train::History& history) {
  const std::lock_guard lock(mutex_);
  standAtEnd(history);
}

void SnapshotMailbox::putError(std::string sentence) {
  write([&] { pending_.error = std::move(sentence); });
}

void SnapshotMailbox::putDone() {
  write([&] { pending_.done = true; });
}

void SnapshotMailbox::on_start(const train::StartInfo& info) {
  write([&] {
    pending_.start = info;
    log_interval_ = info.settings.log_interval;
    Progress& p = pending_.progress;
    p.position = info.position;
    p.epochs = info.settings.epochs;
    p.steps_per_epoch = info.steps_per_epoch;
    p.count = info.train_count;
    p.device = info.device;
    p.isa = info.isa;
    p.threads = info.threads;
    p.examples = std::min<std::int64_t>(p.count, std::int64_t{info.position.step} * info.settings.batch_size);
    estimate();
  });
}

void SnapshotMailbox::on_steps(const train::StepLosses& steps) {
  write([&] {
    appendLosses(steps);
    Progress& p = pending_.progress;
    appendLines(logLines(steps, p.count, p.steps_per_epoch, log_interval_));
    p.position = {steps.epoch, steps.first_step + static_cast<int>(steps.losses.size())};
    const std::int64_t before = std::int64_t{steps.first_step} * steps.batch_size;
    p.examples = std::min<std::int64_t>(p.count, std::int64_t{p.position.step} * steps.batch_size);
    throughput_.add(p.examples - before, steps.seconds);
    estimate();
  });
}

void SnapshotMailbox::on_evaluation_progress(int done, int count) {
  write([&] {
    pending_.progress.evaluated = done;
    pending_.progress.evaluate_count = count;
  });
}

void SnapshotMailbox::on_evaluation(const train::Evaluation& evaluation) {
  write([&] {
    pending_.evaluations.push_back(evaluation);
    appendLines(logLines(evaluation));
    evaluation_seconds_ = evaluation.eval_seconds;
    Progress& p = pending_.progress;
    p.evaluated = p.evaluate_count = 0;
    if (evaluation.epoch > 0) {  // the epoch is over
      p.position = {evaluation.epoch + 1, 0};
      p.examples = 0;
    }
    estimate();
  });
}

void SnapshotMailbox::on_change(const train::SettingChange& change) {
  write([&] {
    pending_.changes.push_back(change);
    const auto* value = std::get_if<double>(&change.value);
    if (value && change.key == "log-interval") log_interval_ = static_cast<int>(*value);
    if (value && change.key == "epochs") {
      pending_.progress.epochs = static_cast<int>(*value);
      estimate();
    }
    appendLines({changeLine(change)});
  });
}

void SnapshotMailbox::on_device(const train::DeviceChange& change) {
  write([&] {
    pending_.devices.push_back(change);
    Progress& p = pending_.progress;
    p.device = change.device;
    p.isa = change.isa;
    p.threads = change.threads;
    throughput_ = {};  // the speed of the other one says nothing here
    estimate();
  });
}

void SnapshotMailbox::on_device_refused(const std::string& sentence, const train::Execution& stays) {
  write([&] {
    pending_.refused = sentence;
    pending_.execution = stays;
  });
}

void SnapshotMailbox::on_notice(const std::string& sentence) {
  write([&] { pending_.notices.push_back(sentence); });
}

void SnapshotMailbox::on_resources(const train::Resources& resources) {
  write([&] { pending_.progress.resources = resources; });
}

void SnapshotMailbox::on_state(train::State state, const std::string& reason) {
  write([&] {
    pending_.states.push_back({runState(state), reason});
    if (state != train::State::Evaluating) pending_.progress.evaluated = pending_.progress.evaluate_count = 0;
    if (state == train::State::Finished) pending_.progress.fraction = 1;
  });
}

void SnapshotMailbox::on_weights(std::shared_ptr<const train::Weights> weights) {
  weights_wanted_.store(false);
  write([&] { pending_.weights = std::move(weights); });
}

void SnapshotMailbox::on_saved(const std::string& checkpoint) {
  write([&] { pending_.saved = checkpoint; });
}

void SnapshotMailbox::on_failure(std::shared_ptr<const train::Failure> failure) {
  write([&] { pending_.failure = std::move(failure); });
}

// Where a run that is only looked at stands.
void SnapshotMailbox::standAtEnd(const train::History& history) {
  Progress& p = pending_.progress;
  const train::Settings settings = history.settings();
  log_interval_ = settings.log_interval;
  p.epochs = settings.epochs;
  p.steps_per_epoch = history.start.steps_per_epoch;
  p.count = history.start.train_count;
  const int steps = static_cast<int>(history.losses.size());
  if (p.steps_per_epoch > 0) p.position = {1 + steps / p.steps_per_epoch, steps % p.steps_per_epoch};
  p.examples =
      std::min<std::int64_t>(p.count, std::int64_t{p.position.step} * history.start.settings.batch_size);
  estimate();
  if (history.end && history.end->state == train::State::Finished) p.fraction = 1;
}

// Steps that follow one another become one batch, so that a slow window costs memory for the numbers alone.
void SnapshotMailbox::appendLosses(const train::StepLosses& steps) {
  if (!pending_.losses.empty()) {
    LossBatch& last = pending_.losses.back();
    const int next = last.first_step + static_cast<int>(last.losses.size());
    if (last.epoch == steps.epoch && last.batch_size == steps.batch_size && next == steps.first_step) {
      last.losses.insert(last.losses.end(), steps.losses.begin(), steps.losses.end());
      last.seconds += steps.seconds;
      return;
    }
  }
  pending_.losses.push_back({steps.epoch,
                             steps.first_step,
                             steps.batch_size,
                             steps.first_examples,
                             {steps.losses.begin(), steps.losses.end()},
                             steps.seconds});
}

void SnapshotMailbox::appendLines(const std::vector<std::string>& lines) {
  pending_.log_lines.insert(pending_.log_lines.end(), lines.begin(), lines.end());
}

void SnapshotMailbox::estimate() {
  Progress& p = pending_.progress;
  const double total = static_cast<double>(p.epochs) * p.count;
  const double seen = static_cast<double>(p.position.epoch - 1) * p.count + static_cast<double>(p.examples);
  p.fraction = total > 0 ? std::clamp(seen / total, 0.0, 1.0) : 0.0;
  p.images_per_second = throughput_.imagesPerSecond();
  const int evaluations = std::max(0, p.epochs - p.position.epoch + 1);
  p.seconds_left = p.images_per_second > 0
                       ? std::max(0.0, total - seen) / p.images_per_second + evaluations * evaluation_seconds_
                       : -1.0;
}

}  // namespace synann::ui
