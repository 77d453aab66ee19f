// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/head.h"

#include <cmath>

#include "engine/compute/batch.h"

namespace synann::infer {
namespace {

using enum model::LayerKind;

// z_i = scale_i y_i + shift_i
struct Affine {
  std::vector<double> scale, shift, mean;
};

const float* tensor(const Network& network, const model::Layer& layer, const char* suffix) {
  return network.values->data() + network.model->parameters.find(layer.name + suffix)->offset;
}

void take_norm(const Network& network, const model::Layer& layer, Affine& a) {
  const float *weight = tensor(network, layer, ".weight"), *bias = tensor(network, layer, ".bias"),
              *mean = tensor(network, layer, ".running_mean"),
              *variance = tensor(network, layer, ".running_var");
  for (std::size_t i = 0; i < a.scale.size(); ++i) {
    const double gain = static_cast<double>(weight[i]) /
                        std::sqrt(static_cast<double>(variance[i]) + compute::kBatchNormEpsilon);
    a.mean[i] = static_cast<double>(mean[i]);
    a.scale[i] = gain;
    a.shift[i] = static_cast<double>(bias[i]) - gain * a.mean[i];
  }
}

LinearHead take_linear(const Network& network, const model::Layer& layer, const Affine& a) {
  const std::size_t n = a.scale.size(), classes = static_cast<std::size_t>(layer.out);
  const float *weight = tensor(network, layer, ".weight"),
              *bias = layer.bias ? tensor(network, layer, ".bias") : nullptr;
  LinearHead head{.n = static_cast<int>(n),
                  .classes = layer.out,
                  .weight = std::vector<double>(classes * n),
                  .bias = std::vector<double>(classes),
                  .mean = a.mean,
                  .mean_logits = std::vector<double>(classes)};
  for (std::size_t k = 0; k < classes; ++k) {
    if (bias != nullptr) head.bias[k] = static_cast<double>(bias[k]);
    for (std::size_t i = 0; i < n; ++i) {
      const auto w = static_cast<double>(weight[k * n + i]);
      head.weight[k * n + i] = w * a.scale[i];
      head.bias[k] += w * a.shift[i];
    }
    head.mean_logits[k] = head.bias[k];
    for (std::size_t i = 0; i < n; ++i) head.mean_logits[k] += head.weight[k * n + i] * a.mean[i];
  }
  return head;
}

}  // namespace

std::optional<LinearHead> linear_head(const Network& network, const train::SynapseLayer& layer) {
  if (layer.recurrent) return {};
  const auto& layers = network.model->layers;
  const auto n = static_cast<std::size_t>(layer.n);
  Affine affine{std::vector<double>(n, 1.0), std::vector<double>(n), std::vector<double>(n)};
  std::size_t k = layer.index + 1;
  if (k < layers.size() && layers[k].kind == BatchNorm1d) take_norm(network, layers[k++], affine);
  if (k + 2 != layers.size() || layers[k].kind != Linear || layers[k + 1].kind != LogSoftmax) return {};
  return take_linear(network, layers[k], affine);
}

}  // namespace synann::infer
