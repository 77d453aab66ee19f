// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/layer_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "engine/model/recipes.h"

namespace synann::model {
namespace {

// What differs from PyTorch's defaults: ", stride 2, padding 1, 4 groups".
std::string window_text(const Layer& l) {
  std::string text;
  if (l.step() != (l.kind == LayerKind::Conv2d ? 1 : l.kernel)) text += fmt::format(", stride {}", l.step());
  if (l.padding > 0) text += fmt::format(", padding {}", l.padding);
  if (l.groups > 1) text += fmt::format(", {} groups", l.groups);
  return text;
}

std::string softmax_formula(const Layer& l) {
  const std::string scale = l.scale == 1 ? "" : fmt::format("{} ", l.scale),
                    divisor = l.temperature == 1 ? "" : fmt::format(" / {}", l.temperature);
  return fmt::format("y_i = {0}exp(x_i{1}) / Σ_j exp(x_j{1})", scale, divisor);
}

std::string synapse_formula(const Layer& layer) {
  const SynapseOptions& o = layer.synapse;
  const bool coupled = o.semantics == SynapseOptions::Semantics::BatchCoupled;
  std::string formula = o.alpha == SynapseOptions::Alpha::One ? "y_i = " : "y_i = α_i ";
  formula += layer.excitatory.empty() ? "x_i " : "x_e(i) ";
  formula += coupled ? "Π_k Π_j (1 − β_ij x_kj), k over the samples of the batch" : "Π_j (1 − β_ij x_j)";
  switch (o.beta) {
    case SynapseOptions::Beta::Free:
      break;
    case SynapseOptions::Beta::Sigmoid:
      formula += ", β = σ(w)";
      break;
    case SynapseOptions::Beta::Clamp:
      formula += ", β = w clamped to [0, 1)";
      break;
  }
  switch (o.alpha) {
    case SynapseOptions::Alpha::One:
      break;
    case SynapseOptions::Alpha::Exp:
      formula += ", α = exp(a)";
      break;
    case SynapseOptions::Alpha::Softplus:
      formula += ", α = log(1 + exp(a))";
      break;
  }
  if (o.diagonal == SynapseOptions::Diagonal::Zero)
    formula += layer.excitatory.empty() ? ", β_ii = 0" : ", β_ie(i) = 0";
  return formula;
}

std::string rnn_formula(Twin twin) {
  const std::string state =
      "e = σ(W_e z + U_e h + b_e), f = σ(W_f z + U_f h + b_f), h ← h (1 − f) + f e q, y = 4 h − 2";
  switch (twin) {
    case Twin::Synapse:
      return state + ", q_i = Π_j (1 − β_ij h_j), β = σ(w)";
    case Twin::Dense:
      return state + ", q = σ(B h)";
    case Twin::Identity:
      return state + ", q = 1";
  }
  return state;
}

// What a twin has under this name.
std::string in_twin(const Recipe& recipe, const Model& model, const Layer& layer) {
  const auto twin = build(recipe.info.id, model.input.rows, model.input.columns, model.classes);
  if (!twin) return {};
  const auto same = std::find_if(twin->layers.begin(), twin->layers.end(),
                                 [&](const Layer& l) { return l.name == layer.name; });
  if (same == twin->layers.end()) return "nothing";
  if (same->kind == layer.kind && same->twin == layer.twin) return {};
  if (same->kind == LayerKind::SynaRnn)
    return same->twin == Twin::Dense     ? "σ(B h) as q"
           : same->twin == Twin::Synapse ? "the synapse product as q"
                                         : "1 as q";
  return same->kind == LayerKind::Linear ? "a linear layer" : "the synapse layer";
}

}  // namespace

std::string_view kind_id(LayerKind kind) {
  switch (kind) {
    case LayerKind::AvgPool2d:
      return "avg_pool2d";
    case LayerKind::Conv2d:
      return "conv2d";
    case LayerKind::MaxPool2d:
      return "max_pool2d";
    case LayerKind::GlobalAvgPool2d:
      return "global_avg_pool2d";
    case LayerKind::GlobalMaxPool2d:
      return "global_max_pool2d";
    case LayerKind::Sigmoid:
      return "sigmoid";
    case LayerKind::Tanh:
      return "tanh";
    case LayerKind::Glu:
      return "glu";
    case LayerKind::Clamp:
      return "clamp";
    case LayerKind::Relu:
      return "relu";
    case LayerKind::Dropout2d:
      return "dropout2d";
    case LayerKind::Dropout:
      return "dropout";
    case LayerKind::Linear:
      return "linear";
    case LayerKind::Softmax:
      return "softmax";
    case LayerKind::Synapse:
      return "synapse";
    case LayerKind::BatchNorm1d:
      return "batch_norm1d";
    case LayerKind::BatchNorm2d:
      return "batch_norm2d";
    case LayerKind::ResidualBegin:
    case LayerKind::ResidualEnd:
      return "residual";
    case LayerKind::SynaRnn:
      return "syna_rnn";
    case LayerKind::LogSoftmax:
      return "log_softmax";
  }
  return {};
}

std::string layer_title(const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::AvgPool2d:
      return fmt::format("Mean of {0} × {0}{1}", layer.kernel, window_text(layer));
    case LayerKind::Conv2d:
      return fmt::format("Convolution {0} × {0}{1}", layer.kernel, window_text(layer));
    case LayerKind::MaxPool2d:
      return fmt::format("Maximum of {0} × {0}{1}", layer.kernel, window_text(layer));
    case LayerKind::GlobalAvgPool2d:
      return "Mean of each channel";
    case LayerKind::GlobalMaxPool2d:
      return "Maximum of each channel";
    case LayerKind::Sigmoid:
      return "Sigmoid";
    case LayerKind::Tanh:
      return "Hyperbolic tangent";
    case LayerKind::Glu:
      return "Gated linear unit";
    case LayerKind::Clamp:
      return fmt::format("Clamp to {} … {}", layer.least, layer.most);
    case LayerKind::BatchNorm2d:
      return "Batch norm of channels";
    case LayerKind::ResidualBegin:
      return "Residual block begins";
    case LayerKind::ResidualEnd:
      return "Residual block ends";
    case LayerKind::Relu:
      return "ReLU";
    case LayerKind::Dropout2d:
      return fmt::format("Dropout of whole channels, p = {}", layer.p);
    case LayerKind::Dropout:
      return fmt::format("Dropout, p = {}", layer.p);
    case LayerKind::Linear:
      return "Linear";
    case LayerKind::Softmax:
      return "Softmax";
    case LayerKind::Synapse:
      return layer.over == Over::Channels    ? "Synapse layer over channels"
             : layer.over == Over::Positions ? "Synapse layer over positions"
                                             : "Synapse layer";
    case LayerKind::BatchNorm1d:
      return "Batch norm";
    case LayerKind::SynaRnn:
      return fmt::format("Recurrent cell, {} steps", layer.in.rows * layer.in.channels);
    case LayerKind::LogSoftmax:
      return "Log softmax";
  }
  return {};
}

std::string layer_formula(const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::AvgPool2d:
      return fmt::format("y = mean of each {0} × {0} window of x", layer.kernel);
    case LayerKind::Conv2d:
      return layer.bias ? "y_o = b_o + Σ_c w_oc ⋆ x_c" : "y_o = Σ_c w_oc ⋆ x_c";
    case LayerKind::MaxPool2d:
      return fmt::format("y = maximum of each {0} × {0} window of x", layer.kernel);
    case LayerKind::GlobalAvgPool2d:
      return "y_c = mean of x_c";
    case LayerKind::GlobalMaxPool2d:
      return "y_c = maximum of x_c";
    case LayerKind::Relu:
      return "y = max(0, x)";
    case LayerKind::Sigmoid:
      return "y = 1 / (1 + exp(−x))";
    case LayerKind::Tanh:
      return "y = tanh(x)";
    case LayerKind::Glu:
      return "y = a σ(b), x = [a, b]";
    case LayerKind::Clamp:
      return fmt::format("y = min({}, max({}, x))", layer.most, layer.least);
    case LayerKind::ResidualBegin:
      return "y = x, kept for the end of the block";
    case LayerKind::ResidualEnd:
      return "y = x + what went into the block";
    case LayerKind::Dropout2d:
    case LayerKind::Dropout:
      return "in training y = x m / (1 − p), m = 0 with probability p, else 1; otherwise y = x";
    case LayerKind::Linear:
      return layer.bias ? "y = W x + b" : "y = W x";
    case LayerKind::Softmax:
      return softmax_formula(layer);
    case LayerKind::Synapse:
      return synapse_formula(layer);
    case LayerKind::BatchNorm1d:
    case LayerKind::BatchNorm2d:
      return "y = w (x − μ) / √(σ² + 10⁻⁵) + b";
    case LayerKind::SynaRnn:
      return rnn_formula(layer.twin);
    case LayerKind::LogSoftmax:
      return "y_i = x_i − log Σ_j exp(x_j)";
  }
  return {};
}

std::string shape_text(const Shape& shape) {
  if (shape.rows == 1 && shape.columns == 1) return fmt::format("{}", shape.channels);
  return fmt::format("{} × {} × {}", shape.channels, shape.rows, shape.columns);
}

std::string twin_text(const Model& model, const Layer& layer) {
  const auto dash = model.id.find('-');
  if (dash == std::string::npos || layer.name.empty()) return {};
  const std::string_view family = std::string_view(model.id).substr(dash);  // "-cnn"
  std::string text;
  for (const Recipe& recipe : recipes()) {
    if (recipe.info.id == model.id || !recipe.info.id.ends_with(family)) continue;
    const std::string there = in_twin(recipe, model, layer);
    if (there.empty()) continue;
    text += fmt::format("{}{} in {}", text.empty() ? "" : ", ", there, recipe.info.title);
  }
  return text;
}

}  // namespace synann::model
