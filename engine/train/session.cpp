// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/session.h"

#include <algorithm>
#include <fmt/format.h>

#include "engine/compute/batch.h"
#include "engine/core/version.h"
#include "engine/data/family.h"
#include "engine/train/frozen_cells.h"
#include "engine/train/own_model.h"
#include "engine/train/resume.h"
#include "engine/train/run_needs.h"
#include "engine/train/session_impl.h"
#include "engine/train/training_part.h"

namespace synann::train {
namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(50);  // a signal handler cannot wake a paused session

}  // namespace

// Training images held back never reach the back end's training set; the digest stays that of the whole data.
Status Session::Impl::split_data() {
  auto part = training_part(options_.data, settings());
  if (!part) return part.error();
  options_.data = std::move(*part);
  return {};
}

Status Session::Impl::take_up() {
  auto plan = plan_resume({.checkpoint = options_.resume,
                           .folder = options_.folder,
                           .data = options_.data,
                           .otherwise = options_.settings.data,
                           .asked = options_.asked,
                           .fresh_optimiser = options_.fresh_optimiser});
  if (!plan) return plan.error();
  for (const std::string& note : plan->notes) observer_.on_notice(note);
  lock_ = std::move(plan->lock);
  options_.resume = std::move(plan->checkpoint);
  options_.data = std::move(plan->data);
  checkpoint_ = std::move(plan->loaded.checkpoint);
  model_ = std::move(plan->loaded.model);
  past_ = std::move(plan->history);
  measured_start_ = !plan->begins;
  return {};
}

Status Session::Impl::build_model() {
  const data::DataPair& data = *options_.data;
  settings() = options_.settings;
  if (auto status = validate(settings()); !status) return status;
  auto built = train::build_model(settings(), data.train.rows, data.train.columns, data.train.classes);
  if (!built) return built.error();
  model_ = std::make_shared<const model::Model>(std::move(*built));
  checkpoint_.data_sha256 = data.sha256;
  checkpoint_.class_names = data::names_beyond_numbers(data.class_names, data.train.classes);
  checkpoint_.rows = data.train.rows;
  checkpoint_.columns = data.train.columns;
  checkpoint_.classes = data.train.classes;
  checkpoint_.state = model::initialise(*model_, settings().seed);
  return {};
}

Status Session::Impl::take_lock() {
  auto lock = FolderLock::take(options_.folder);
  if (!lock) return lock.error();
  if (!lock->warning().empty()) observer_.on_notice(lock->warning());
  lock_ = std::move(*lock);
  return {};
}

// Batch norm needs two samples at least: of one it makes zeros, whatever the sample is.
Status Session::Impl::check_batches() {
  if (!has_batch_norm(*model_)) return {};
  if (settings().batch_size == 1 || train_count() == 1) {
    return Error{
        .where = settings().batch_size == 1 ? "--batch-size" : options_.data->name,
        .problem = fmt::format("a batch of one sample cannot be trained: {} has batch norm", model_->id),
        .expected = "at least 2 samples",
        .found = "1"};
  }
  if (left_out() > 0) {
    observer_.on_notice(fmt::format(
        "the last batch of each epoch would be a single sample, which batch norm cannot take, so each epoch "
        "leaves one of the {} training samples out, another one each time",
        train_count()));
  }
  return {};
}

Status Session::Impl::open_folder() {
  if (options_.folder.empty()) return {};
  auto folder =
      RunFolder::open(std::move(*lock_), options_.folder,
                      {options_.resume, options_.fresh_optimiser, std::exchange(past_, std::nullopt)},
                      start_info(), checkpoint_, *model_, options_.record);
  if (!folder) return folder.error();
  folder_ = std::move(*folder);
  epoch_seconds_ = folder_->epoch_seconds();
  // A run that was left before its first measurement makes it now.
  if (at() == Position{} && !folder_->measured_start()) measured_start_ = false;
  if (!folder_->note().empty()) observer_.on_notice(folder_->note());
  return record(true);
}

// Where a run goes on in its own folder the lock comes first, else last: nothing is made for a run that
// cannot begin.
Status Session::Impl::prepare() {
  const bool writes = !options_.folder.empty(), resumes = !options_.resume.empty();
  if (auto status = options_.replay ? begin_replay() : resumes ? take_up() : build_model(); !status)
    return status;
  if (auto status = split_data(); !status) return status;
  auto frozen = frozen_places(*model_, settings().frozen);
  if (!frozen) return frozen.error();
  frozen_ = std::move(*frozen);
  if (auto status = check_batches(); !status) return status;
  // As a new optimiser of PyTorch would, Adam counts its steps anew; SGD has no count.
  if (resumes && options_.fresh_optimiser && settings().optimizer.starts_with("adam"))
    checkpoint_.optimiser_begun = steps_done();
  const RunNeeds needs = run_needs(*model_, settings(), writes ? options_.record.bytes : 0);
  if (const std::string words = needs_note(needs, options_.folder); !words.empty())
    observer_.on_notice(words);
  if (options_.start_paused) goal_ = Goal::Wait;
  auto backend = make_backend(options_.execution);
  if (!backend) return backend.error();
  backend_ = std::move(*backend);
  told_backend_ = backend_->info();
  if (auto status = backend_->load(checkpoint_.state); !status) return status;
  if (writes && !lock_) {
    if (auto status = take_lock(); !status) return status;
  }
  return open_folder();
}

// The records' frames where the run stands: those that are due, or in any case where it begins, waits or
// ends.
Status Session::Impl::record(bool always) {
  const std::int64_t steps = steps_done();
  if (!folder_ || !(always || folder_->record_due(steps))) return {};
  if (auto status = backend_->fetch(checkpoint_.state); !status) return status;
  const Position position{static_cast<int>(steps / steps_per_epoch()) + 1,
                          static_cast<int>(steps % steps_per_epoch())};
  return folder_->record({.position = position, .steps = steps}, *model_, checkpoint_.state.values, always);
}

Status Session::Impl::offer_weights() {
  if (!observer_.wants_weights()) return {};
  if (auto status = backend_->fetch(checkpoint_.state); !status) return status;
  observer_.on_weights(std::make_shared<const Weights>(
      Weights{.position = at(), .steps = steps_done(), .model = model_, .values = checkpoint_.state.values}));
  return {};
}

StartInfo Session::Impl::start_info() const {
  const auto info = backend_->info();
  const data::DataPair& data = *options_.data;
  std::size_t parameters = model_->parameters.trained_count();
  for (const Parameter& p : model_->parameters.all()) parameters += p.role == Role::Unused ? p.size() : 0;
  return {.settings = settings(),
          .data_name = data.name,
          .data_sha256 = data.sha256,
          .train_count = train_count(),
          .test_count = data.test.count(),
          .steps_per_epoch = steps_per_epoch(),
          .parameter_count = static_cast<int>(parameters),
          .device = info.device,
          .tier = info.tier,
          .isa = info.isa,
          .threads = info.threads,
          .device_note = info.note,
          .position = at(),
          .folder = options_.folder.string(),
          .left_out = left_out(),
          .version = kVersion,
          .commit = kCommit,
          .ranks = info.ranks};
}

void Session::Impl::set_state(State state, const std::string& reason) {
  if (told_ == state && reason.empty()) return;
  told_ = state;
  observer_.on_state(state, reason);
}

// A value out of range is refused by leaving the old one; the window's fields and the command line check
// before.
Status Session::Impl::change_setting(const Command& command) {
  const std::string& key = command.key;
  if (!is_live(key)) return {};
  SettingValue value = command.value;
  const double* const number = std::get_if<double>(&value);
  const int begun = at().step > 0 ? at().epoch : at().epoch - 1;
  if (key == "epochs" && number && *number >= 1 && *number < begun) {
    observer_.on_notice(fmt::format("epoch {} has begun: the run ends with it", begun));
    value = static_cast<double>(begun);
  }
  Settings changed = settings();
  if (!apply_setting(changed, key, value) || !validate(changed) || changed == settings()) return {};
  adopt_settings(checkpoint_, changed);
  const SettingChange change{.position = at(), .key = key, .value = value};
  observer_.on_change(change);
  return folder_ ? folder_->append(change) : Status{};
}

Status Session::Impl::obey(const Command& command) {
  switch (command.kind) {
    case Command::Kind::Train:
      goal_ = Goal::End;
      break;
    case Command::Kind::Pause:
      goal_ = Goal::Wait;
      break;
    case Command::Kind::StepBatch:
      goal_ = Goal::Step;
      break;
    case Command::Kind::StepEpoch:
      goal_ = Goal::Epoch;
      break;
    case Command::Kind::Set:
      return change_setting(command);
  }
  return {};
}

Status Session::Impl::obey_commands() {
  // Cleared before the queue is read: a command posted meanwhile sets it again.
  if (!stop_.load()) cancel_.clear();
  std::deque<Command> commands;
  {
    const std::lock_guard lock(mutex_);
    commands.swap(commands_);
  }
  // An epoch is measured with the settings that its last step was made with, also where it is trained again.
  const bool due = measured_start_ && at().step >= steps_per_epoch();
  commands.insert(commands.begin(), held_back_.begin(), held_back_.end());
  held_back_.clear();
  for (const Command& command : commands) {
    if (due && command.kind == Command::Kind::Set) {
      held_back_.push_back(command);
      continue;
    }
    if (auto status = obey(command); !status) return status;
  }
  return {};
}

void Session::Impl::wait_for_command() {
  std::unique_lock lock(mutex_);
  if (commands_.empty() && !stop_.load()) wake_.wait_for(lock, kLookAgain);
}

Result<State> Session::Impl::run() {
  observer_.on_start(start_info());
  if (folder_ && folder_->resumed()) observer_.on_resume(*folder_->resumed());
  tell_resources();
  while (true) {
    if (auto status = obey_commands(); !status) return fail(status.error());
    if (stop_.load()) return end(State::Stopped, "stopped by you");
    if (options_.replay) {
      if (auto status = follow_replay(); !status) return fail(status.error());
      if (replay_done()) return end_replay();
    } else if (at().epoch > settings().epochs || !criterion_.empty()) {
      return end(State::Finished, criterion_);
    }
    if (auto status = switch_device(); !status) return fail(status.error());
    if (goal_ == Goal::Wait) {
      // Told first, saved then: a person who pauses sees it at once, whatever the disk is doing.
      const bool just_now = told_ != State::Paused;
      set_state(State::Paused);
      if (just_now) {
        if (auto status = pause(); !status) return fail(status.error());
      }
      if (auto status = offer_weights(); !status) return fail(status.error());
      wait_for_command();
      continue;
    }
    const bool evaluation_due = !measured_start_ || at().step >= steps_per_epoch();
    set_state(evaluation_due ? State::Evaluating : State::Training);
    if (auto status = evaluation_due ? evaluate() : train_span(); !status) return fail(status.error());
  }
}

Status Session::Impl::pause() {
  if (folder_) {
    if (auto status = folder_->append(Pause{at()}); !status) return status;
  }
  if (auto status = record(true); !status) return status;
  return save(false);
}

// A checkpoint that could not be read again must not replace one that can.
Status Session::Impl::check_finite() {
  const model::State& state = checkpoint_.state;
  const Parameter* bad = compute::first_not_finite(*model_, state.values);
  if (!bad && compute::all_finite(state.momenta) && compute::all_finite(state.squares)) return {};
  const FaultPlace measured =
      options_.data->validation.count() > 0 ? FaultPlace::Validation : FaultPlace::Test;
  if (bad) fault_ = at().step < steps_per_epoch() ? FaultPlace::Step : measured;
  return Error{.kind = ErrorKind::Failed,
               .where = fmt::format("epoch {}, after step {}", at().epoch, at().step),
               .problem = fmt::format("{} holds a number that is not finite",
                                      bad ? bad->name : std::string("the optimiser's state")),
               .remedy = "it is not saved; lower the learning rate and resume from the last checkpoint"};
}

Status Session::Impl::save(bool best) {
  tell_resources();
  if (!folder_) return {};
  if (auto status = backend_->fetch(checkpoint_.state); !status) return status;
  if (auto status = check_finite(); !status) return status;
  if (at().step > 0) {
    const EpochTime time{.position = at(), .seconds = epoch_seconds_};
    if (auto status = folder_->append(time); !status) return status;
  }
  if (auto status = folder_->save(checkpoint_, *model_, best); !status) return status;
  saved_at_ = Clock::now();
  observer_.on_saved(folder_->last_checkpoint().string());
  return {};
}

Result<State> Session::Impl::end(State state, const std::string& reason) {
  if (auto status = record(true); !status) return fail(status.error());
  if (auto status = save(false); !status) return fail(status.error());
  if (folder_) {
    if (auto status = folder_->append(End{at(), state, reason}); !status) return fail(status.error());
  }
  set_state(state, reason);
  return state;
}

// The checkpoint stays as it was saved last. Where the disk is what failed, the history cannot tell either.
Result<State> Session::Impl::fail(const Error& error) {
  const std::string reason = error.sentence();
  if (fault_ != FaultPlace::None) hand_over_failure(reason);
  if (folder_) (void)folder_->append(End{at(), State::Failed, reason, fault_});
  set_state(State::Failed, reason);
  return error;
}

// The update that broke was not made, so what the back end holds is what it broke with. It costs nothing
// before: the numbers are fetched here alone, and recorded for whoever opens the run later.
void Session::Impl::hand_over_failure(const std::string& reason) {
  if (!backend_->fetch(checkpoint_.state)) return;
  (void)record(true);
  Failure failure{.place = fault_,
                  .position = at(),
                  .steps = steps_done(),
                  .reason = reason,
                  .settings = settings(),
                  .data = options_.data};
  failure.weights = std::make_shared<const Weights>(
      Weights{.position = at(), .steps = failure.steps, .model = model_, .values = checkpoint_.state.values});
  observer_.on_failure(std::make_shared<const Failure>(std::move(failure)));
}

Result<std::unique_ptr<Session>> Session::create(SessionOptions options, Observer& observer) {
  // The history is read from other folders too.
  if (options.data && !options.data->location.empty()) options.settings.data = options.data->location;
  auto impl = std::make_unique<Impl>(std::move(options), observer);
  if (auto status = impl->prepare(); !status) return status.error();
  return std::unique_ptr<Session>(new Session(std::move(impl)));
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;
Result<State> Session::run() {
  return impl_->run();
}
std::optional<History> Session::take_history() {
  return impl_->take_history();
}
LoadedCheckpoint Session::take_state() {
  return impl_->take_state();
}
void Session::post(Command command) {
  impl_->post(command);
}
void Session::request_device(const Execution& execution) {
  impl_->request_device(execution);
}
void Session::request_stop() noexcept {
  impl_->request_stop();
}

}  // namespace synann::train
