// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/flops.h"

namespace synann::bench {
namespace {

using model::Layer;
using model::LayerKind;

// The recurrent cell: two gates and what stands in the place of the synapse product, row by row.
Flops rnn_flops(const Layer& l, bool first) {
  const double n = l.out, m = l.in.columns, steps = l.in.rows * l.in.channels;
  const double gates = 2 * 2 * n * (m + n), gates_back = gates + 2 * 2 * n * (first ? n : m + n);
  Flops middle;
  if (l.twin == model::Twin::Synapse) middle = synapse_flops(l.out);
  if (l.twin == model::Twin::Dense) middle = {2 * n * n, 4 * n * n};
  return {steps * (gates + middle.forward), steps * (gates_back + middle.backward)};
}

// A matrix product forward is one backward for the weights, and one for the input where anybody needs its
// gradient.
Flops product_flops(double product, bool first) {
  return {product, first ? product : 2 * product};
}

// Of products of factors 1 − βx, so many pairs of an output and an input.
Flops pair_flops(double pairs) {
  return {3 * pairs, 8 * pairs};
}

}  // namespace

Flops layer_flops(const Layer& layer, bool first) {
  switch (layer.kind) {
    case LayerKind::Conv2d: {
      const int seen = layer.in.channels / layer.groups;
      return product_flops(2.0 * layer.result.size() * seen * layer.kernel * layer.kernel, first);
    }
    case LayerKind::Linear:
      return product_flops(2.0 * layer.in.size() * layer.result.size(), first);
    case LayerKind::Synapse:
      return pair_flops(1.0 * layer.synapse_outputs() * layer.synapse_inputs() * layer.synapse_groups());
    case LayerKind::SynaRnn:
      return rnn_flops(layer, first);
    case LayerKind::AvgPool2d:
    case LayerKind::MaxPool2d:
    case LayerKind::GlobalAvgPool2d:
    case LayerKind::GlobalMaxPool2d:
    case LayerKind::Relu:
    case LayerKind::Sigmoid:
    case LayerKind::Tanh:
    case LayerKind::Glu:
    case LayerKind::Clamp:
    case LayerKind::Dropout2d:
    case LayerKind::Dropout:
    case LayerKind::Softmax:
    case LayerKind::BatchNorm1d:
    case LayerKind::BatchNorm2d:
    case LayerKind::ResidualBegin:
    case LayerKind::ResidualEnd:
    case LayerKind::LogSoftmax:
      return {};
  }
  return {};
}

Flops synapse_flops(int n) {
  return pair_flops(static_cast<double>(n) * n);
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
