// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/step_runner.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <fmt/format.h>

namespace synann::compute::cuda {
namespace {

constexpr double kPieceSeconds = 0.05;
constexpr int kManySteps = 16;

UpdateForm update_form(const Optimiser& o) {
  return {.rule = o.kind == Optimiser::Kind::Adam    ? UpdateRule::Adam
                  : o.kind == Optimiser::Kind::AdamW ? UpdateRule::AdamW
                  : o.nesterov                       ? UpdateRule::Nesterov
                                                     : UpdateRule::Sgd,
          .momentum = static_cast<float>(o.momentum),
          .weight_decay = static_cast<float>(o.weight_decay),
          .beta2 = static_cast<float>(o.beta2),
          .new1 = static_cast<float>(1 - o.beta1),
          .new2 = static_cast<float>(1 - o.beta2),
          .epsilon = static_cast<float>(o.epsilon)};
}

StepNumbers step_numbers(const Optimiser& o, float rate, std::int64_t count) {
  const auto step = static_cast<double>(count);
  return {.rate = rate,
          .correct1 = static_cast<float>(1 - std::pow(o.beta1, step)),
          .correct2 = static_cast<float>(std::sqrt(1 - std::pow(o.beta2, step)))};
}

// Samples of a step: the last batch of an epoch may be smaller.
int batch_count(const StepSpan& span, int step) {
  const std::size_t begin = static_cast<std::size_t>(step) * static_cast<std::size_t>(span.batch_size);
  return static_cast<int>(std::min(static_cast<std::size_t>(span.batch_size), span.order.size() - begin));
}

}  // namespace

int StepRunner::piece_length() const {
  if (step_seconds_ <= 0) return 1;
  return static_cast<int>(std::clamp(kPieceSeconds / step_seconds_, 1.0, double{kSpanSteps}));
}

Result<SpanResult> StepRunner::run(const StepSpan& span, const CancelFlag& cancel) {
  SpanResult result;
  network_.reserve(span.batch_size);
  if (span.optimiser.has_squares()) storage_.make_squares();
  int done = 0;
  while (done < span.step_count && !cancel.is_set()) {
    const int steps = std::min(piece_length(), span.step_count - done);
    const auto begun = std::chrono::steady_clock::now();
    begin_piece(span, done, steps);
    enqueue(span, done, steps);
    network_.finish_piece();
    const bool whole = end_piece(span, steps, result);
    if (auto status = storage_.memory.device().wait(); !status) return status.error();
    if (!whole) break;
    step_seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count() / steps;
    done += steps;
  }
  return result;
}

void StepRunner::begin_piece(const StepSpan& span, int first, int steps) {
  Control& c = *control_;
  c.seed = span.seed;
  c.epoch = span.epoch;
  c.step = span.first_step + first;
  c.done = c.apply = c.which = c.failed = c.current = c.pending = 0;
  c.trouble = Trouble::None;
  for (int k = 0; k < steps; ++k) {
    c.numbers[k] = step_numbers(span.optimiser, span.learning_rates[static_cast<std::size_t>(first + k)],
                                span.first_count + first + k + 1);
  }
  storage_.memory.device().upload(
      storage_.control.data(), &c,
      offsetof(Control, numbers) + static_cast<std::size_t>(steps) * sizeof(StepNumbers));
}

void StepRunner::enqueue(const StepSpan& span, int first, int steps) {
  StepForm form{.update = update_form(span.optimiser),
                .clip_norm = span.optimiser.clip_norm,
                .largest_loss = static_cast<float>(span.watch.largest_loss),
                .dropout = span.dropout,
                .headroom = span.watch.headroom,
                .frozen = !span.frozen.empty(),
                .batch_size = span.batch_size,
                .count = span.batch_size};
  const int last = batch_count(span, span.first_step + first + steps - 1);
  run_full_batches(form, last == span.batch_size ? steps : steps - 1);
  if (last == span.batch_size) return;
  form.count = last;
  network_.step(form);
}

void StepRunner::run_full_batches(const StepForm& form, int steps) {
  if (steps == 0) return;
  if (!find_recordings(form)) {
    for (int k = 0; k < steps; ++k) network_.step(form);
    return;
  }
  Device& device = storage_.memory.device();
  for (; steps >= kManySteps; steps -= kManySteps) device.replay(*many_);
  for (; steps > 0; --steps) device.replay(*one_);
}

// Whether there are recordings of this form. The first step of a form is done without: what is loaded on
// first use must not be loaded while recording.
bool StepRunner::find_recordings(const StepForm& form) {
  const bool known = recorded_ == form && generation_ == storage_.memory.generation();
  if (!known) {
    one_.reset(), many_.reset();
    recorded_ = form;
    generation_ = storage_.memory.generation();
    return false;
  }
  if (one_ != nullptr) return true;
  Device& device = storage_.memory.device();
  one_ = device.record([&] { network_.step(recorded_); });
  if (one_ != nullptr) {
    many_ = device.record([&] {
      for (int k = 0; k < kManySteps; ++k) network_.step(recorded_);
    });
  }
  if (many_ == nullptr) one_.reset();
  return one_ != nullptr;
}

// Reads what the steps left; whether all were done.
bool StepRunner::end_piece(const StepSpan&, int steps, SpanResult& result) {
  Control& c = *control_;
  Device& device = storage_.memory.device();
  const Control* there = storage_.control.data();
  device.download(&c, there, offsetof(Control, numbers));
  device.download(c.losses, there->losses, static_cast<std::size_t>(steps) * sizeof(float));
  if (!device.status()) return false;
  result.losses.insert(result.losses.end(), c.losses, c.losses + c.done);
  if (c.trouble == Trouble::None) return true;
  result.failure = NumericFailure{c.failed, describe(c)};
  return false;
}

std::string StepRunner::describe(const Control& c) const {
  switch (c.trouble) {
    case Trouble::Loss:
      return "the loss is not finite";
    case Trouble::LargeLoss:
      return fmt::format("the loss exploded to {:.4g}", c.value);
    case Trouble::Gradient:
      return fmt::format("the gradient of {} is not finite",
                         storage_.watched[static_cast<std::size_t>(c.which)]->name);
    case Trouble::Headroom:
      return fmt::format("the headroom min(1 − βx) of {} fell to {:.4g}",
                         storage_.model.layers[static_cast<std::size_t>(c.which)].name, c.value);
    case Trouble::None:
      break;
  }
  return {};
}

}  // namespace synann::compute::cuda
