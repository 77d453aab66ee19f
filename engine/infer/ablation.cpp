// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/ablation.h"

#include <algorithm>

namespace synann::infer {
namespace {

// The name of the activation that is the layer's input; null where none is exposed.
const std::string* input_name(const model::Model& model, const train::SynapseLayer& layer) {
  if (layer.recurrent || layer.index == 0) return nullptr;
  const std::string& name = model.layers[layer.index - 1].exposes;
  return name.empty() ? nullptr : &name;
}

std::span<const std::uint32_t> batch_of(const Predictions& p, int first, int count) {
  return std::span(p.samples).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
}

}  // namespace

Result<const Ablator::Base*> Ablator::base(const Network& network, const SetPtr& set, const std::string& name,
                                           const Work& work) {
  const auto layer = layer_named(*network.model, name);
  if (!layer) return layer.error();
  if (!set) return input_error("images", "no data set is open", "choose one");
  if (!base_ || base_->network != network || base_->set != set || base_->layer.name != layer->name) {
    base_.reset();
    auto measured = measure(network, set, *layer, work);
    if (!measured) return measured.error();
    base_ = std::move(*measured);
  }
  return &*base_;
}

Result<Ablator::Base> Ablator::measure(const Network& network, const SetPtr& set,
                                       const train::SynapseLayer& layer, const Work& work) {
  Base b{.network = network, .set = set, .layer = layer, .said = {}, .score = {}, .x = {}};
  auto samples = samples_of(network, *set, {});
  if (!samples) return samples.error();
  auto on = asker_.backend(network);
  if (!on) return on.error();
  const std::string* wanted = (*on)->resumes(layer.index) ? input_name(*network.model, layer) : nullptr;
  b.said.classes = network.model->classes;
  b.said.samples = std::move(*samples);
  b.said.labels = set->labels;
  for (int done = 0; done < b.said.count();) {
    if (work.stopped()) return interrupted();
    const int count = std::min(asker_.batch(), b.said.count() - done);
    const auto reply = (*on)->ask(*set, batch_of(b.said, done, count), wanted != nullptr);
    if (!reply) return reply.error();
    b.said.log_probs.insert(b.said.log_probs.end(), reply->log_probs.begin(), reply->log_probs.end());
    for (const auto& [name, values] : reply->activations)
      if (wanted != nullptr && name == *wanted) b.x.insert(b.x.end(), values.begin(), values.end());
    work.tell(done += count, 2 * b.said.count());
  }
  b.score = infer::score(b.said);
  return b;
}

Result<Predictions> Ablator::predict(const Network& changed, const Base& base, const Work& work) {
  const int count = base.said.count(), told = changed.values == base.network.values ? 0 : count;
  const Work second{work.stop, [&](int done, int) { work.tell(told + done, told + count); }};
  if (base.x.empty()) return asker_.predict(changed, *base.set, {}, second);
  auto on = asker_.backend(changed);
  if (!on) return on.error();
  const auto n = static_cast<std::size_t>(base.layer.n);
  Predictions p{.classes = base.said.classes,
                .samples = base.said.samples,
                .labels = base.said.labels,
                .log_probs = {}};
  p.log_probs.reserve(base.said.log_probs.size());
  for (int done = 0; done < count;) {
    if (work.stopped()) return interrupted();
    const int size = std::min(asker_.batch(), count - done);
    const auto x =
        std::span(base.x).subspan(static_cast<std::size_t>(done) * n, static_cast<std::size_t>(size) * n);
    const auto rows = (*on)->resume(base.layer.index, x, size);
    if (!rows) return rows.error();
    p.log_probs.insert(p.log_probs.end(), rows->begin(), rows->end());
    second.tell(done += size, count);
  }
  return p;
}

Result<Ablation> Ablator::ablate(const AblationQuery& query, const Work& work) {
  const auto base = this->base(query.network, query.set, query.layer, work);
  if (!base) return base.error();
  auto changed = with_beta(query.network, (*base)->layer, query.changes);
  if (!changed) return changed.error();
  auto answers = predict(*changed, **base, work);
  if (!answers) return answers.error();
  const Predictions& said = (*base)->said;
  const auto classes = static_cast<std::size_t>(said.classes);
  Ablation result{.changed = std::move(*changed),
                  .before = (*base)->score,
                  .after = infer::score(*answers),
                  .class_counts = std::vector<int>(classes),
                  .correct_before = std::vector<int>(classes),
                  .correct_after = std::vector<int>(classes),
                  .switched = {},
                  .answers = std::move(*answers)};
  for (int k = 0; k < said.count(); ++k) {
    const auto truth = static_cast<std::size_t>(said.truth(k));
    const int before = said.said(k), after = result.answers.said(k);
    ++result.class_counts[truth];
    result.correct_before[truth] += before == said.truth(k) ? 1 : 0;
    result.correct_after[truth] += after == said.truth(k) ? 1 : 0;
    if (before != after)
      result.switched.push_back({said.samples[static_cast<std::size_t>(k)], said.truth(k), before, after});
  }
  return result;
}

}  // namespace synann::infer
