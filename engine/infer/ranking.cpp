// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/infer/cell_effects.h"

namespace synann::infer {
namespace {

std::optional<LinearHead> head_to_follow(const Ablator::Base& base) {
  using Semantics = model::SynapseOptions::Semantics;
  if (base.x.empty()) return {};
  if (base.network.model->layers[base.layer.index].synapse.semantics != Semantics::PerSample) return {};
  return linear_head(base.network, base.layer);
}

// All cells together.
Result<std::vector<double>> follow(const Ablator::Base& base, LinearHead head, const RankQuery& query,
                                   const Work& work) {
  const auto p = train::synapse_parameters(*base.network.model, base.layer, *base.network.values);
  const CellEffects effects{.head = std::move(head),
                            .beta = {p.beta.begin(), p.beta.end()},
                            .alpha = {p.alpha.begin(), p.alpha.end()},
                            .value = static_cast<double>(query.value)};
  auto sums = sum_effects(effects, base.x, base.said.labels, query.threads, work);
  const bool fixed =
      base.network.model->layers[base.layer.index].synapse.diagonal == model::SynapseOptions::Diagonal::Zero;
  for (int i = 0; sums && fixed && i < base.layer.n; ++i)
    (*sums)[static_cast<std::size_t>(i) * static_cast<std::size_t>(base.layer.n + 1)] = 0;
  return sums;
}

Result<Score> measure(Ablator& ablator, const Ablator::Base& base, Cell cell, const RankQuery& query,
                      const Work& work) {
  const std::vector<CellValue> change{{cell, query.value}};
  const auto changed = with_beta(base.network, base.layer, change);
  if (!changed) return changed.error();
  const auto said = ablator.predict(*changed, base, {work.stop, {}});
  if (!said) return said.error();
  return score(*said);
}

// One cell after the other.
Result<std::vector<double>> measure_all(Ablator& ablator, const Ablator::Base& base, const RankQuery& query,
                                        const Work& work) {
  const int n = base.layer.n;
  std::vector<double> sums;
  for (int k = 0; k < n * n; ++k) {
    const auto after = measure(ablator, base, {k / n, k % n}, query, work);
    if (!after) return after.error();
    sums.push_back(after->loss_sum - base.score.loss_sum);
    work.tell(k + 1, n * n);
  }
  return sums;
}

std::vector<int> largest(const std::vector<double>& change, int count) {
  std::vector<int> order(change.size());
  std::iota(order.begin(), order.end(), 0);
  const auto size = [&](int k) {
    const double c = std::abs(change[static_cast<std::size_t>(k)]);
    return std::isnan(c) ? std::numeric_limits<double>::infinity() : c;
  };
  const auto end = order.begin() + std::clamp<std::ptrdiff_t>(count, 0, std::ssize(order));
  std::partial_sort(order.begin(), end, order.end(),
                    [&](int a, int b) { return size(a) != size(b) ? size(a) > size(b) : a < b; });
  order.erase(end, order.end());
  return order;
}

}  // namespace

Result<Ranking> rank_cells(Ablator& ablator, const RankQuery& query, const Work& work) {
  const auto base = ablator.base(query.network, query.set, query.layer, work);
  if (!base) return base.error();
  const Ablator::Base& b = **base;
  if (!std::isfinite(b.score.loss_sum) || b.score.count == 0) {
    return Error{.kind = ErrorKind::Failed,
                 .where = query.network.model->title,
                 .problem = "its loss on these images is not finite",
                 .remedy = "go back to an earlier checkpoint"};
  }
  // A value that the layer cannot have is refused before anything is measured.
  const std::vector<CellValue> trial{{{0, 0}, query.value}};
  if (const auto possible = with_beta(b.network, b.layer, trial); !possible) return possible.error();
  auto head = head_to_follow(b);
  const int units = head ? b.score.count : b.layer.n * b.layer.n;  // of progress
  auto sums = head ? follow(b, std::move(*head), query, work) : measure_all(ablator, b, query, work);
  if (!sums) return sums.error();
  Ranking ranking{.layer = b.layer,
                  .before = b.score,
                  .beta = beta_of(b.network, b.layer),
                  .loss_change = std::move(*sums),
                  .top = {}};
  for (double& change : ranking.loss_change) change /= b.score.count;
  for (const int k : largest(ranking.loss_change, query.top)) {
    if (work.stopped()) return interrupted();
    work.tell(units, units);  // who follows may want to stop here too
    const Cell cell{k / b.layer.n, k % b.layer.n};
    const auto after = measure(ablator, b, cell, query, work);
    if (!after) return after.error();
    ranking.top.push_back({cell, ranking.beta[static_cast<std::size_t>(k)],
                           ranking.loss_change[static_cast<std::size_t>(k)], *after});
  }
  return ranking;
}

}  // namespace synann::infer
