// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/engine/compute/cuda/device_fixtures.h"

// Small models of every layer kind and option that a model file can hold.
namespace synann::testing {

using enum model::LayerKind;
using model::Layer;
using model::Over;
using Options = model::SynapseOptions;

struct AnyModel {
  std::string name;
  ModelPtr model;
};

// Every layer shows what it puts out; behind the layers come a linear one and the log-softmax.
inline ModelPtr with_head(std::vector<Layer> layers, model::Shape input) {
  layers.push_back({.kind = Linear, .name = "head", .out = 5});
  layers.push_back({.kind = LogSoftmax});
  for (std::size_t k = 0; k < layers.size(); ++k) layers[k].exposes = "layer " + std::to_string(k);
  return shared(resolved(std::move(layers), input, 5));
}

inline void add_image_models(std::vector<AnyModel>& all) {
  const auto add = [&](const char* name, std::vector<Layer> layers) {
    all.push_back({name, with_head(std::move(layers), {2, 9, 7})});
  };
  add("convolutions with stride, padding and groups",
      {{.kind = Conv2d, .name = "c1", .out = 6, .kernel = 3, .stride = 2, .padding = 1},
       {.kind = Conv2d, .name = "c2", .out = 4, .kernel = 2, .groups = 2, .bias = false},
       {.kind = Conv2d, .name = "c3", .out = 8, .kernel = 3, .stride = 3, .padding = 2, .groups = 4},
       {.kind = Relu},
       {.kind = Linear, .name = "l", .out = 7, .bias = false}});
  add("a stride that leaves rows out", {{.kind = Conv2d, .name = "c1", .out = 3, .kernel = 2},
                                        {.kind = Conv2d, .name = "c2", .out = 4, .kernel = 2, .stride = 4},
                                        {.kind = Tanh}});
  add("a convolution per channel, and one without bias",
      {{.kind = Conv2d, .name = "c1", .out = 4, .kernel = 3, .bias = false},
       {.kind = Conv2d, .name = "c2", .out = 4, .kernel = 3, .padding = 1, .groups = 4},
       {.kind = Conv2d, .name = "c3", .out = 3, .kernel = 1}});
  add("a convolution without bias before a pool",
      {{.kind = Conv2d, .name = "c", .out = 4, .kernel = 2, .bias = false},
       {.kind = MaxPool2d, .kernel = 2},
       {.kind = Relu}});
  add("maxima of windows that overlap", {{.kind = Conv2d, .name = "c", .out = 4, .kernel = 2},
                                         {.kind = MaxPool2d, .kernel = 3, .stride = 2},
                                         {.kind = MaxPool2d, .kernel = 2, .stride = 1}});
  add("means of windows that overlap", {{.kind = AvgPool2d, .kernel = 3, .stride = 1},
                                        {.kind = Conv2d, .name = "c", .out = 4, .kernel = 2},
                                        {.kind = AvgPool2d, .kernel = 3, .stride = 2}});
  add("pools that leave pixels out", {{.kind = Conv2d, .name = "c", .out = 4, .kernel = 1},
                                      {.kind = MaxPool2d, .kernel = 1, .stride = 2},
                                      {.kind = AvgPool2d, .kernel = 2, .stride = 3}});
  add("global means", {{.kind = Conv2d, .name = "c", .out = 6, .kernel = 3}, {.kind = GlobalAvgPool2d}});
  add("global maxima", {{.kind = Conv2d, .name = "c", .out = 6, .kernel = 3}, {.kind = GlobalMaxPool2d}});
  add("batch norm of channels", {{.kind = Conv2d, .name = "c1", .out = 3, .kernel = 3, .bias = false},
                                 {.kind = BatchNorm2d, .name = "n1"},
                                 {.kind = Sigmoid},
                                 {.kind = Conv2d, .name = "c2", .out = 4, .kernel = 2, .padding = 1},
                                 {.kind = BatchNorm2d, .name = "n2"}});
  add("residual blocks", {{.kind = ResidualBegin},
                          {.kind = Conv2d, .name = "c1", .out = 2, .kernel = 3, .padding = 1},
                          {.kind = ResidualBegin},
                          {.kind = Tanh},
                          {.kind = Conv2d, .name = "c2", .out = 2, .kernel = 5, .padding = 2},
                          {.kind = ResidualEnd},
                          {.kind = Sigmoid},
                          {.kind = ResidualEnd},
                          {.kind = Linear, .name = "l", .out = 9},
                          {.kind = ResidualBegin},
                          {.kind = Linear, .name = "m", .out = 9},
                          {.kind = ResidualEnd}});
}

inline void add_vector_models(std::vector<AnyModel>& all) {
  const auto add = [&](const char* name, std::vector<Layer> layers) {
    all.push_back({name, with_head(std::move(layers), {1, 6, 7})});
  };
  add("functions of each element", {{.kind = Conv2d, .name = "c", .out = 4, .kernel = 2},
                                    {.kind = Sigmoid},
                                    {.kind = Glu},
                                    {.kind = Linear, .name = "l", .out = 34},
                                    {.kind = Tanh},
                                    {.kind = Glu},
                                    {.kind = Linear, .name = "m", .out = 40},
                                    {.kind = Clamp, .least = -0.25, .most = 0.125}});
  add("a softmax of another temperature", {{.kind = Linear, .name = "l", .out = 21},
                                           {.kind = Softmax, .temperature = 0.25, .scale = 5},
                                           {.kind = Linear, .name = "m", .out = 150},
                                           {.kind = Softmax, .temperature = 3},
                                           {.kind = Softmax, .scale = 40}});
  add("dropout between", {{.kind = Conv2d, .name = "c", .out = 6, .kernel = 3, .padding = 1},
                          {.kind = Dropout2d, .p = 0.25},
                          {.kind = Glu},
                          {.kind = MaxPool2d, .kernel = 3, .stride = 2},
                          {.kind = Dropout, .p = 0.5}});
}

struct SynapseVariant {
  const char* name;
  Options options;
};
const SynapseVariant kVariants[] = {
    {"", {}},
    {", β = σ(w), α = softplus a, β_ie = 0",
     {.beta = Options::Beta::Sigmoid,
      .alpha = Options::Alpha::Softplus,
      .diagonal = Options::Diagonal::Zero}},
    {", β clamped, α = exp a", {.beta = Options::Beta::Clamp, .alpha = Options::Alpha::Exp}}};

inline void add_synapse_models(std::vector<AnyModel>& all) {
  for (const auto semantics : {Options::Semantics::PerSample, Options::Semantics::BatchCoupled})
    for (const SynapseVariant& variant : kVariants) {
      const bool coupled = semantics == Options::Semantics::BatchCoupled;
      Options options = variant.options;
      options.semantics = semantics;
      // Behind a layer, so that the inputs have a gradient; small enough for the product of a batch.
      const auto add = [&](const char* name, Over over, int out, std::vector<int> excitatory) {
        std::vector<Layer> layers{{.kind = Conv2d, .name = "c", .out = 4, .kernel = 2},
                                  {.kind = Sigmoid},
                                  {.kind = Softmax, .scale = coupled ? 0.5 : 8},
                                  {.kind = Synapse,
                                   .name = "s",
                                   .out = out,
                                   .synapse = options,
                                   .over = over,
                                   .excitatory = std::move(excitatory)}};
        all.push_back({std::string(name) + (coupled ? ", coupled" : "") + variant.name,
                       with_head(std::move(layers), {1, 4, 3})});
      };
      add("fewer outputs", Over::Features, 17, {});
      add("excitatory inputs of choice", Over::Features, 3, {5, 0, 5});
      add("a square with other excitatory inputs", Over::Features, 0,
          {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 0});
      add("over channels", Over::Channels, 0, {});
      add("over channels, more outputs", Over::Channels, 6, {3, 3, 1, 0, 2, 3});
      add("over positions", Over::Positions, 0, {});
      add("over positions, fewer outputs", Over::Positions, 2, {4, 1});
    }
}

inline std::vector<AnyModel> any_models() {
  std::vector<AnyModel> all;
  add_image_models(all);
  add_vector_models(all);
  add_synapse_models(all);
  return all;
}

}  // namespace synann::testing
