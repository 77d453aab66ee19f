// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/parameter_table.h"
#include "engine/core/result.h"

namespace synann::model {

// Channels × rows × columns of one sample; a vector is [n, 1, 1].
struct Shape {
  int channels = 1, rows = 1, columns = 1;
  int size() const { return channels * rows * columns; }
  bool operator==(const Shape&) const = default;
};

// What the numbers of a synapse layer are made of. The defaults are the original network's, computed per
// sample.
struct SynapseOptions {
  // BatchCoupled is what the original script really computes: the product runs over all samples of the batch,
  // so an output depends on the other images (docs/theory.md).
  enum class Semantics { PerSample, BatchCoupled } semantics = Semantics::PerSample;
  enum class Beta { Free, Sigmoid, Clamp } beta = Beta::Free;  // β = w, σ(w), or w clamped to [0, 1 − 1e-6]
  enum class Alpha {
    One,
    Exp,
    Softplus
  } alpha = Alpha::One;  // α = 1, exp(a), or log(1 + exp(a)); starts at 1
  enum class Diagonal { Keep, Zero } diagonal = Diagonal::Keep;  // Zero: β_ii = 0, no self-inhibition
  bool operator==(const SynapseOptions&) const = default;
};

enum class LayerKind {
  AvgPool2d,  // window = stride = kernel
  Conv2d,     // valid, stride 1, with bias; weight [out, in, k, k]
  MaxPool2d,  // window = stride = kernel; ties: first in row-major order
  Relu,       // active where its input > 0
  Dropout2d,  // drops whole channels with probability p, scales the rest by 1 / (1 − p)
  Dropout,    // the same for single elements
  Linear,     // weight [out, in], bias [out]
  Softmax,
  Synapse,  // y_i = x_i Π_j (1 − β_ij x_j); weight = β [n, n] (row i = output i), bias unused (as in the
            // original)
  BatchNorm1d,  // ε = 1e-5, momentum 0.1, unbiased running variance, as PyTorch
  SynaRnn,  // rows of the image one after the other through a recurrent synapse cell of `out` states; 4 h_T −
            // 2
  LogSoftmax,
};

// What stands in the place of the synapse layer: the layer itself, a linear layer of equal size, or nothing.
enum class Twin { Synapse, Dense, Identity };

// One layer of a model, as data. The shapes are filled in by build().
struct Layer {
  LayerKind kind;
  std::string name{};         // state_dict prefix; empty for layers without parameters
  int out = 0;                // Conv2d: channels; Linear: features
  int kernel = 0;             // Conv2d, MaxPool2d: pixels
  double p = 0;               // dropout probability
  SynapseOptions synapse{};   // Synapse; for SynaRnn the sigmoid is fixed
  Twin twin = Twin::Synapse;  // SynaRnn: what inhibits the candidate state
  std::string
      exposes{};  // the name under which this layer's output is an activation for people and golden files
  Shape in{}, result{};
  bool operator==(const Layer&) const = default;
};

// Pixels to network inputs: (pixel / 255 − mean) / deviation.
struct InputScaling {
  double mean = 0.1307;
  double deviation = 0.3081;
};

// A model as data: what initialisation, back ends, checkpoint, window and tests share.
struct Model {
  std::string id;     // "syna-cnn"
  std::string title;  // "SynaCNN"
  std::string help;   // one sentence
  InputScaling scaling;
  Shape input;
  int classes = 0;
  std::vector<Layer> layers;  // ends with LogSoftmax
  ParameterTable parameters;
};

struct ModelInfo {
  std::string_view id, title, help;
};

// Whether the layer has a matrix β of its own: a synapse layer, or a recurrent cell that inhibits by one.
bool has_inhibition(const Layer& layer);

// Whether the model has a synapse layer whose options can be chosen.
bool has_synapse(const Model& model);

// Whether it has a layer that normalises by the statistics of the batch, which one sample does not have.
bool has_batch_norm(const Model& model);

// The models a person can choose, the original first.
std::vector<ModelInfo> known_models();

// Fills in shapes and the parameter table of a model that has input, classes and layers. Errors: images too
// small.
Result<Model> resolve(Model model);

// Resolves a known model for images of rows × columns and a number of classes.
// Errors: unknown id (lists the known ones), images too small for the layers.
Result<Model> build(std::string_view id, int rows, int columns, int classes,
                    const SynapseOptions& synapse = {});

}  // namespace synann::model
