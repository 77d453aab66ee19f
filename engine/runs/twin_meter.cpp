// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/twin_meter.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <utility>

#include "engine/train/record.h"

namespace synann::runs {
namespace {

constexpr auto kLookForStop = std::chrono::milliseconds(20);

// At each of the first steps, then at ever fewer: what a figure can show.
bool distance_due(std::int64_t steps) {
  return steps <= 100 || (steps <= 1000 ? steps % 10 == 0 : steps % 100 == 0);
}

}  // namespace

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

SharedTensors shared_tensors(const model::Model& a, const model::Model& b) {
  const std::vector<std::string> beta = train::synapse_parameters(a);
  SharedTensors shared;
  std::size_t floats = 0;
  for (const Parameter& p : a.parameters.all()) {
    if (p.type != ElementType::F32) continue;
    const Parameter* const other = b.parameters.find(p.name);
    if (!other || other->type != p.type || other->shape != p.shape) continue;
    const bool is_beta =
        p.name.ends_with(".weight") && std::find(beta.begin(), beta.end(), p.name) != beta.end();
    shared.tensors.push_back({{p.offset, other->offset}, p.size(), is_beta});
    floats += p.size();
  }
  shared.all = floats == a.parameters.float_count() && floats == b.parameters.float_count();
  return shared;
}

TwinDistance distance_of(const SharedTensors& shared, std::int64_t steps, std::span<const float> a,
                         std::span<const float> b) {
  double beta = 0, all = 0;
  bool any_beta = false;
  for (const SharedTensors::Tensor& tensor : shared.tensors) {
    double sum = 0;
    for (std::size_t k = 0; k < tensor.size; ++k) {
      const double d =
          static_cast<double>(a[tensor.offset[0] + k]) - static_cast<double>(b[tensor.offset[1] + k]);
      sum += d * d;
    }
    all += sum;
    if (tensor.beta) beta += sum;
    any_beta = any_beta || tensor.beta;
  }
  TwinDistance distance{.steps = steps};
  if (any_beta) distance.beta = std::sqrt(beta);
  if (!shared.tensors.empty()) distance.shared = std::sqrt(all);
  return distance;
}

void TwinMeter::set_model(int side, std::shared_ptr<const model::Model> model) {
  const std::lock_guard lock(mutex_);
  models_[static_cast<std::size_t>(side)] = std::move(model);
  if (!models_[0] || !models_[1]) return;
  shared_ = shared_tensors(*models_[0], *models_[1]);
  trace_.same_parameters = shared_.all;
  wake_.notify_all();
}

bool TwinMeter::may_step(int side, const compute::CancelFlag& cancel) {
  const auto me = static_cast<std::size_t>(side), other = 1 - me;
  std::unique_lock lock(mutex_);
  const auto free = [&] {
    if (paused_) return false;
    if (ended_[other]) return true;
    return models_[other] && finished_[other] >= finished_[me];
  };
  // A signal handler cannot wake anybody, so the flag is looked at now and then.
  while (!cancel.is_set()) {
    if (wake_.wait_for(lock, kLookForStop, free)) return !cancel.is_set();
  }
  return false;
}

bool TwinMeter::wants_values(std::int64_t steps) const {
  return !shared_.tensors.empty() && ((shared_.all && !parameters_differ_) || distance_due(steps));
}

bool TwinMeter::add_loss(int side, float loss) {
  const auto me = static_cast<std::size_t>(side);
  bool wanted = false;
  {
    const std::lock_guard lock(mutex_);
    std::vector<float>& mine = trace_.runs[me].losses;
    const std::vector<float>& theirs = trace_.runs[1 - me].losses;
    mine.push_back(loss);
    const auto steps = static_cast<std::int64_t>(mine.size());
    trace_.steps = static_cast<std::int64_t>(std::min(mine.size(), theirs.size()));
    if (trace_.steps == steps && !same_bits({&mine.back(), 1}, {&theirs[mine.size() - 1], 1}))
      diverge(steps, true);
    wanted = wants_values(steps);
  }
  tell();
  return wanted;
}

void TwinMeter::finish_step(int side) {
  {
    const std::lock_guard lock(mutex_);
    ++finished_[static_cast<std::size_t>(side)];
  }
  wake_.notify_all();
}

void TwinMeter::add_values(int side, std::span<const float> values) {
  const auto me = static_cast<std::size_t>(side);
  const std::lock_guard lock(mutex_);
  values_[me] = {static_cast<std::int64_t>(trace_.runs[me].losses.size()), {values.begin(), values.end()}};
  if (values_[0].steps == values_[1].steps) compare_values();
}

void TwinMeter::compare_values() {
  const std::int64_t steps = values_[0].steps;
  const bool differ = shared_.all && !same_bits(values_[0].numbers, values_[1].numbers);
  if (differ && !parameters_differ_) diverge(steps, false);
  parameters_differ_ = parameters_differ_ || differ;
  if (distance_due(steps))
    trace_.distances.push_back(distance_of(shared_, steps, values_[0].numbers, values_[1].numbers));
}

// The first of all: what is measured before an update comes before what it makes.
void TwinMeter::diverge(std::int64_t step, bool losses) {
  std::optional<TwinDivergence>& first = trace_.divergence;
  if (!first || step < first->step || (step == first->step && losses)) first = TwinDivergence{step, losses};
}

void TwinMeter::start(int side, const train::StartInfo& start) {
  const std::lock_guard lock(mutex_);
  trace_.runs[static_cast<std::size_t>(side)].start = start;
  trace_.steps_per_epoch = start.steps_per_epoch;
}

void TwinMeter::add_evaluation(int side, const train::Evaluation& evaluation) {
  {
    const std::lock_guard lock(mutex_);
    trace_.runs[static_cast<std::size_t>(side)].evaluations.push_back(evaluation);
  }
  tell();
}

void TwinMeter::set_state(int side, train::State state, const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    TwinRun& run = trace_.runs[static_cast<std::size_t>(side)];
    run.state = state;
    run.reason = reason;
  }
  tell();
}

void TwinMeter::saved(int side, const std::string& checkpoint) {
  const std::lock_guard lock(mutex_);
  trace_.runs[static_cast<std::size_t>(side)].checkpoint = checkpoint;
}

void TwinMeter::end(int side) {
  {
    const std::lock_guard lock(mutex_);
    ended_[static_cast<std::size_t>(side)] = true;
  }
  wake_.notify_all();
  tell();
}

void TwinMeter::set_paused(bool paused) {
  {
    const std::lock_guard lock(mutex_);
    paused_ = paused;
  }
  wake_.notify_all();
  tell();
}

bool TwinMeter::paused() const {
  const std::lock_guard lock(mutex_);
  return paused_;
}

TwinTrace TwinMeter::trace() const {
  const std::lock_guard lock(mutex_);
  return trace_;
}

void TwinMeter::tell() const {
  if (told_) told_();
}

Result<compute::SpanResult> LockStepBackend::run(const compute::StepSpan& span,
                                                 const compute::CancelFlag& cancel) {
  if (!meter_.may_step(side_, cancel)) return compute::SpanResult{};
  compute::StepSpan one = span;
  one.step_count = 1;
  one.learning_rates = span.learning_rates.first(1);
  auto made = inner_->run(one, cancel);
  if (!made || made->failure || made->losses.empty()) return made;
  if (meter_.add_loss(side_, made->losses.front())) {
    if (auto status = inner_->fetch(state_); !status) return status.error();
    meter_.add_values(side_, state_.values);
  }
  meter_.finish_step(side_);
  return made;
}

}  // namespace synann::runs
