// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/explanation.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

#include "engine/infer/cells.h"
#include "engine/infer/head.h"

namespace synann::infer {
namespace {

bool couples_samples(const model::Model& model, const train::SynapseLayer& layer) {
  return model.layers[layer.index].synapse.semantics == model::SynapseOptions::Semantics::BatchCoupled;
}

Status check_classes(const ExplanationQuery& q) {
  for (const int label : {q.a, q.b})
    if (label < 0 || label >= q.network.model->classes)
      return Error{.where = "class",
                   .problem = "there is no such class",
                   .expected = fmt::format("from 0 to {}", q.network.model->classes - 1),
                   .found = fmt::format("{}", label)};
  return {};
}

// Sums the units' contributions, and finds which are the largest.
void add_up(const LinearHead& head, int a, int b, Explanation& e) {
  const auto n = static_cast<std::size_t>(head.n);
  const auto k = static_cast<std::size_t>(a), l = static_cast<std::size_t>(b);
  e.mean = head.mean;
  e.rest = e.difference = head.mean_logits[k] - head.mean_logits[l];
  for (std::size_t i = 0; i < n; ++i) {
    e.weight.push_back(head.weight[k * n + i] - head.weight[l * n + i]);
    e.contribution.push_back(e.weight[i] * (e.y[i] - e.mean[i]));
    e.difference += e.contribution[i];
  }
  e.order.resize(n);
  std::iota(e.order.begin(), e.order.end(), 0);
  std::stable_sort(e.order.begin(), e.order.end(), [&](int p, int q) {
    return std::abs(e.contribution[static_cast<std::size_t>(p)]) >
           std::abs(e.contribution[static_cast<std::size_t>(q)]);
  });
}

}  // namespace

Result<Explanation> explain(const ExplanationQuery& query) {
  const model::Model& model = *query.network.model;
  if (!query.set) return input_error("images", "no data set is open", "choose one");
  if (auto status = check_classes(query); !status) return status.error();
  auto layer = layer_named(model, query.layer);
  if (!layer) return layer.error();
  const std::vector<int> images{static_cast<int>(query.image)};
  auto x = train::synapse_inputs(model, *layer, *query.network.values, *query.set, images);
  if (!x) return x.error();
  const auto head = linear_head(query.network, *layer);
  if (!head || couples_samples(model, *layer)) {
    return Error{.where = layer->name,
                 .problem = head ? "it couples the images of a batch, so none has outputs of its own"
                                 : "what follows it is not linear, so nothing adds up",
                 .remedy = "look at the occlusion map"};
  }
  const auto p = train::synapse_parameters(model, *layer, *query.network.values);
  const std::vector<double> beta(p.beta.begin(), p.beta.end()), alpha(p.alpha.begin(), p.alpha.end());
  const synapse::Tensor tensor{static_cast<std::size_t>(layer->n), beta, alpha};
  auto output = synapse::tensor_forward(tensor, *x, {.extended = true});
  if (!output) return output.error();
  Explanation e;
  e.layer = *layer;
  e.x = std::move(*x);
  e.y = std::move(output->y);
  for (std::size_t i = 0; i < tensor.n; ++i) {
    auto unit = synapse::decompose(tensor, e.x, i, {.extended = true});
    if (!unit) return unit.error();
    e.units.push_back(std::move(*unit));
  }
  add_up(*head, query.a, query.b, e);
  return e;
}

}  // namespace synann::infer
