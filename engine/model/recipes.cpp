// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/recipes.h"

namespace synann::model {
namespace {

using enum LayerKind;

constexpr InputScaling kUnit{.mean = 0, .deviation = 1};  // x / 255

// The layer in question, or its twin, under the same name.
void add_middle(std::vector<Layer>& layers, Twin twin, const char* name, int width,
                const SynapseOptions& synapse) {
  if (twin == Twin::Synapse)
    layers.push_back({.kind = Synapse, .name = name, .synapse = synapse, .exposes = name});
  if (twin == Twin::Dense) layers.push_back({.kind = Linear, .name = name, .out = width, .exposes = name});
}

void add_head(std::vector<Layer>& layers) {
  layers.push_back({.kind = BatchNorm1d, .name = "fcb", .exposes = "fcb"});
  layers.push_back({.kind = Linear, .name = "fc2", .out = kOutClasses});
  layers.push_back({.kind = LogSoftmax});
}

// The original network, in the order of its forward(): pool before ReLU, dropout2d between conv2 and its
// pool.
template <Twin twin>
std::vector<Layer> cnn(const SynapseOptions& synapse) {
  std::vector<Layer> layers{
      {.kind = Conv2d, .name = "conv1", .out = 10, .kernel = 5},
      {.kind = MaxPool2d, .kernel = 2},
      {.kind = Relu, .exposes = "conv1"},
      {.kind = Conv2d, .name = "conv2", .out = 20, .kernel = 5},
      {.kind = Dropout2d, .p = 0.5},
      {.kind = MaxPool2d, .kernel = 2},
      {.kind = Relu, .exposes = "conv2"},
      {.kind = Linear, .name = "fc1", .out = 64},
      {.kind = Relu, .exposes = "fc1"},
      {.kind = Dropout, .p = 0.5},
      {.kind = Softmax, .exposes = "softmax"},
  };
  add_middle(layers, twin, "fcn", 64, synapse);
  add_head(layers);
  return layers;
}

// 784 – 300 – BN – softmax – synapse 300 – BN – classes: the author's comparison with a dense layer.
template <Twin twin>
std::vector<Layer> mlp(const SynapseOptions& synapse) {
  std::vector<Layer> layers{{.kind = Linear, .name = "fc1", .out = 300, .exposes = "fc1"},
                            {.kind = BatchNorm1d, .name = "fc1b"},
                            {.kind = Softmax, .exposes = "softmax"}};
  add_middle(layers, twin, "fcn", 300, synapse);
  add_head(layers);
  return layers;
}

// One layer on 2 × 2 means of the pixels, whose inputs are of order one: there the synapse layer shows what
// it can do.
template <Twin twin>
std::vector<Layer> pixel(const SynapseOptions& synapse) {
  std::vector<Layer> layers{{.kind = AvgPool2d, .kernel = 2, .exposes = "pixels"}};
  add_middle(layers, twin, "fcn", 196, synapse);
  add_head(layers);
  return layers;
}

template <Twin twin>
std::vector<Layer> rnn(const SynapseOptions&) {
  return {{.kind = SynaRnn, .name = "rnn", .out = 64, .twin = twin, .exposes = "rnn"},
          {.kind = Linear, .name = "fc2", .out = kOutClasses},
          {.kind = LogSoftmax}};
}

std::vector<Layer> linear(const SynapseOptions&) {
  return {{.kind = Linear, .name = "fc2", .out = kOutClasses}, {.kind = LogSoftmax}};
}

}  // namespace

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all = {
      {{"syna-cnn", "SynaCNN", "The original network: two convolutions, a synapse layer of 64, batch norm."},
       {},
       cnn<Twin::Synapse>},
      {{"syna-mlp", "SynaMLP", "784–300, batch norm, softmax, a synapse layer of 300, batch norm."},
       kUnit,
       mlp<Twin::Synapse>},
      {{"syna-rnn", "SynaRNN", "The image row by row through a recurrent synapse cell of 64 states."},
       kUnit,
       rnn<Twin::Synapse>},
      {{"syna-pixel", "SynaPixel",
        "One synapse layer on 14 × 14 pixels: where the layer demonstrably learns."},
       kUnit,
       pixel<Twin::Synapse>},
      {{"dense-cnn", "DenseCNN", "SynaCNN with a linear layer in the place of the synapse layer."},
       {},
       cnn<Twin::Dense>},
      {{"dense-mlp", "DenseMLP", "SynaMLP with a linear layer in the place of the synapse layer."},
       kUnit,
       mlp<Twin::Dense>},
      {{"dense-rnn", "DenseRNN", "SynaRNN with σ(B h) in the place of the synapse product."},
       kUnit,
       rnn<Twin::Dense>},
      {{"dense-pixel", "DensePixel", "SynaPixel with a linear layer in the place of the synapse layer."},
       kUnit,
       pixel<Twin::Dense>},
      {{"identity-cnn", "IdentityCNN", "SynaCNN without its synapse layer."}, {}, cnn<Twin::Identity>},
      {{"identity-mlp", "IdentityMLP", "SynaMLP without its synapse layer."}, kUnit, mlp<Twin::Identity>},
      {{"identity-rnn", "IdentityRNN", "SynaRNN without the synapse product."}, kUnit, rnn<Twin::Identity>},
      {{"identity-pixel", "IdentityPixel",
        "SynaPixel without its synapse layer: logistic regression behind batch norm."},
       kUnit,
       pixel<Twin::Identity>},
      {{"linear", "Linear", "A linear classifier: the floor every other model has to beat."}, {}, linear},
  };
  return all;
}

}  // namespace synann::model
