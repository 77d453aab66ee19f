// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/description.h"

// Arithmetic by counting: a multiplication and an addition are two operations.
namespace synann::bench {

// Operations of one sample, when every output, weight gradient and input gradient is computed densely.
// Element-wise layers (pooling, activations, softmax, batch norm, dropout, sums of residual blocks) are left
// out: under one per cent of the usual networks.
struct Flops {
  double forward = 0, backward = 0;
  double step() const { return forward + backward; }
};

// One layer of a resolved model; element-wise layers count as nothing. `first`: its input is the pixels,
// which need no gradient.
Flops layer_flops(const model::Layer& layer, bool first);

// The sum over all layers of a resolved model.
Flops dense_flops(const model::Model& model);

// A synapse layer of n on its own, y = x Π (1 − βx): 3 n² forward; backward 8 n² (prefix and suffix products,
// and two sums). Of a layer of another form, outputs · inputs stands for n², times the places it is applied
// at.
Flops synapse_flops(int n);

// What of a training step of SynaCNN is not multiplied by zero: max-pooling passes the gradient to one of
// four positions, ReLU to the active ones, and dropout2d removes half of conv2's maps. Counted over MNIST
// with weights of the first epochs: 288 conv1 forward, 49 + 91 the two convolutions' gradients, 320 conv2
// forward, 35 fc1 and fc2, 45 the synapse layer, 7 the rest; thousands of operations a sample.
inline constexpr double kUsefulSynaCnnStep = 835e3;

// The operations a training step cannot avoid: kUsefulSynaCnnStep for SynaCNN, elsewhere all of them.
double useful_step_flops(const model::Model& model);

}  // namespace synann::bench
