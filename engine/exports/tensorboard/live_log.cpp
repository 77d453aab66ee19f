// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/tensorboard/live_log.h"

#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <system_error>
#include <utility>

#include "engine/core/append_file.h"
#include "engine/core/file.h"
#include "engine/exports/tensorboard/event_folder.h"
#include "engine/exports/tensorboard/event_log.h"
#include "engine/exports/tensorboard/passing_observer.h"
#include "engine/exports/tensorboard/run_curves.h"
#include "engine/exports/tensorboard/run_tensors.h"
#include "engine/infer/recorded.h"

namespace synann::exports::tensorboard {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kBetweenWrites{1};

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// The observer behind open_live_log().
class LiveLog final : public PassingObserver {
 public:
  LiveLog(AppendFile file, fs::path path, bool made_folder, LogStart resumed, train::Observer& other)
      : PassingObserver(other),
        file_(std::move(file)),
        path_(std::move(path)),
        made_folder_(made_folder),
        resumed_(resumed) {}
  LiveLog(const LiveLog&) = delete;
  LiveLog& operator=(const LiveLog&) = delete;
  ~LiveLog() override {
    write();
    if (begun_) return;
    std::error_code ignored;
    fs::remove(path_, ignored);
    if (made_folder_) fs::remove(path_.parent_path(), ignored);
  }

  void on_start(const train::StartInfo& start) override {
    start_ = start;
    const EventTime at = now(steps_at(start.position));
    if (!begun_) log_.begin(at.wall);
    begun_ = true;
    if (resumed_ == LogStart::Resumed) go_on(at);
    add_hyper_parameters(log_, at, start.settings, start.data_name);
    add_settings_table(log_, at, start.settings, start);
    PassingObserver::on_start(start);
  }

  void on_steps(const train::StepLosses& losses) override {
    const double end = seconds_now();
    const auto count = static_cast<double>(losses.losses.size());
    for (std::size_t k = 0; k < losses.losses.size(); ++k) {
      const double left = losses.seconds * (count - 1 - static_cast<double>(k)) / count;
      const std::int64_t step = steps_at({losses.epoch, losses.first_step + static_cast<int>(k)});
      log_.scalar({.step = step, .wall = end - left}, kStepLossTag, losses.losses[k]);
    }
    epoch_ended_ = losses.first_step + static_cast<int>(losses.losses.size()) == start_.steps_per_epoch;
    write_if_due();
    PassingObserver::on_steps(losses);
  }

  void on_evaluation(const train::Evaluation& evaluation) override {
    add_scalars(log_, now(steps_at({evaluation.epoch + 1, 0})), follower_.next(evaluation));
    write_if_due();
    PassingObserver::on_evaluation(evaluation);
  }

  bool wants_weights() override {
    write_if_due();
    const bool other = PassingObserver::wants_weights();
    return other || (epoch_ended_ && file_);
  }

  void on_weights(std::shared_ptr<const train::Weights> weights) override {
    if (epoch_ended_ && file_) add_weights(*weights);
    epoch_ended_ = false;
    PassingObserver::on_weights(std::move(weights));
  }

  void on_state(train::State state, const std::string& reason) override {
    const bool over =
        state == train::State::Finished || state == train::State::Stopped || state == train::State::Failed;
    if (over && begun_) {
      log_.session_end(now(last_step_), state == train::State::Finished ? SessionEnd::Success
                                        : state == train::State::Failed ? SessionEnd::Failure
                                                                        : SessionEnd::Unknown);
      write();
    }
    PassingObserver::on_state(state, reason);
  }

 private:
  std::int64_t steps_at(const train::Position& position) {
    return last_step_ = std::int64_t{position.epoch - 1} * start_.steps_per_epoch + position.step;
  }
  static EventTime now(std::int64_t step) { return {.step = step, .wall = seconds_now()}; }

  // What an earlier file has from this step on does not count any more. What was measured here still does,
  // and is told again; what the best accuracy was, and how long it took so far, is in the run's history.
  void go_on(const EventTime& at) {
    log_.restart(at);
    const auto history = train::read_history(start_.folder);
    if (!history) return;
    for (const train::Evaluation& e : history->evaluations) {
      const std::int64_t steps = history->steps_at({e.epoch + 1, 0});
      if (steps > at.step) break;
      const EpochScalars scalars = follower_.next(e);
      if (steps == at.step) add_scalars(log_, {steps, e.unix_time > 0 ? e.unix_time : at.wall}, scalars);
    }
    auto recorded = infer::RecordedNetworks::open(start_.folder);
    if (!recorded) return;
    const auto frame = recorded->at_or_before(at.step);
    if (!frame || at.step == 0 || recorded->steps()[*frame].steps != at.step) return;
    if (const auto network = recorded->read(*frame))
      add_weights({.position = start_.position,
                   .steps = at.step,
                   .model = network->model,
                   .values = *network->values});
  }

  void add_weights(const train::Weights& weights) {
    if (!tags_) tags_.emplace(*weights.model);
    const EventTime at = now(weights.steps);
    tags_->add_tensors(log_, at, weights.values);
    for (const TensorTags::Synapse& synapse : tags_->synapses())
      log_.histogram(
          at, synapse.tag,
          histogram_of(train::synapse_parameters(*weights.model, synapse.layer, weights.values).beta));
  }

  void write_if_due() {
    if (std::chrono::steady_clock::now() - written_ >= kBetweenWrites) write();
  }

  void write() {
    written_ = std::chrono::steady_clock::now();
    const std::string bytes = log_.take();
    if (!file_ || bytes.empty()) return;
    const Status status = file_->append(bytes);
    if (status) return;
    file_.reset();
    Error error = status.error();
    error.remedy.clear();  // training goes on
    on_notice(fmt::format("TensorBoard is told no more of this run: {}", error.sentence()));
  }

  std::optional<AppendFile> file_;  // nothing once a write has failed
  fs::path path_;
  bool made_folder_, begun_ = false, epoch_ended_ = false;
  LogStart resumed_;
  train::StartInfo start_;
  std::int64_t last_step_ = 0;
  EventLog log_;
  EpochFollower follower_;
  std::optional<TensorTags> tags_;
  std::chrono::steady_clock::time_point written_{};
};

}  // namespace

Result<std::unique_ptr<train::Observer>> open_live_log(const fs::path& folder, LogStart start,
                                                       train::Observer& other) {
  if (start == LogStart::New && has_event_files(folder))
    return input_error(folder.string(), "already holds event files of TensorBoard",
                       "name another folder for a new run");
  std::error_code code;
  const bool there = fs::exists(folder, code);
  fs::create_directories(folder, code);
  if (code) return write_error(folder, code.value());
  const auto begun = static_cast<std::int64_t>(seconds_now());
  fs::path path;
  for (int number = 0; path.empty() || fs::exists(path, code); ++number)
    path = folder / event_file_name(begun, number);
  auto file = AppendFile::open(path);
  if (!file) return file.error();
  return std::unique_ptr<train::Observer>(
      std::make_unique<LiveLog>(std::move(*file), path, !there, start, other));
}

}  // namespace synann::exports::tensorboard
