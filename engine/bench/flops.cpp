// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/flops.h"

namespace synann::bench {
namespace {

using model::Layer;
using model::LayerKind;

// The recurrent cell: two gates and what stands in the place of the synapse product, row by row.
Flops rnn_flops(const Layer& l) {
  const double n = l.out, m = l.in.columns, steps = l.in.rows * l.in.channels;
  const double gates = 2 * 2 * n * (m + n), gates_back = gates + 2 * 2 * n * n;  // no gradient of the pixels
  Flops middle;
  if (l.twin == model::Twin::Synapse) middle = synapse_flops(l.out);
  if (l.twin == model::Twin::Dense) middle = {2 * n * n, 4 * n * n};
  return {steps * (gates + middle.forward), steps * (gates_back + middle.backward)};
}

Flops layer_flops(const Layer& l, bool first) {
  const double input_gradient = first ? 0 : 1;  // the pixels need none
  if (l.kind == LayerKind::Conv2d) {
    const double product = 2.0 * l.result.size() * l.in.channels * l.kernel * l.kernel;
    return {product, product * (1 + input_gradient)};
  }
  if (l.kind == LayerKind::Linear) {
    const double product = 2.0 * l.in.size() * l.result.size();
    return {product, product * (1 + input_gradient)};
  }
  if (l.kind == LayerKind::Synapse) return synapse_flops(l.in.size());
  if (l.kind == LayerKind::SynaRnn) return rnn_flops(l);
  return {};
}

}  // namespace

Flops synapse_flops(int n) {
  const double pairs = static_cast<double>(n) * n;
  return {3 * pairs, 8 * pairs};
}

Flops dense_flops(const model::Model& model) {
  Flops sum;
  for (std::size_t k = 0; k < model.layers.size(); ++k) {
    const Flops layer = layer_flops(model.layers[k], k == 0);
    sum.forward += layer.forward;
    sum.backward += layer.backward;
  }
  return sum;
}

double useful_step_flops(const model::Model& model) {
  return model.id == "syna-cnn" ? kUsefulSynaCnnStep : dense_flops(model).step();
}

}  // namespace synann::bench
