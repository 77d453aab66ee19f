// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/batch_backend.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

#include "engine/compute/exact/headroom.h"
#include "engine/compute/reference/synapse_any.h"

namespace synann::compute {

BatchBackend::BatchBackend(std::shared_ptr<const model::Model> model, data::DataPairPtr data,
                           std::unique_ptr<BatchNetwork> network)
    : model_(std::move(model)),
      data_(std::move(data)),
      network_(std::move(network)),
      augmenter_(network_->info().threads),
      scaling_(scaling_table(model_->scaling)),
      state_(model::initialise(*model_, 0)),
      gradients_(model_->parameters.float_count()) {}

Status BatchBackend::load(const model::State& state) {
  if (state.values.size() != state_.values.size() || state.momenta.size() != state_.momenta.size() ||
      state.counters.size() != state_.counters.size()) {
    return Error{.kind = ErrorKind::Failed,
                 .where = model_->id,
                 .problem = "the state does not fit the model",
                 .expected = fmt::format("{} numbers", state_.values.size()),
                 .found = fmt::format("{}", state.values.size())};
  }
  state_ = state;
  return {};
}

Status BatchBackend::fetch(model::State& state) {
  state = state_;
  return {};
}

Batch<float> BatchBackend::load_batch(const data::Dataset& set, std::span<const std::uint32_t> samples) {
  input_.resize(samples.size() * set.image_size());
  target_.resize(samples.size());
  gather(set, samples, scaling_, input_, target_);
  return {.count = static_cast<int>(samples.size()), .input = input_, .target = target_};
}

Batch<float> BatchBackend::load_training(const StepSpan& span, std::span<const std::uint32_t> samples) {
  if (!span.augmentation.on()) return load_batch(data_->train, samples);
  const data::Dataset& made =
      augmenter_.make(data_->train, samples, span.augmentation, span.seed, span.epoch);
  return load_batch(made, augmenter_.order());
}

std::string BatchBackend::first_broken_layer() const {
  for (std::size_t k = 0; k < model_->layers.size(); ++k) {
    const model::Layer& l = model_->layers[k];
    if (all_finite(network_->output(k)) || (l.name.empty() && l.exposes.empty())) continue;
    return l.name.empty() ? l.exposes : l.name;
  }
  return {};
}

std::string BatchBackend::trouble(double loss, const Watch& watch, int batch_count) const {
  if (!std::isfinite(loss)) {
    network_->gather_outputs();
    return loss_not_finite(first_broken_layer());
  }
  if (loss > watch.largest_loss) return fmt::format("the loss exploded to {:.4g}", loss);
  if (const Parameter* bad = first_not_finite(*model_, gradients_)) return gradient_not_finite(*bad);
  for (std::size_t k = 0; watch.headroom && k < model_->layers.size(); ++k) {
    const model::Layer& l = model_->layers[k];
    if (l.kind != model::LayerKind::Synapse) continue;
    const Parameter* weight = model_->parameters.find(l.name + ".weight");
    std::vector<float> beta(weight->size());
    reference::effective_beta(l, state_.values.data() + weight->offset, beta.data());
    const double least =
        exact::headroom(l, batch_count, k == 0 ? input_.data() : network_->output(k - 1).data(), beta.data());
    if (least <= 0) return headroom_gone(l.name, least);
  }
  return {};
}

Result<SpanResult> BatchBackend::run(const StepSpan& span, const CancelFlag& cancel) {
  SpanResult result;
  result.losses.reserve(static_cast<std::size_t>(span.step_count));
  for (int k = 0; k < span.step_count && !cancel.is_set(); ++k) {
    const int step = span.first_step + k;
    const std::size_t begin = static_cast<std::size_t>(step) * static_cast<std::size_t>(span.batch_size);
    const auto samples = span.order.subspan(
        begin, std::min(static_cast<std::size_t>(span.batch_size), span.order.size() - begin));
    const auto batch = load_training(span, samples);
    const DropoutDraws draws{.enabled = span.dropout, .seed = span.seed, .epoch = span.epoch, .step = step};
    const double loss = network_->gradient(state_.values, batch, draws, gradients_);
    if (auto what = trouble(loss, span.watch, batch.count); !what.empty()) {
      result.failure = NumericFailure{step, std::move(what)};
      break;
    }
    update(span.optimiser, *model_, state_, gradients_, span.learning_rates[static_cast<std::size_t>(k)],
           span.first_count + k + 1, span.frozen);
    result.losses.push_back(static_cast<float>(loss));
  }
  return result;
}

Result<EvaluationResult> BatchBackend::evaluate(EvaluationSet which, int batch_size, const CancelFlag& cancel,
                                                const std::function<void(int done)>& progress) {
  EvaluationResult result;
  const data::Dataset& set = which == EvaluationSet::Test ? data_->test : data_->validation;
  // Where samples do not see each other the batch is our own affair: small enough to stay small in memory.
  if (!model::is_batch_coupled(model_->layers)) batch_size = std::min(batch_size, 500);
  std::vector<std::uint32_t> samples;
  const auto classes = static_cast<std::size_t>(model_->classes);
  while (result.count < set.count() && !cancel.is_set()) {
    samples.resize(static_cast<std::size_t>(std::min(batch_size, set.count() - result.count)));
    std::iota(samples.begin(), samples.end(), static_cast<std::uint32_t>(result.count));
    const auto batch = load_batch(set, samples);
    const auto log_probs = network_->evaluate(state_.values, batch);
    for (std::size_t s = 0; s < samples.size(); ++s) {
      const auto row = log_probs.subspan(s * classes, classes);
      result.loss_sum -= static_cast<double>(row[target_[s]]);
      result.correct += std::max_element(row.begin(), row.end()) - row.begin() == target_[s] ? 1 : 0;
    }
    result.count += batch.count;
    if (progress) progress(result.count);
  }
  return result;
}

Result<Probe> BatchBackend::probe(std::span<const float> input, std::span<const std::uint8_t> target) {
  const Batch<float> batch{.count = static_cast<int>(target.size()), .input = input, .target = target};
  Probe probe;
  probe.gradients.resize(gradients_.size());
  probe.loss = network_->gradient(state_.values, batch, {}, probe.gradients);
  const auto log_probs = network_->log_probs();
  probe.log_probs.assign(log_probs.begin(), log_probs.end());
  probe.activations = exposed();
  const auto evaluated = network_->evaluate(state_.values, batch);
  probe.eval_log_probs.assign(evaluated.begin(), evaluated.end());
  return probe;
}

std::vector<std::pair<std::string, std::vector<float>>> BatchBackend::exposed() const {
  std::vector<std::pair<std::string, std::vector<float>>> all;
  for (std::size_t k = 0; k < model_->layers.size(); ++k) {
    if (model_->layers[k].exposes.empty()) continue;
    const auto output = network_->output(k);
    all.emplace_back(model_->layers[k].exposes, std::vector<float>(output.begin(), output.end()));
  }
  return all;
}

Result<Reply> BatchBackend::ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                                bool activations) {
  const auto log_probs = network_->evaluate(state_.values, load_batch(set, samples));
  Reply reply;
  reply.log_probs.assign(log_probs.begin(), log_probs.end());
  if (activations) reply.activations = exposed();
  return reply;
}

bool BatchBackend::resumes(std::size_t layer) const {
  return layer < model_->layers.size() && !inside_block(*model_, layer);
}

Result<std::vector<float>> BatchBackend::resume(std::size_t layer, std::span<const float> input, int count) {
  if (!resumes(layer)) return Backend::resume(layer, input, count);
  const auto log_probs =
      network_->evaluate_from(state_.values, layer, {.count = count, .input = input, .target = {}});
  return std::vector<float>(log_probs.begin(), log_probs.end());
}

}  // namespace synann::compute
