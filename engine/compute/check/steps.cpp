// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <numeric>

#include "engine/compute/check/compare.h"
#include "engine/compute/reference/network.h"

namespace synann::compute {
namespace {

constexpr int kBatch = 23, kSteps = 2, kStepBatch = 13;
constexpr int kAttempts = 1000;  // one in three succeeds
constexpr float kRate = 0.02f;
constexpr double kMomentum = 0.5;

// Errors of float arithmetic against double, squared: 1e-5 for what a forward pass gives, 1e-4 for gradients.
constexpr double kForward = 1e-10, kGradient = 1e-8, kMomenta = 1e-7, kValues = 1e-12;

float shortened(float x, float step) {
  return std::round(x / step) * step;
}

// Fresh numbers for one model. Convolutions of short binary fractions are exact in float, so that float and
// double see the same maxima: one that moves by rounding alone would move a whole gradient.
struct Exercise {
  std::shared_ptr<const model::Model> model;
  model::State state;
  std::vector<float> input;          // [kBatch, size]; every other image half blank, as digits are
  std::vector<std::uint8_t> target;  // [kBatch]
  data::DataPairPtr data;            // for the steps

  Exercise(std::shared_ptr<const model::Model> m, std::uint64_t seed)
      : model(std::move(m)), state(model::initialise(*model, seed)) {
    Numbers numbers(seed, 1);
    for (float& value : state.values) value += numbers.next(0, 0.05f);
    for (const Parameter& p : model->parameters.all()) {
      const auto first = state.values.begin() + static_cast<std::ptrdiff_t>(p.offset);
      if (p.name.starts_with("conv"))
        std::transform(first, first + static_cast<std::ptrdiff_t>(p.size()), first,
                       [](float x) { return shortened(x, 1.0f / 64); });
    }
    const int size = model->input.size();
    for (int k = 0; k < kBatch * size; ++k)
      input.push_back(blank(k / size, k % size) ? -0.5f : shortened(numbers.next(), 1.0f / 8));
    for (int k = 0; k < kBatch; ++k) target.push_back(label(numbers));
    auto pair = std::make_shared<data::DataPair>();
    pair->train = set(numbers, kSteps * kStepBatch);
    pair->test = set(numbers, kBatch);
    data = pair;
  }

 private:
  bool blank(int sample, int pixel) const {
    return sample % 2 == 0 && pixel % model->input.columns < model->input.columns / 2;
  }
  std::uint8_t label(Numbers& numbers) const {
    return static_cast<std::uint8_t>(numbers.word() % static_cast<std::uint32_t>(model->classes));
  }
  data::Dataset set(Numbers& numbers, int count) const {
    data::Dataset made{.rows = model->input.rows,
                       .columns = model->input.columns,
                       .classes = model->classes,
                       .pixels = {},
                       .labels = {}};
    for (int s = 0; s < count; ++s) {
      for (int k = 0; k < model->input.size(); ++k)
        made.pixels.push_back(blank(s, k) ? std::uint8_t{0}
                                          : static_cast<std::uint8_t>(numbers.word() >> 24));
      made.labels.push_back(label(numbers));
    }
    return made;
  }
};

// What the reference says in double: one batch, and a few steps of training.
struct Expected {
  double loss = 0;
  std::vector<double> log_probs, gradients, eval_log_probs;
  std::vector<std::pair<std::string, std::vector<double>>> activations;
  std::vector<double> losses, values, momenta;  // after the steps: [kSteps], [float_count], [trained_count]
};

std::vector<std::uint32_t> backwards(int count) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(count));
  std::iota(order.rbegin(), order.rend(), 0u);
  return order;
}

Result<SpanResult> train(Backend& backend, const Exercise& e, std::uint64_t seed) {
  const auto order = backwards(e.data->train.count());
  const std::vector<float> rates(kSteps, kRate);
  return backend.run({.seed = seed,
                      .step_count = kSteps,
                      .batch_size = kStepBatch,
                      .order = order,
                      .learning_rates = rates,
                      .optimiser = {.momentum = kMomentum},
                      .watch = {.largest_loss = 1e30}},
                     {});
}

void expect_batch(const Exercise& e, reference::Network<double>& oracle, Expected& x) {
  const std::vector<double> values(e.state.values.begin(), e.state.values.end()),
      input(e.input.begin(), e.input.end());
  const Batch<double> batch{kBatch, input, e.target};
  x.gradients.resize(values.size());
  oracle.forward(values, batch, Mode::Training, {});
  oracle.backward(values, batch, {}, x.gradients);
  x.loss = oracle.loss(batch);
  x.log_probs.assign(oracle.log_probs().begin(), oracle.log_probs().end());
  for (std::size_t k = 0; k < e.model->layers.size(); ++k) {
    if (e.model->layers[k].exposes.empty()) continue;
    const auto output = oracle.output(k);
    x.activations.emplace_back(e.model->layers[k].exposes, std::vector<double>(output.begin(), output.end()));
  }
  oracle.forward(values, batch, Mode::Evaluation, {});
  x.eval_log_probs.assign(oracle.log_probs().begin(), oracle.log_probs().end());
}

// Whether rounding to float could decide which pixel of a pool is the largest, or whether a ReLU is active.
// Either would move a whole gradient, and training magnifies what it moves. Exact ties are decided by the
// rule.
bool rounding_decides(const model::Model& model, const reference::Network<double>& oracle) {
  for (std::size_t k = 1; k < model.layers.size(); ++k) {
    const model::Layer& l = model.layers[k];
    const auto x = oracle.output(k - 1);
    double most = 0;
    for (const double v : x) most = std::max(most, std::abs(v));
    const double margin = 5e-7 * most;  // a few units in the last place of a float
    const auto close = [&](double a, double b) { return a != b && std::abs(a - b) < margin; };
    if (l.kind == model::LayerKind::Relu &&
        std::any_of(x.begin(), x.end(), [&](double v) { return close(v, 0); }))
      return true;
    if (l.kind != model::LayerKind::MaxPool2d) continue;
    const auto top = oracle.output(k);
    for (std::size_t place = 0; place < top.size(); ++place) {
      const int columns = l.result.columns, plane = static_cast<int>(place) / columns,
                column = static_cast<int>(place) % columns;
      for (int u = 0; u < l.kernel; ++u)
        for (int v = 0; v < l.kernel; ++v) {
          // plane runs over samples, channels and pooled rows, which cover the input's rows without gaps.
          const auto at =
              static_cast<std::size_t>((plane * l.kernel + u) * l.in.columns + column * l.kernel + v);
          if (close(x[at], top[place])) return true;
        }
    }
  }
  return false;
}

// SGD with momentum, as optimiser.h, in double. False when rounding decides something.
bool expect_steps(const Exercise& e, std::uint64_t seed, reference::Network<double>& oracle, Expected& x) {
  const std::size_t trained = e.model->parameters.trained_count();
  std::vector<double> values(e.state.values.begin(), e.state.values.end()), velocity(trained),
      gradients(values.size());
  const auto order = backwards(e.data->train.count());
  const auto table = scaling_table(e.model->scaling);
  std::vector<float> pixels(kStepBatch * e.data->train.image_size());
  std::vector<std::uint8_t> target(kStepBatch);
  x.losses.clear();
  for (int step = 0; step < kSteps; ++step) {
    gather(e.data->train, std::span(order).subspan(static_cast<std::size_t>(step * kStepBatch), kStepBatch),
           table, pixels, target);
    const std::vector<double> input(pixels.begin(), pixels.end());
    const Batch<double> batch{kStepBatch, input, target};
    const DropoutDraws draws{.enabled = true, .seed = seed, .epoch = 1, .step = step};
    oracle.forward(values, batch, Mode::Training, draws);
    if (rounding_decides(*e.model, oracle)) return false;
    oracle.backward(values, batch, draws, gradients);
    x.losses.push_back(oracle.loss(batch));
    for (std::size_t k = 0; k < trained; ++k) {
      velocity[k] = kMomentum * velocity[k] + gradients[k];
      values[k] -= static_cast<double>(kRate) * velocity[k];
    }
    for (const Parameter& p : e.model->parameters.all()) {
      if (p.role != Role::Buffer || p.type != ElementType::F32) continue;
      for (std::size_t k = p.offset; k < p.offset + p.size(); ++k)
        values[k] += kBatchNormMomentum * (gradients[k] - values[k]);
    }
  }
  x.values = std::move(values);
  x.momenta = std::move(velocity);
  return true;
}

// An exercise in which rounding decides nothing, with its solution. The seed moves on until there is one.
Result<std::pair<Exercise, Expected>> solved(const CheckModel& m, std::uint64_t& seed) {
  reference::Network<double> oracle(*m.model);
  for (const std::uint64_t end = seed + kAttempts; seed < end; ++seed) {
    Exercise e(m.model, seed);
    Expected x;
    if (!expect_steps(e, seed, oracle, x)) continue;
    expect_batch(e, oracle, x);
    return std::pair{std::move(e), std::move(x)};
  }
  return Error{.kind = ErrorKind::Failed,
               .where = m.name,
               .problem = "no random inputs were found for which rounding decides no maximum"};
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
                 std::vector<std::int64_t>(e.state.counters.size(), kSteps));
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
