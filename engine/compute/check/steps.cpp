// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <numeric>

#include "engine/compute/check/exercise.h"

namespace synann::compute {
namespace {

// Errors of float arithmetic against double, squared: 1e-5 for what a forward pass gives, 1e-4 for gradients.
constexpr double kForward = 1e-10, kGradient = 1e-8, kMomenta = 1e-7, kValues = 1e-12;

Result<SpanResult> train(Backend& backend, const Exercise& e, std::uint64_t seed) {
  const auto order = check_order(e.data->train.count());
  const std::vector<float> rates(kCheckSteps, e.rate);
  return backend.run({.seed = seed,
                      .step_count = kCheckSteps,
                      .batch_size = kCheckStepBatch,
                      .order = order,
                      .learning_rates = rates,
                      .optimiser = {.momentum = kCheckMomentum},
                      .watch = {.largest_loss = 1e30}},
                     {});
}

// Fills the back end's buffers with NaN, by a larger batch than the ones to come.
Status poison(Backend& backend, const Exercise& e) {
  model::State broken = e.state;
  std::fill(broken.values.begin(), broken.values.end(), NAN);
  if (auto status = backend.load(broken); !status) return status;
  std::vector<float> input(e.input);
  std::vector<std::uint8_t> target(e.target);
  input.insert(input.end(), e.input.begin(), e.input.end());
  target.insert(target.end(), e.target.begin(), e.target.end());
  if (auto probe = backend.probe(input, target); !probe) return probe.error();
  return backend.load(e.state);
}

double norm(std::span<const double> v) {
  return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
}

CheckRow compare_activations(const std::string& candidate, const std::string& subject, const Expected& x,
                             const Probe& probe) {
  Comparison c(candidate, subject, "activations", kForward, 1e-4);
  c.add("loss", std::vector{probe.loss}, std::vector{x.loss});
  c.add("log_probs", probe.log_probs, x.log_probs);
  c.add("eval_log_probs", probe.eval_log_probs, x.eval_log_probs);
  for (std::size_t k = 0; k < x.activations.size(); ++k) {
    const bool there = k < probe.activations.size() && probe.activations[k].first == x.activations[k].first;
    c.add(x.activations[k].first, there ? probe.activations[k].second : std::vector<float>(),
          x.activations[k].second);
  }
  return c.row();
}

// What cancels in exact arithmetic, as the gradient of a bias before BatchNorm, holds rounding only and is
// compared with all tensors together; what nearly cancels, with a thousandth of them.
double floor_of(std::span<const double> tensor, double all) {
  return norm(tensor) < 1e-9 * all ? all : 1e-3 * all;
}

template <class Found>
void compare_tensors(Comparison& c, const model::Model& model, Role role, const Found& found,
                     std::span<const double> expected) {
  const double all = norm(expected.first(model.parameters.trained_count()));
  for (const Parameter& p : model.parameters.all()) {
    if (p.type != ElementType::F32 || p.role != role) continue;
    const auto tensor = expected.subspan(p.offset, p.size());
    c.add(p.name, std::span(found).subspan(p.offset, p.size()), tensor,
          role == Role::Trained ? floor_of(tensor, all) : 0);
  }
}

CheckRow compare_gradients(const std::string& candidate, const std::string& subject, const Exercise& e,
                           const Expected& x, const Probe& probe) {
  Comparison c(candidate, subject, "gradients", kGradient, 2e-4);
  compare_tensors(c, *e.model, Role::Trained, probe.gradients, x.gradients);
  return c.row();
}

// The momenta say what every step was, also where a tensor moves by less than its numbers' last digits; the
// values say that they were moved by them.
void compare_steps(const std::string& candidate, const std::string& subject, const Exercise& e,
                   const Expected& x, const SpanResult& span, const model::State& after,
                   const std::function<void(const CheckRow&)>& each) {
  Comparison steps(candidate, subject, "steps", kMomenta, 5e-4),
      values(candidate, subject, "values", kValues, 1e-5),
      statistics(candidate, subject, "statistics", kForward, 1e-4);
  steps.add("losses", span.losses, x.losses);
  compare_tensors(steps, *e.model, Role::Trained, after.momenta, x.momenta);
  compare_tensors(values, *e.model, Role::Trained, after.values, x.values);
  each(steps.row());
  each(values.row());
  if (e.state.counters.empty()) return;
  compare_tensors(statistics, *e.model, Role::Buffer, after.values, x.values);
  statistics.add("num_batches_tracked", after.counters,
                 std::vector<std::int64_t>(e.state.counters.size(), kCheckSteps));
  each(statistics.row());
}

Status check_one(const Candidate& candidate, const std::string& subject, const Exercise& e, const Expected& x,
                 std::uint64_t seed, const std::function<void(const CheckRow&)>& each) {
  auto backend = candidate.make(e.model, e.data);
  if (!backend) return backend.error();
  if (auto status = poison(**backend, e); !status) return status;
  const auto probe = (*backend)->probe(e.input, e.target);
  if (!probe) return probe.error();
  each(compare_activations(candidate.name, subject, x, *probe));
  each(compare_gradients(candidate.name, subject, e, x, *probe));
  const auto span = train(**backend, e, seed);
  if (!span) return span.error();
  model::State after;
  if (auto status = (*backend)->fetch(after); !status) return status;
  compare_steps(candidate.name, subject, e, x, *span, after, each);
  return {};
}

Error interrupted() {
  return {.kind = ErrorKind::Cancelled, .where = "check", .problem = "the self-test was interrupted"};
}

}  // namespace

Status check_steps(const std::vector<Candidate>& candidates, const std::vector<CheckModel>& models,
                   std::uint64_t seed, const CancelFlag& cancel,
                   const std::function<void(const CheckRow&)>& each) {
  for (const CheckModel& m : models) {
    if (cancel.is_set()) return interrupted();
    std::uint64_t own_seed = seed;
    const auto exercise = solved(m, own_seed);
    if (!exercise) return exercise.error();
    for (const Candidate& candidate : candidates) {
      if (cancel.is_set()) return interrupted();
      if (!candidate.runs(*m.model)) continue;
      if (auto status = check_one(candidate, m.name, exercise->first, exercise->second, own_seed, each);
          !status)
        return status;
    }
  }
  return {};
}

}  // namespace synann::compute
