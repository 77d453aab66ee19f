// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <optional>

#include "engine/compute/cpu/fused_nets.h"
#include "engine/compute/cpu/fused_network.h"
#include "engine/compute/exact/headroom.h"
#include "engine/compute/optimiser.h"

namespace synann::compute::fused {
namespace SYNANN_NET {
namespace {

bool runs_fused(const Optimiser& o);

// Walks a span batch by batch.
class FusedBackend final : public Backend {
 public:
  FusedBackend(std::shared_ptr<const model::Model> model, data::DataPairPtr data, const Plan& plan,
               int threads, Isa isa, Ranks* ranks)
      : model_(std::move(model)),
        data_(std::move(data)),
        plan_(plan),
        network_(*model_, plan, threads, kernels(isa), ranks),
        gradients_(model_->parameters.float_count()) {
    take(model::initialise(*model_, 0));
  }

  BackendInfo info() const override {
    return {.device = "CPU", .tier = "fused", .isa = network_.isa(), .threads = network_.threads()};
  }
  int most_ranks(int batch_size) const override { return FusedNetwork::chunk_count(batch_size); }
  Status load(const model::State& state) override;
  Status fetch(model::State& state) override;
  Result<SpanResult> run(const StepSpan& span, const CancelFlag& cancel) override;
  Result<EvaluationResult> evaluate(EvaluationSet which, int batch_size, const CancelFlag& cancel,
                                    const std::function<void(int done)>& progress) override;
  Result<Probe> probe(std::span<const float> input, std::span<const std::uint8_t> target) override;
  Result<Reply> ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                    bool activations) override;
  bool resumes(std::size_t layer) const override {
    return layer < model_->layers.size() && model_->layers[layer].kind == model::LayerKind::Synapse;
  }
  Result<std::vector<float>> resume(std::size_t layer, std::span<const float> input, int count) override;

 private:
  // A model::State, its floats on cache lines.
  struct State {
    Lines<float> values, momenta;
    Lines<float> squares;  // Adam's; empty for SGD
    std::vector<std::int64_t> counters;
  };

  void take(const model::State& state);
  const Augmenter* augmenter(const StepSpan& span);
  Update update_of(const StepSpan& span, int index);
  FusedNetwork::Outcome step(const StepSpan& span, int index, std::string& trouble);
  std::string first_broken_layer(int samples);
  const std::string& synapse_name() const;
  std::string trouble(double loss, const StepSpan& span, int samples) const;
  void common_update(const StepSpan& span, int index);
  void move_running_statistics();
  std::vector<float> exposed(Exposed what, Share samples) const;
  std::vector<float> rows(const float* padded, Share samples) const;

  std::shared_ptr<const model::Model> model_;
  data::DataPairPtr data_;
  Plan plan_;
  FusedNetwork network_;
  State state_;
  Lines<float> gradients_;
  std::optional<Augmenter> augmenter_;
};

Status FusedBackend::load(const model::State& state) {
  if (state.values.size() != state_.values.size() || state.momenta.size() != state_.momenta.size() ||
      state.counters.size() != state_.counters.size()) {
    return Error{.kind = ErrorKind::Failed,
                 .where = model_->id,
                 .problem = "the state does not fit the model",
                 .expected = fmt::format("{} numbers", state_.values.size()),
                 .found = fmt::format("{}", state.values.size())};
  }
  take(state);
  return {};
}

void FusedBackend::take(const model::State& state) {
  state_.values.assign(state.values.begin(), state.values.end());
  state_.momenta.assign(state.momenta.begin(), state.momenta.end());
  state_.squares.assign(state.squares.begin(), state.squares.end());
  state_.counters = state.counters;
  network_.load(state_.values.data());
}

Status FusedBackend::fetch(model::State& state) {
  state.values.assign(state_.values.begin(), state_.values.end());
  state.momenta.assign(state_.momenta.begin(), state_.momenta.end());
  state.squares.assign(state_.squares.begin(), state_.squares.end());
  state.counters = state_.counters;
  return {};
}

// Null where the span's images stay as they are.
const Augmenter* FusedBackend::augmenter(const StepSpan& span) {
  if (!span.augmentation.on()) return nullptr;
  if (!augmenter_ || !augmenter_->fits(span.augmentation, data_->train))
    augmenter_.emplace(span.augmentation, data_->train.rows, data_->train.columns);
  return &*augmenter_;
}

// SGD with momentum, and Adam, with nothing else: what a step does on its own.
bool runs_fused(const Optimiser& o) {
  return o.plain() || o == Optimiser{.kind = Optimiser::Kind::Adam,
                                     .momentum = o.momentum,
                                     .beta1 = o.beta1,
                                     .beta2 = o.beta2,
                                     .epsilon = o.epsilon};
}

Update FusedBackend::update_of(const StepSpan& span, int index) {
  const float rate = span.learning_rates[static_cast<std::size_t>(index)];
  Update update{.values = state_.values.data(), .momenta = state_.momenta.data()};
  if (span.optimiser.plain()) {
    update.rate = rate;
    update.momentum = static_cast<float>(span.optimiser.momentum);
    return update;
  }
  if (state_.squares.empty()) state_.squares.assign(state_.momenta.size(), 0.0f);
  update.squares = state_.squares.data();
  update.adam = adam_numbers(span.optimiser, rate, span.first_count + index + 1);
  return update;
}

// The step `index` of the span; what forbids it, in words, is left in `trouble`.
FusedNetwork::Outcome FusedBackend::step(const StepSpan& span, int index, std::string& trouble) {
  const int step = span.first_step + index;
  const auto size = static_cast<std::size_t>(span.batch_size), begin = static_cast<std::size_t>(step) * size;
  const Samples samples{.count = static_cast<int>(std::min(size, span.order.size() - begin)),
                        .set = &data_->train,
                        .order = span.order.data() + begin,
                        .augmenter = augmenter(span),
                        .seed = span.seed,
                        .epoch = span.epoch};
  const DropoutDraws draws{.enabled = span.dropout, .seed = span.seed, .epoch = span.epoch, .step = step};
  const bool fused_update = runs_fused(span.optimiser);
  const Update update = fused_update ? this->update_of(span, index) : Update{};
  const FrozenNumbers kept(span.frozen, state_.values, state_.momenta, state_.squares);
  const auto outcome =
      network_.step(samples, draws, gradients_, fused_update ? &update : nullptr, [&](double loss) {
        trouble = this->trouble(loss, span, samples.count);
        return trouble.empty();
      });
  if (!span.frozen.empty() && fused_update) {
    kept.put_back(state_.values, state_.momenta, state_.squares);
    network_.load(state_.values.data());
  }
  if (!std::isfinite(outcome.loss)) {
    trouble = loss_not_finite(first_broken_layer(samples.count));
  } else if (!outcome.finite && trouble.empty()) {
    trouble = gradient_not_finite(*first_not_finite(*model_, gradients_));
  }
  return outcome;
}

// What batch norm observed is finite where the loss is.
void FusedBackend::move_running_statistics() {
  constexpr auto kTowards = static_cast<float>(kBatchNormMomentum);
  for (const std::size_t first : {plan_.running_mean, plan_.running_var}) {
    for (std::size_t k = first; k < first + kHidden; ++k)
      state_.values[k] = (1 - kTowards) * state_.values[k] + kTowards * gradients_[k];
  }
  for (std::int64_t& counter : state_.counters) ++counter;
}

// Each rank looks at its own samples; what comes first in the network on any of them is the answer.
std::string FusedBackend::first_broken_layer(int samples) {
  const Share own = network_.own_samples(samples);
  const auto& exposes = plan_.exposed;
  const auto place = std::find_if(exposes.begin(), exposes.end(),
                                  [&](const auto& entry) { return !all_finite(exposed(entry.second, own)); });
  const int behind = static_cast<int>(exposes.size());
  int first = static_cast<int>(place - exposes.begin());
  if (first == behind && all_finite(exposed(Exposed::LogProbs, own))) ++first;
  first = network_.least_of_ranks(first);
  if (first < behind) return exposes[static_cast<std::size_t>(first)].first;
  return first > behind ? std::string() : model_->layers[model_->layers.size() - 2].name;
}

const std::string& FusedBackend::synapse_name() const {
  return std::find_if(model_->layers.begin(), model_->layers.end(),
                      [](const model::Layer& l) { return l.kind == model::LayerKind::Synapse; })
      ->name;
}

// The first thing that forbids the step behind a finite loss, in words; empty when all is well.
std::string FusedBackend::trouble(double loss, const StepSpan& span, int samples) const {
  if (loss > span.watch.largest_loss) return fmt::format("the loss exploded to {:.4g}", loss);
  if (!span.watch.headroom || !plan_.synapse) return {};
  const double least =
      exact::headroom(samples, kHidden, network_.activations().soft(), state_.values.data() + *plan_.synapse);
  return least > 0 ? std::string() : headroom_gone(synapse_name(), least);
}

// Clipping, decay, Nesterov: the gradient is fused, the update is the common one.
void FusedBackend::common_update(const StepSpan& span, int index) {
  model::State state;
  (void)fetch(state);
  update(span.optimiser, *model_, state, {gradients_.data(), gradients_.size()},
         span.learning_rates[static_cast<std::size_t>(index)], span.first_count + index + 1, span.frozen);
  take(state);
}

Result<SpanResult> FusedBackend::run(const StepSpan& span, const CancelFlag& cancel) {
  SpanResult result;
  result.losses.reserve(static_cast<std::size_t>(span.step_count));
  for (int k = 0; k < span.step_count && !cancel.is_set(); ++k) {
    std::string trouble;
    const auto outcome = step(span, k, trouble);
    if (!trouble.empty()) {
      result.failure = NumericFailure{span.first_step + k, std::move(trouble)};
      break;
    }
    if (runs_fused(span.optimiser)) {
      move_running_statistics();
    } else {
      common_update(span, k);
    }
    result.losses.push_back(static_cast<float>(outcome.loss));
  }
  return result;
}

Result<EvaluationResult> FusedBackend::evaluate(EvaluationSet which, int batch_size, const CancelFlag& cancel,
                                                const std::function<void(int done)>& progress) {
  EvaluationResult result;
  const data::Dataset& set = which == EvaluationSet::Test ? data_->test : data_->validation;
  std::vector<std::uint32_t> order;
  while (result.count < set.count() && !cancel.is_set()) {
    order.resize(static_cast<std::size_t>(std::min(batch_size, set.count() - result.count)));
    std::iota(order.begin(), order.end(), static_cast<std::uint32_t>(result.count));
    const float* row =
        network_.evaluate({.count = static_cast<int>(order.size()), .set = &set, .order = order.data()});
    for (const std::uint32_t index : order) {
      const int target = set.labels[index];
      result.loss_sum -= static_cast<double>(row[target]);
      result.correct += std::max_element(row, row + plan_.classes) - row == target ? 1 : 0;
      row += kClasses;
    }
    result.count += static_cast<int>(order.size());
    if (progress) progress(result.count);
  }
  return result;
}

// [count, kClasses] → [count, classes]
std::vector<float> FusedBackend::rows(const float* padded, Share samples) const {
  std::vector<float> dense;
  dense.reserve(static_cast<std::size_t>((samples.end - samples.first) * plan_.classes));
  for (int s = samples.first; s < samples.end; ++s)
    dense.insert(dense.end(), padded + s * kClasses, padded + s * kClasses + plan_.classes);
  return dense;
}

std::vector<float> FusedBackend::exposed(Exposed what, Share samples) const {
  const Activations& a = network_.activations();
  const auto block = [samples](const float* from, int size) {
    const auto row = static_cast<std::ptrdiff_t>(size);
    return std::vector<float>(from + samples.first * row, from + samples.end * row);
  };
  switch (what) {
    case Exposed::Pooled1:
      return network_.pooled1(samples);
    case Exposed::Pooled2: {
      auto maps = block(a.pooled2(), kFeatures);
      const std::uint32_t* kept = a.kept_maps() + samples.first;
      for (std::size_t k = 0; k < maps.size(); ++k)
        if ((kept[k / kFeatures] >> (k % kFeatures / kPixels2) & 1u) == 0) maps[k] = 0;
      return maps;
    }
    case Exposed::Hidden:
      return block(a.hidden(), kHidden);
    case Exposed::Soft:
      return block(a.soft(), kHidden);
    case Exposed::Mixed:
      return block(a.mixed(), kHidden);
    case Exposed::LogProbs:
      return rows(a.log_probs(), samples);
    case Exposed::Normed:
      break;
  }
  auto normed = block(a.normal(), kHidden);
  for (std::size_t k = 0; k < normed.size(); ++k) {
    normed[k] = state_.values[plan_.norm.weight + k % kHidden] * normed[k] +
                state_.values[plan_.norm.bias + k % kHidden];
  }
  return normed;
}

Result<Probe> FusedBackend::probe(std::span<const float> input, std::span<const std::uint8_t> target) {
  const Samples samples{
      .count = static_cast<int>(target.size()), .scaled = input.data(), .target = target.data()};
  Probe probe;
  probe.gradients.resize(gradients_.size());
  probe.loss = network_.step(samples, {}, probe.gradients).loss;
  const Share all{0, samples.count};
  probe.log_probs = rows(network_.activations().log_probs(), all);
  for (const auto& [name, what] : plan_.exposed) probe.activations.emplace_back(name, exposed(what, all));
  probe.eval_log_probs = rows(network_.evaluate(samples), all);
  return probe;
}

Result<Reply> FusedBackend::ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                                bool activations) {
  const int count = static_cast<int>(samples.size());
  Reply reply;
  const Share all{0, count};
  reply.log_probs =
      rows(network_.evaluate({.count = count, .set = &set, .order = samples.data()}, activations), all);
  if (!activations) return reply;
  for (const auto& [name, what] : plan_.exposed) reply.activations.emplace_back(name, exposed(what, all));
  return reply;
}

Result<std::vector<float>> FusedBackend::resume(std::size_t layer, std::span<const float> input, int count) {
  if (!resumes(layer)) return Backend::resume(layer, input, count);
  return rows(network_.resume(input.data(), count), {0, count});
}

bool runs(const model::Model& model) {
  return plan(model).has_value();
}

std::unique_ptr<Backend> make(std::shared_ptr<const model::Model> model, data::DataPairPtr data, int threads,
                              Isa isa, Ranks* ranks) {
  const auto found = plan(*model);
  if (!found) return nullptr;
  return std::make_unique<FusedBackend>(std::move(model), std::move(data), *found, threads, isa, ranks);
}

}  // namespace

const NetTier tier{.runs = runs, .make = make};

}  // namespace SYNANN_NET
}  // namespace synann::compute::fused
