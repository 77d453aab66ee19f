// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/compute/backend.h"
#include "engine/train/run_folder.h"
#include "engine/train/session.h"

// Private to session*.cpp.
namespace synann::train {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// What the person wants the session to reach before it waits again.
enum class Goal { Wait, Step, Epoch, End };

// The state machine of a run: session.cpp opens, obeys and saves; session_epoch.cpp trains and
// measures; session_replay.cpp makes steps again.
class Session::Impl {
 public:
  Impl(SessionOptions options, Observer& observer) : options_(std::move(options)), observer_(observer) {}

  Status prepare();
  Result<State> run();

  void post(Command command) {
    const bool interrupt = command.kind == Command::Kind::Pause;
    {
      const std::lock_guard lock(mutex_);
      commands_.push_back(command);
    }
    if (interrupt) cancel_.set();
    wake_.notify_one();
  }

  void request_device(const Execution& execution) {
    {
      const std::lock_guard lock(mutex_);
      wanted_execution_ = execution;
    }
    wake_.notify_one();
  }

  std::optional<History> take_history() { return folder_ ? folder_->take_past() : std::nullopt; }

  LoadedCheckpoint take_state() { return {.checkpoint = std::move(checkpoint_), .model = model_}; }

  void request_stop() noexcept {
    stop_.store(true);
    cancel_.set();
  }

 private:
  Status build_model();
  Status take_up();
  Status take_lock();
  Status begin_replay();
  bool replay_measures() const;
  bool replay_done() const;
  Status follow_replay();
  std::int64_t until_leg() const;
  Result<State> end_replay();
  Status check_batches();
  Status open_folder();
  Status split_data();
  StartInfo start_info() const;
  Result<std::unique_ptr<compute::Backend>> make_backend(const Execution& execution) const;
  Status switch_device();
  Status fall_back(const Error& error);
  Status tell_device();
  void refuse_device(Error error);
  void tell_resources();
  Status obey_commands();
  Status obey(const Command& command);
  Status change_setting(const Command& command);
  Status pause();
  void wait_for_command();
  int steps_of_span() const;
  Status train_span();
  Status take_losses(const StepLosses& losses);
  Status evaluate();
  Result<bool> measure(compute::EvaluationSet set, int count, double& loss, int& correct);
  std::string batch_words(int step) const;
  std::string met_criterion(const Evaluation& evaluation) const;
  Status fail_evaluation(const Evaluation& evaluation, FaultPlace set);
  Status finish_epoch(Evaluation evaluation);
  Status check_finite();
  Status save(bool best);
  Status record(bool always);
  Status offer_weights();
  Result<State> end(State state, const std::string& reason);
  Result<State> fail(const Error& error);
  void hand_over_failure(const std::string& reason);
  void set_state(State state, const std::string& reason = {});

  int train_count() const { return options_.data->train.count(); }
  // Samples of each epoch that would be a last batch of one, on which batch norm has nothing to normalise by.
  int left_out() const {
    return has_batch_norm(*model_) && train_count() % settings().batch_size == 1 ? 1 : 0;
  }
  int steps_per_epoch() const {
    return (train_count() - left_out() + settings().batch_size - 1) / settings().batch_size;
  }
  std::int64_t examples_seen() const {
    return std::int64_t{at().epoch - 1} * train_count() +
           std::min(std::int64_t{at().step} * settings().batch_size, std::int64_t{train_count()});
  }
  std::int64_t steps_done() const { return std::int64_t{at().epoch - 1} * steps_per_epoch() + at().step; }
  Settings& settings() { return checkpoint_.settings; }
  const Settings& settings() const { return checkpoint_.settings; }
  Position& at() { return checkpoint_.position; }
  const Position& at() const { return checkpoint_.position; }

  SessionOptions options_;
  Observer& observer_;
  std::shared_ptr<const model::Model> model_;
  std::unique_ptr<compute::Backend> backend_;
  // Where the run was before it moved, until an epoch has gone well at the new place.
  struct Earlier {
    std::unique_ptr<compute::Backend> backend;
    Execution execution;
    bool stepped = false;  // steps were done since
  };
  std::optional<Earlier> earlier_;
  compute::BackendInfo told_backend_;  // told last
  std::optional<FolderLock> lock_;     // until folder_ takes it over
  std::optional<HistoryFile> past_;    // the same
  std::optional<RunFolder> folder_;
  std::vector<std::uint32_t> frozen_;  // places of the cells that the settings freeze
  Checkpoint checkpoint_;              // its state is fetched from the back end only when it is saved

  Goal goal_ = Goal::End;
  std::optional<State> told_;
  std::vector<std::uint32_t> order_;  // of epoch order_epoch_
  int order_epoch_ = 0;
  double step_seconds_ = 0;              // smoothed, to size the next span
  double epoch_seconds_ = 0;             // training steps of this epoch
  double eval_seconds_ = 0;              // of the latest evaluation
  double total_seconds_ = 0;             // of training in all epochs this session finished
  std::string criterion_;                // why the run ends early
  FaultPlace fault_ = FaultPlace::None;  // where the numbers broke that end the run
  bool measured_start_ = false;
  std::size_t next_leg_ = 0;  // of a replay
  Clock::time_point saved_at_ = Clock::now();

  std::mutex mutex_;  // guards commands_ and wanted_execution_
  std::condition_variable wake_;
  std::deque<Command> commands_;
  std::deque<Command> held_back_;  // settings, until the evaluation of this epoch is made; not guarded
  std::optional<Execution> wanted_execution_;
  std::atomic<bool> stop_{false};
  compute::CancelFlag cancel_;
};

}  // namespace synann::train
