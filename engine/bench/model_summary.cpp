// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/model_summary.h"

#include <algorithm>

#include "engine/model/layer_words.h"

namespace synann::bench {

const LayerSummary* ModelSummary::find(const std::string& layer) const {
  const auto found = std::find_if(layers.begin(), layers.end(), [&](const LayerSummary& l) {
    return l.name == layer || std::to_string(l.number) == layer;
  });
  return layer.empty() || found == layers.end() ? nullptr : &*found;
}

ModelSummary summarise(const model::Model& model) {
  ModelSummary summary;
  summary.flops = dense_flops(model);
  for (std::size_t k = 0; k < model.layers.size(); ++k) {
    const model::Layer& l = model.layers[k];
    const bool first = k == 0;
    LayerSummary layer{.index = static_cast<int>(k),
                       .number = model::layer_number(model, k),
                       .name = l.name,
                       .kind = std::string(model::kind_id(l.kind)),
                       .title = model::layer_title(l),
                       .formula = model::layer_formula(l),
                       .twins = model::twin_text(model, l),
                       .in = l.in,
                       .out = l.result,
                       .parameters = {},
                       .flops = layer_flops(l, first)};
    for (const Parameter& p : model.parameters.all()) {
      if (l.name.empty() || p.name.substr(0, p.name.rfind('.')) != l.name) continue;
      layer.parameters.push_back(p);
      if (p.role == Role::Trained) layer.trained += static_cast<std::int64_t>(p.size());
    }
    if (summary.flops.step() > 0) layer.share = layer.flops.step() / summary.flops.step();
    summary.trained += layer.trained;
    summary.layers.push_back(std::move(layer));
  }
  return summary;
}

}  // namespace synann::bench
