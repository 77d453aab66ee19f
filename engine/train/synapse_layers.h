// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/model/description.h"

// What the synapse layers of a network hold and what reaches them. Stateless; any thread.
namespace synann::train {

// One synapse layer of a model whose β is [n, n] over all its inputs, output i excited by input i: others
// cannot be looked at yet.
struct SynapseLayer {
  std::string name;           // "fcn"
  std::size_t index = 0;      // into Model::layers
  int n = 0;                  // units; β is [n, n]
  bool recurrent = false;     // SynaRnn: its inputs change within an image, so that it has no single x
  int rows = 0, columns = 0;  // of the picture whose pixels its inputs are; 0 where they are none
};
std::vector<SynapseLayer> synapse_layers(const model::Model& model);
// Why a model has none of them.
Error no_synapse_layer(const model::Model& model);
// The layer of that name, the first where it is empty. Errors: none of that name, one of another form, no
// such layer at all.
Result<SynapseLayer> layer_named(const model::Model& model, const std::string& name);

// The parameters of one layer as the theory knows them: made of the weights by the layer's options.
struct SynapseParameters {
  std::vector<float> beta;   // [n, n], row i = output, column j = inhibiting input
  std::vector<float> alpha;  // [n]
};
// `weight` is [n, n]; `alpha` is [n], or empty where the model does not train it.
SynapseParameters synapse_parameters(const model::Model& model, const SynapseLayer& layer,
                                     std::span<const float> weight, std::span<const float> alpha);
// The same out of a model's flat block [float_count].
SynapseParameters synapse_parameters(const model::Model& model, const SynapseLayer& layer,
                                     std::span<const float> values);

// The inputs x of a layer [images, n] for these images of a set, in double precision, with running statistics
// and without dropout, as in evaluation. Errors: a recurrent layer, images of another size.
Result<std::vector<double>> synapse_inputs(const model::Model& model, const SynapseLayer& layer,
                                           std::span<const float> values, const data::Dataset& set,
                                           std::span<const int> images);

// ∂loss/∂β [n, n] of the mean loss over these images, with the batch's statistics and without dropout, as in
// training. With trained or clamped β it is the derivative by the weight behind it.
Result<std::vector<float>> synapse_gradient(const model::Model& model, const SynapseLayer& layer,
                                            std::span<const float> values, const data::Dataset& set,
                                            std::span<const int> images);

// The first `per_class` images of each class, class by class.
std::vector<int> images_by_class(const data::Dataset& set, int per_class);

}  // namespace synann::train
