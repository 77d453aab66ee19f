// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/session.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <mutex>
#include <numeric>
#include <optional>

#include "engine/compute/backend.h"
#include "engine/core/random.h"
#include "engine/data/registry.h"
#include "engine/train/run_folder.h"

namespace synann::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSpanSeconds = 0.03;  // steps between two looks at the commands; a window needs 30 a second
constexpr double kAutosaveSeconds = 30.0;                   // what a killed process loses at most
constexpr auto kLookAgain = std::chrono::milliseconds(50);  // a signal handler cannot wake a paused session

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// What the person wants the session to reach before it waits again.
enum class Goal { Wait, Step, Epoch, End };

Error other_data(const std::filesystem::path& resume, const std::string& expected, const std::string& found) {
  return {.where = resume.string(),
          .problem = "the run was trained on other data",
          .expected = fmt::format("SHA-256 {}…", expected.substr(0, 12)),
          .found = fmt::format("{}…", found.substr(0, 12)),
          .remedy = "choose the data set it was trained on"};
}

}  // namespace

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

  void request_stop() noexcept {
    stop_.store(true);
    cancel_.set();
  }

 private:
  Status load_model();
  void adopt(LoadedCheckpoint loaded);
  Status split_data();
  StartInfo start_info() const;
  void obey_commands();
  void obey(const Command& command);
  void wait_for_command();
  Status train_span();
  Status evaluate();
  Result<bool> measure(compute::EvaluationSet set, int count, double& loss, int& correct);
  std::string met_criterion(const Evaluation& evaluation) const;
  Status finish_epoch(Evaluation evaluation);
  Status save(bool best);
  Result<State> end(State state, const std::string& reason);
  Result<State> fail(const Error& error);
  void set_state(State state, const std::string& reason = {});

  int train_count() const { return options_.data->train.count(); }
  int steps_per_epoch() const { return (train_count() + settings().batch_size - 1) / settings().batch_size; }
  std::int64_t examples_seen() const {
    return std::int64_t{at().epoch - 1} * train_count() +
           std::min(std::int64_t{at().step} * settings().batch_size, std::int64_t{train_count()});
  }
  Settings& settings() { return checkpoint_.settings; }
  const Settings& settings() const { return checkpoint_.settings; }
  Position& at() { return checkpoint_.position; }
  const Position& at() const { return checkpoint_.position; }

  SessionOptions options_;
  Observer& observer_;
  std::shared_ptr<const model::Model> model_;
  std::unique_ptr<compute::Backend> backend_;
  std::optional<RunFolder> folder_;
  Checkpoint checkpoint_;  // its state is fetched from the back end only when it is saved

  Goal goal_ = Goal::End;
  std::optional<State> told_;
  std::vector<std::uint32_t> order_;  // of epoch order_epoch_
  int order_epoch_ = 0;
  double step_seconds_ = 0;   // smoothed, to size the next span
  double epoch_seconds_ = 0;  // training steps of this epoch, this session
  double total_seconds_ = 0;  // of training in all epochs this session finished
  std::string criterion_;     // why the run ends early
  bool measured_start_ = false;
  Clock::time_point saved_at_ = Clock::now();

  std::mutex mutex_;  // guards commands_
  std::condition_variable wake_;
  std::deque<Command> commands_;
  std::atomic<bool> stop_{false};
  compute::CancelFlag cancel_;
};

// A checkpoint brings its own settings; only the data's place and the number of epochs are the caller's. A
// bare state dict brings nothing but its model and its numbers.
void Session::Impl::adopt(LoadedCheckpoint loaded) {
  const Settings asked = options_.settings;
  const bool bare = loaded.checkpoint.data_sha256.empty();
  checkpoint_ = std::move(loaded.checkpoint);
  model_ = std::move(loaded.model);
  if (bare) {
    const std::string model = settings().model;
    settings() = asked;
    settings().model = model;
    checkpoint_.data_sha256 = options_.data->sha256;
  }
  settings().data = asked.data;
  settings().epochs = asked.epochs;
  measured_start_ = !bare;
}

// Training images held back never reach the back end's training set; the digest stays that of the whole data.
Status Session::Impl::split_data() {
  const int count = settings().validation, all = options_.data->train.count();
  if (count == 0) return {};
  if (count >= all) {
    return Error{.where = "--validation",
                 .problem = "leaves nothing to train on",
                 .expected = fmt::format("fewer than {} images", all),
                 .found = fmt::format("{}", count)};
  }
  options_.data = data::hold_back(*options_.data, count);
  return {};
}

Status Session::Impl::load_model() {
  const data::DataPair& data = *options_.data;
  if (!options_.resume.empty()) {
    auto loaded = read_checkpoint(options_.resume);
    if (!loaded) return loaded.error();
    if (!loaded->checkpoint.data_sha256.empty() && loaded->checkpoint.data_sha256 != data.sha256)
      return other_data(options_.resume, loaded->checkpoint.data_sha256, data.sha256);
    adopt(std::move(*loaded));
    return {};
  }
  settings() = options_.settings;
  if (auto status = validate(settings()); !status) return status;
  auto built = model::build(settings().model, data.train.rows, data.train.columns, data.train.classes,
                            synapse_options(settings()));
  if (!built) return built.error();
  model_ = std::make_shared<const model::Model>(std::move(*built));
  checkpoint_.data_sha256 = data.sha256;
  checkpoint_.rows = data.train.rows;
  checkpoint_.columns = data.train.columns;
  checkpoint_.classes = data.train.classes;
  checkpoint_.state = model::initialise(*model_, settings().seed);
  return {};
}

Status Session::Impl::prepare() {
  if (auto status = load_model(); !status) return status;
  if (auto status = split_data(); !status) return status;
  if (options_.start_paused) goal_ = Goal::Wait;
  auto backend = compute::make_backend({.device = options_.execution.device,
                                        .tier = options_.execution.tier,
                                        .threads = options_.execution.threads},
                                       model_, options_.data);
  if (!backend) return backend.error();
  backend_ = std::move(*backend);
  if (auto status = backend_->load(checkpoint_.state); !status) return status;
  if (options_.folder.empty()) return {};
  auto folder = RunFolder::open(options_.folder, options_.resume, start_info());
  if (!folder) return folder.error();
  folder_ = std::move(*folder);
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
          .position = at(),
          .folder = options_.folder.string()};
}

void Session::Impl::set_state(State state, const std::string& reason) {
  if (told_ == state && reason.empty()) return;
  told_ = state;
  observer_.on_state(state, reason);
}

void Session::Impl::obey(const Command& command) {
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
    // A value out of range is refused by leaving the old one; the window's fields and the command line check
    // before.
    case Command::Kind::SetLearningRate:
    case Command::Kind::SetMomentum:
    case Command::Kind::SetEpochs: {
      Settings changed = settings();
      set_setting(changed,
                  command.kind == Command::Kind::SetEpochs     ? "epochs"
                  : command.kind == Command::Kind::SetMomentum ? "momentum"
                                                               : "lr",
                  command.value);
      if (validate(changed)) settings() = changed;
      break;
    }
  }
}

void Session::Impl::obey_commands() {
  // Cleared before the queue is read: a command posted meanwhile sets it again.
  if (!stop_.load()) cancel_.clear();
  std::deque<Command> commands;
  {
    const std::lock_guard lock(mutex_);
    commands.swap(commands_);
  }
  for (const Command& command : commands) obey(command);
}

void Session::Impl::wait_for_command() {
  std::unique_lock lock(mutex_);
  while (commands_.empty() && !stop_.load()) wake_.wait_for(lock, kLookAgain);
}

Result<State> Session::Impl::run() {
  observer_.on_start(start_info());
  while (true) {
    obey_commands();
    if (stop_.load()) return end(State::Stopped, "stopped by you");
    if (at().epoch > settings().epochs || !criterion_.empty()) return end(State::Finished, criterion_);
    if (goal_ == Goal::Wait) {
      // Told first, saved then: a person who pauses sees it at once, whatever the disk is doing.
      const bool just_now = told_ != State::Paused;
      set_state(State::Paused);
      if (just_now) {
        if (auto status = save(false); !status) return fail(status.error());
      }
      wait_for_command();
      continue;
    }
    const bool evaluation_due = !measured_start_ || at().step >= steps_per_epoch();
    set_state(evaluation_due ? State::Evaluating : State::Training);
    if (auto status = evaluation_due ? evaluate() : train_span(); !status) return fail(status.error());
  }
}

Status Session::Impl::train_span() {
  if (order_epoch_ != at().epoch) {
    order_ = epoch_order(settings().seed, at().epoch, train_count());
    order_epoch_ = at().epoch;
  }
  int steps = goal_ == Goal::Step ? 1
              : step_seconds_ > 0 ? static_cast<int>(kSpanSeconds / step_seconds_)
                                  : 1;
  steps = std::clamp(steps, 1, steps_per_epoch() - at().step);
  const std::vector<float> rates(static_cast<std::size_t>(steps),
                                 static_cast<float>(settings().learning_rate));
  const std::int64_t examples = examples_seen();
  const auto begun = Clock::now();
  auto result = backend_->run({.seed = settings().seed,
                               .epoch = at().epoch,
                               .first_step = at().step,
                               .step_count = steps,
                               .batch_size = settings().batch_size,
                               .order = order_,
                               .learning_rates = rates,
                               .optimiser = optimiser(settings()),
                               .first_count = std::int64_t{at().epoch - 1} * steps_per_epoch() + at().step,
                               .watch = {.headroom = settings().watch_headroom}},
                              cancel_);
  if (!result) return result.error();
  const double seconds = seconds_since(begun);
  const auto done = static_cast<int>(result->losses.size());
  if (done > 0) {
    const StepLosses losses{.epoch = at().epoch,
                            .first_step = at().step,
                            .batch_size = settings().batch_size,
                            .first_examples = examples,
                            .losses = result->losses,
                            .seconds = seconds};
    step_seconds_ = step_seconds_ > 0 ? 0.7 * step_seconds_ + 0.3 * seconds / done : seconds / done;
    epoch_seconds_ += seconds;
    for (const float loss : result->losses) checkpoint_.epoch_loss_sum += static_cast<double>(loss);
    at().step += done;
    if (folder_) {
      if (auto status = folder_->append(losses); !status) return status;
    }
    observer_.on_steps(losses);
    if (goal_ == Goal::Step) goal_ = Goal::Wait;
  }
  if (result->failure) {
    return Error{
        .kind = ErrorKind::Failed,
        .where = fmt::format("epoch {}, step {}", at().epoch, result->failure->step),
        .problem = result->failure->what,
        .remedy = "the update was not made; lower the learning rate and resume from the last checkpoint"};
  }
  return seconds_since(saved_at_) > kAutosaveSeconds ? save(false) : Status{};
}

Result<bool> Session::Impl::measure(compute::EvaluationSet set, int count, double& loss, int& correct) {
  const auto measured = backend_->evaluate(set, settings().test_batch_size, cancel_,
                                           [&](int done) { observer_.on_evaluation_progress(done, count); });
  if (!measured) return measured.error();
  if (measured->count < count) return false;  // interrupted: measured again when training goes on
  loss = measured->loss_sum / count;
  correct = measured->correct;
  return true;
}

Status Session::Impl::evaluate() {
  const auto begun = Clock::now();
  Evaluation e{.epoch = measured_start_ ? at().epoch : 0,
               .examples = examples_seen(),
               .count = options_.data->test.count(),
               .validation_count = options_.data->validation.count()};
  if (e.validation_count > 0) {
    const auto done = measure(compute::EvaluationSet::Validation, e.validation_count, e.validation_loss,
                              e.validation_correct);
    if (!done) return done.error();
    if (!*done) return {};
  }
  const auto done = measure(compute::EvaluationSet::Test, e.count, e.test_loss, e.correct);
  if (!done) return done.error();
  if (!*done) return {};
  e.eval_seconds = seconds_since(begun);
  if (measured_start_) return finish_epoch(e);
  measured_start_ = true;
  if (folder_) {
    if (auto status = folder_->append(e); !status) return status;
  }
  observer_.on_evaluation(e);
  return {};
}

Status Session::Impl::finish_epoch(Evaluation evaluation) {
  evaluation.train_loss = checkpoint_.epoch_loss_sum / steps_per_epoch();
  evaluation.learning_rate =
      learning_rate(settings(), checkpoint_.plateau, at().epoch, steps_per_epoch() - 1, steps_per_epoch());
  evaluation.train_seconds = epoch_seconds_;
  evaluation.best = checkpoint_.best.beaten_by(evaluation);
  if (evaluation.best) {
    checkpoint_.best = {evaluation.epoch,
                        evaluation.validation_count > 0 ? evaluation.validation_correct : evaluation.correct,
                        evaluation.choosing_loss()};
  }
  checkpoint_.plateau.see(settings(), evaluation.choosing_loss());
  at() = {at().epoch + 1, 0};
  checkpoint_.epoch_loss_sum = 0;
  total_seconds_ += std::exchange(epoch_seconds_, 0);
  if (goal_ == Goal::Epoch) goal_ = Goal::Wait;
  if (folder_) {
    if (auto status = folder_->append(evaluation); !status) return status;
  }
  observer_.on_evaluation(evaluation);
  criterion_ = met_criterion(evaluation);
  return save(evaluation.best);
}

// Why the run ends before its last epoch, in words; empty when it goes on.
std::string Session::Impl::met_criterion(const Evaluation& e) const {
  const Settings& s = settings();
  if (s.target_accuracy > 0 && e.choosing_accuracy() >= s.target_accuracy) {
    return fmt::format("the target accuracy of {} % is reached", s.target_accuracy);
  }
  if (s.patience > 0 && e.epoch - checkpoint_.best.epoch >= s.patience) {
    return fmt::format("no better accuracy for {} epochs", s.patience);
  }
  if (s.minutes > 0 && total_seconds_ >= 60 * s.minutes)
    return fmt::format("the time limit of {} minutes is over", s.minutes);
  return {};
}

Status Session::Impl::save(bool best) {
  if (!folder_) return {};
  if (auto status = backend_->fetch(checkpoint_.state); !status) return status;
  if (auto status = folder_->save(checkpoint_, *model_, best); !status) return status;
  saved_at_ = Clock::now();
  observer_.on_saved(folder_->last_checkpoint().string());
  return {};
}

Result<State> Session::Impl::end(State state, const std::string& reason) {
  if (auto status = save(false); !status) return fail(status.error());
  set_state(state, reason);
  return state;
}

Result<State> Session::Impl::fail(const Error& error) {
  set_state(State::Failed, error.sentence());
  return error;
}

Result<std::unique_ptr<Session>> Session::create(SessionOptions options, Observer& observer) {
  auto impl = std::make_unique<Impl>(std::move(options), observer);
  if (auto status = impl->prepare(); !status) return status.error();
  return std::unique_ptr<Session>(new Session(std::move(impl)));
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;
Result<State> Session::run() {
  return impl_->run();
}
void Session::post(Command command) {
  impl_->post(command);
}
void Session::request_stop() noexcept {
  impl_->request_stop();
}

std::filesystem::path default_run_folder(const Settings& settings) {
  const auto home = data::user_data_folder();
  const std::string data =
      settings.data == "digits" ? "digits" : std::filesystem::path(settings.data).filename().string();
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::string name = fmt::format("{:%Y%m%d-%H%M%S}-{}-{}-s{}", fmt::gmtime(now), settings.model,
                                       data.empty() ? "data" : data, settings.seed);
  const auto runs = home ? *home / "runs" : std::filesystem::path("synann-runs");
  std::error_code ignored;
  auto folder = runs / name;
  for (int n = 2; std::filesystem::exists(folder, ignored); ++n)
    folder = runs / fmt::format("{}-{}", name, n);
  return folder;
}

}  // namespace synann::train
