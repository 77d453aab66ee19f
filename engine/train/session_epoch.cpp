// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>
#include <utility>

#include "engine/core/memory_use.h"
#include "engine/core/random.h"
#include "engine/train/epoch_numbers.h"
#include "engine/train/rank_run.h"
#include "engine/train/session_impl.h"
#include "engine/train/work_clock.h"

namespace synann::train {
namespace {

constexpr double kSpanSeconds = 0.03;  // steps between two looks at the commands; a window needs 30 a second
constexpr double kAutosaveSeconds = 30.0;  // what a killed process loses at most

// The set on which the loss is NaN or infinite.
FaultPlace broken_loss(const Evaluation& e) {
  if (!std::isfinite(e.validation_loss)) return FaultPlace::Validation;
  return std::isfinite(e.test_loss) ? FaultPlace::None : FaultPlace::Test;
}

// Milliseconds are enough.
double unix_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count()) / 1000;
}

}  // namespace

// As many steps as fit between two looks at the commands, none beyond the epoch or a frame of the record.
int Session::Impl::steps_of_span() const {
  int steps = goal_ == Goal::Step ? 1
              : step_seconds_ > 0 ? static_cast<int>(kSpanSeconds / step_seconds_)
                                  : 1;
  steps = std::clamp(steps, 1, steps_per_epoch() - at().step);
  if (folder_) steps = static_cast<int>(std::min<std::int64_t>(steps, folder_->until_record(steps_done())));
  if (options_.replay) steps = static_cast<int>(std::min<std::int64_t>(steps, until_leg()));
  return steps;
}

Status Session::Impl::train_span() {
  if (order_epoch_ != at().epoch) {
    order_ = epoch_order(settings().seed, at().epoch, train_count());
    order_epoch_ = at().epoch;
  }
  const int steps = steps_of_span();
  std::vector<float> rates;
  for (int k = 0; k < steps; ++k) {
    rates.push_back(static_cast<float>(
        learning_rate(settings(), checkpoint_.plateau, at().epoch, at().step + k, steps_per_epoch())));
  }
  const std::int64_t examples = examples_seen();
  const WorkClock clock;
  auto result =
      backend_->run({.seed = settings().seed,
                     .epoch = at().epoch,
                     .first_step = at().step,
                     .step_count = steps,
                     .batch_size = settings().batch_size,
                     .order = order_,
                     .learning_rates = rates,
                     .optimiser = optimiser(settings()),
                     .first_count = std::max<std::int64_t>(0, steps_done() - checkpoint_.optimiser_begun),
                     .frozen = frozen_,
                     .augmentation = augmentation(settings()),
                     .watch = {.headroom = settings().watch_headroom}},
                    cancel_);
  if (!result) return fall_back(result.error());
  const auto done = static_cast<int>(result->losses.size());
  const double seconds = clock.seconds(step_seconds_ * done);
  if (done > 0) {
    const StepLosses losses{.epoch = at().epoch,
                            .first_step = at().step,
                            .batch_size = settings().batch_size,
                            .first_examples = examples,
                            .losses = result->losses,
                            .seconds = seconds};
    if (auto status = take_losses(losses); !status) return status;
  }
  if (result->failure) {
    fault_ = FaultPlace::Step;
    return Error{
        .kind = ErrorKind::Failed,
        .where = fmt::format("epoch {}, step {}", at().epoch, result->failure->step),
        .problem = fmt::format("{} ({})", result->failure->what, batch_words(result->failure->step)),
        .remedy = "the update was not made; lower the learning rate and resume from the last checkpoint"};
  }
  return seconds_since(saved_at_) > kAutosaveSeconds ? save(false) : Status{};
}

// Steps were made: counted, written down and told.
Status Session::Impl::take_losses(const StepLosses& losses) {
  const auto done = static_cast<int>(losses.losses.size());
  step_seconds_ =
      step_seconds_ > 0 ? 0.7 * step_seconds_ + 0.3 * losses.seconds / done : losses.seconds / done;
  epoch_seconds_ += losses.seconds;
  if (earlier_) earlier_->stepped = true;
  for (const float loss : losses.losses) checkpoint_.epoch_loss_sum += static_cast<double>(loss);
  at().step += done;
  if (folder_) {
    if (auto status = folder_->append(losses); !status) return status;
  }
  observer_.on_steps(losses);
  if (auto status = record(false); !status) return status;
  if (auto status = offer_weights(); !status) return status;
  if (goal_ == Goal::Step) goal_ = Goal::Wait;
  return {};
}

// "the batch holds training images 5121, 33, 871, … 100 in all"
std::string Session::Impl::batch_words(int step) const {
  const auto begin = static_cast<std::size_t>(step) * static_cast<std::size_t>(settings().batch_size);
  const auto batch = std::span(order_).subspan(
      begin, std::min(static_cast<std::size_t>(settings().batch_size), order_.size() - begin));
  std::vector<std::uint32_t> shown;
  for (const std::uint32_t k : batch.first(std::min<std::size_t>(batch.size(), 5)))
    shown.push_back(options_.data->train_number(static_cast<int>(k)));
  return fmt::format("the batch holds training images {}{}", fmt::join(shown, ", "),
                     shown.size() < batch.size() ? fmt::format(", … {} in all", batch.size()) : "");
}

Result<bool> Session::Impl::measure(compute::EvaluationSet set, int count, double& loss, int& correct) {
  const auto measured = backend_->evaluate(set, settings().test_batch_size, cancel_,
                                           [&](int done) { observer_.on_evaluation_progress(done, count); });
  if (!measured) {
    if (auto status = fall_back(measured.error()); !status) return status.error();
    return false;  // measured again at the earlier place
  }
  if (measured->count < count) return false;  // interrupted: measured again when training goes on
  loss = measured->loss_sum / count;
  correct = measured->correct;
  return true;
}

Status Session::Impl::evaluate() {
  const WorkClock clock;
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
  e.eval_seconds = clock.seconds(eval_seconds_);
  eval_seconds_ = e.eval_seconds;
  if (measured_start_) {
    e.train_loss = checkpoint_.epoch_loss_sum / steps_per_epoch();
    e.learning_rate =
        learning_rate(settings(), checkpoint_.plateau, at().epoch, steps_per_epoch() - 1, steps_per_epoch());
    e.train_seconds = epoch_seconds_;
  }
  if (const FaultPlace set = broken_loss(e); set != FaultPlace::None) return fail_evaluation(e, set);
  if (backend_->fetch(checkpoint_.state))
    e.numbers = epoch_numbers(*backend_, *model_, checkpoint_.state, options_.data->train);
  e.unix_time = unix_now();
  if (measured_start_) return finish_epoch(e);
  measured_start_ = true;
  if (folder_) {
    if (auto status = folder_->append(e); !status) return status;
  }
  observer_.on_evaluation(e);
  return save(false);  // so that a run killed in its first epoch can be resumed
}

// The measurement is told and recorded as it is; nothing is saved, so the last checkpoint is one that works.
Status Session::Impl::fail_evaluation(const Evaluation& evaluation, FaultPlace set) {
  fault_ = set;
  if (folder_) {
    if (auto status = folder_->append(evaluation); !status) return status;
  }
  observer_.on_evaluation(evaluation);
  return Error{.kind = ErrorKind::Failed,
               .where = evaluation.epoch == 0 ? "before training" : fmt::format("epoch {}", evaluation.epoch),
               .problem = fmt::format("the loss on the {} set is not finite",
                                      set == FaultPlace::Test ? "test" : "validation"),
               .remedy = "lower the learning rate and resume from the last checkpoint"};
}

Status Session::Impl::finish_epoch(Evaluation evaluation) {
  evaluation.best = checkpoint_.best.beaten_by(evaluation);
  if (evaluation.best) {
    checkpoint_.best = {evaluation.epoch,
                        evaluation.validation_count > 0 ? evaluation.validation_correct : evaluation.correct,
                        evaluation.choosing_loss()};
  }
  checkpoint_.plateau.see(settings(), evaluation.choosing_loss());
  at() = {at().epoch + 1, 0};
  earlier_.reset();
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

// Where it is computed.

Result<std::unique_ptr<compute::Backend>> Session::Impl::make_backend(const Execution& execution) const {
  const compute::BackendRequest request{
      .device = execution.device, .tier = execution.tier, .threads = execution.threads};
  if (options_.ranks == nullptr) return options_.make_backend(request, model_, options_.data);
  return compute::make_ranked_backend(
      *options_.ranks, rank_run(settings(), *options_.data, execution),
      {.request = request, .model = model_, .data = options_.data, .batch_size = settings().batch_size});
}

// Between two epochs alone: the history then says of each epoch where it was computed.
Status Session::Impl::switch_device() {
  if (at().step != 0) return {};
  std::optional<Execution> wanted;
  {
    const std::lock_guard lock(mutex_);
    wanted = std::exchange(wanted_execution_, std::nullopt);
  }
  if (!wanted || *wanted == options_.execution) return {};
  if (auto status = backend_->fetch(checkpoint_.state); !status) return status;
  auto made = make_backend(*wanted);
  const Status loaded = made ? (*made)->load(checkpoint_.state) : Status(made.error());
  if (!loaded) {
    refuse_device(loaded.error());
    return {};
  }
  earlier_ = Earlier{std::exchange(backend_, std::move(*made)),
                     std::exchange(options_.execution, std::move(*wanted))};
  return tell_device();
}

// The device failed at the first work it was given, so the run goes on where it was before. Nothing is lost:
// a step that failed was not counted, and before the first one checkpoint_ holds the state.
Status Session::Impl::fall_back(const Error& error) {
  if (!earlier_) return error;
  // Where steps were done, a failing one may have left the state half moved; a measurement leaves it alone.
  if (earlier_->stepped && at().step < steps_per_epoch()) return error;
  if (earlier_->stepped && !backend_->fetch(checkpoint_.state)) return error;
  if (!earlier_->backend->load(checkpoint_.state)) return error;
  backend_ = std::move(earlier_->backend);
  options_.execution = earlier_->execution;
  earlier_.reset();
  refuse_device(error);
  return tell_device();
}

void Session::Impl::refuse_device(Error error) {
  error.where.clear();  // an option of the command line
  error.remedy.clear();
  observer_.on_device_refused(
      fmt::format("the run goes on on the {}: {}", backend_->info().device, error.sentence()),
      options_.execution);
}

Status Session::Impl::tell_device() {
  step_seconds_ = 0;  // the first span is one step: nobody knows how fast it is here
  const auto info = backend_->info();
  const DeviceChange change{.position = at(),
                            .device = info.device,
                            .tier = info.tier,
                            .isa = info.isa,
                            .threads = info.threads,
                            .note = info.note};
  tell_resources();
  // Another name for the place where the run is already changes nothing: "auto" that chooses the CPU.
  const bool same = info.device == told_backend_.device && info.tier == told_backend_.tier &&
                    info.isa == told_backend_.isa && info.threads == told_backend_.threads;
  told_backend_ = info;
  if (same) return {};
  observer_.on_device(change);
  return folder_ ? folder_->append(change) : Status{};
}

void Session::Impl::tell_resources() {
  const auto info = backend_->info();
  Resources resources{.memory_used = info.memory_used, .memory_total = info.memory_bytes};
  if (resources.memory_total == 0) {
    const MemoryUse use = memory_use();
    resources.memory_used = use.used;
    resources.memory_total = use.total;
  }
  if (folder_) resources.record_bytes = folder_->record_bytes();
  observer_.on_resources(resources);
}

}  // namespace synann::train
