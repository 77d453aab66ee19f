// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
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
  // Zero: no self-inhibition, β_ij = 0 where input j is the excitatory one of output i.
  enum class Diagonal { Keep, Zero } diagonal = Diagonal::Keep;
  bool operator==(const SynapseOptions&) const = default;
};

// x is the input of a layer, y its output. Layers that are said to see a vector see the features of an image
// one after the other, as PyTorch's flatten does.
enum class LayerKind {
  AvgPool2d,        // mean of each window of kernel × kernel pixels, every stride pixels
  Conv2d,           // weight [out, in / groups, k, k], bias [out] unless left out; zero padding
  MaxPool2d,        // as AvgPool2d; ties: first in row-major order
  GlobalAvgPool2d,  // mean of each channel
  GlobalMaxPool2d,  // maximum of each channel; ties: first in row-major order
  Relu,             // active where its input > 0
  Sigmoid,
  Tanh,
  Glu,        // halves the channels: y = a σ(b) with x = [a, b]
  Clamp,      // into [least, most]; no gradient outside
  Dropout2d,  // drops whole channels with probability p, scales the rest by 1 / (1 − p)
  Dropout,    // the same for single elements
  Linear,     // of a vector; weight [out, in], bias [out] unless left out
  Softmax,    // of a vector; y = scale · softmax(x / temperature)
  Synapse,  // y_i = α_i x_e(i) Π_j (1 − β_ij x_j); weight [out, in] (row i = output i), bias [out] unused (as
            // in the original)
  BatchNorm1d,  // of a vector; ε = 1e-5, momentum 0.1, unbiased running variance, as PyTorch
  BatchNorm2d,  // the same for each channel
  SynaRnn,  // rows of the image one after the other through a recurrent synapse cell of `out` states; y = 4
            // h_T − 2
  ResidualBegin,  // y = x, and keeps it for
  ResidualEnd,    // y = x + what the last ResidualBegin without an end kept
  LogSoftmax,     // of a vector
};

// What stands in the place of the synapse layer: the layer itself, a linear layer of equal size, or nothing.
enum class Twin { Synapse, Dense, Identity };

// What a synapse layer's inputs are: all features of a sample; the channels, with the same β at each
// position; or the positions, with the same β in each channel.
enum class Over { Features, Channels, Positions };

inline constexpr int kOutClasses = -1;  // Layer::out: as many as there are classes

// One layer of a model, as data. The shapes and block are filled in by resolve().
struct Layer {
  LayerKind kind;
  std::string name{};         // state_dict prefix; empty for layers without parameters
  int out = 0;                // Conv2d: channels; Linear: features; Synapse: outputs, 0 for as many as inputs
  int kernel = 0;             // Conv2d, MaxPool2d, AvgPool2d: pixels a side
  double p = 0;               // dropout probability
  SynapseOptions synapse{};   // Synapse; for SynaRnn the sigmoid is fixed
  Twin twin = Twin::Synapse;  // SynaRnn: what inhibits the candidate state
  std::string
      exposes{};  // the name under which this layer's output is an activation for people and golden files
  Shape in{}, result{};
  int stride = 0;                     // Conv2d, pools: pixels; 0 is 1 for Conv2d, the kernel for pools
  int padding = 0, groups = 1;        // Conv2d
  bool bias = true;                   // Conv2d, Linear
  double least = 0, most = 1;         // Clamp
  double temperature = 1, scale = 1;  // Softmax
  Over over = Over::Features;         // Synapse
  std::vector<int>
      excitatory{};  // Synapse: the input that excites each output, e(i); empty: the first `out` inputs
  int block = -1;    // ResidualBegin: the layer that ends it; ResidualEnd: the one that began it
  bool operator==(const Layer&) const = default;

  int step() const { return stride > 0 ? stride : kind == LayerKind::Conv2d ? 1 : kernel; }
  // Synapse: inputs and outputs of one product, and how many products of them a sample has.
  int synapse_inputs() const;
  int synapse_outputs() const { return out > 0 ? out : synapse_inputs(); }
  int synapse_groups() const { return in.size() / synapse_inputs(); }
  int excitatory_input(int output) const {
    return excitatory.empty() ? output : excitatory[static_cast<std::size_t>(output)];
  }
  // Whether β is a square matrix over all features, and output i is excited by input i: what the original
  // has.
  bool is_plain_synapse() const {
    return kind == LayerKind::Synapse && over == Over::Features && excitatory.empty() &&
           synapse_outputs() == synapse_inputs();
  }
};

// Pixels to network inputs: (pixel / 255 − mean) / deviation.
struct InputScaling {
  double mean = 0.1307;
  double deviation = 0.3081;
  bool operator==(const InputScaling&) const = default;
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

// A network of any layers, not yet resolved for images: what a model file holds (engine/model/model_file.h).
struct Definition {
  std::string id, title, help;
  InputScaling scaling{};
  std::vector<Layer> layers{};  // with kOutClasses where there are as many as classes
  std::string training{};       // a JSON object of settings it is recommended with; may be empty
  bool operator==(const Definition&) const = default;
};
using DefinitionPtr = std::shared_ptr<const Definition>;

struct ModelInfo {
  std::string_view id, title, help;
};

// Whether the layer has a matrix β of its own: a synapse layer, or a recurrent cell that inhibits by one.
bool has_inhibition(const Layer& layer);

// Whether the model has a synapse layer whose options can be chosen.
bool has_synapse(const Model& model);

// Whether the samples of a batch see each other in one of its layers, in evaluation too.
bool is_batch_coupled(std::span<const Layer> layers);

// Whether it has a layer that normalises by the statistics of the batch, which one sample does not have.
bool has_batch_norm(const Model& model);

// The models a person can choose, the original first.
std::vector<ModelInfo> known_models();

// The number of a layer as a person counts them in a model file, from 1; the end of a residual block has the
// number of its beginning.
int layer_number(const Model& model, std::size_t index);

// Fills in shapes and the parameter table of a model that has input, classes and layers.
// Errors: the first layer that does not fit what comes before it, by number and kind; images too small; more
// than kMostParameters numbers.
inline constexpr std::int64_t kMostParameters = 200'000'000;
inline constexpr const char* kImagesTooSmall = "the images are too small for this model";  // Error::problem
Result<Model> resolve(Model model);

// Resolves a known model for images of rows × columns and a number of classes.
// Errors: unknown id (lists the known ones), images too small for the layers.
Result<Model> build(std::string_view id, int rows, int columns, int classes,
                    const SynapseOptions& synapse = {});

// The same for a network of a person's own. Errors as resolve(), and a network that does not end with
// log_softmax of one number for each class.
Result<Model> build(const Definition& definition, int rows, int columns, int classes);

// What a known model is made of, as a model file would have it.
// Errors: unknown id.
Result<Definition> definition_of(std::string_view id, const SynapseOptions& synapse = {});

}  // namespace synann::model
