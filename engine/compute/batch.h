// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/random.h"
#include "engine/data/dataset.h"
#include "engine/model/description.h"
#include "engine/model/state.h"

// What the batch-wise CPU tiers (reference, eigen) share: batches, dropout draws, the optimiser's step.
namespace synann::compute {

// Samples side by side: input [count, in], target [count].
template <class T>
struct Batch {
  int count = 0;
  std::span<const T> input;
  std::span<const std::uint8_t> target;
};

// Which elements dropout keeps in one step. Element numbers run over [sample slot, feature] (Dropout2d:
// [slot, channel]).
struct DropoutDraws {
  bool enabled = false;  // false in evaluation and for golden files
  std::uint64_t seed = 0;
  int epoch = 1, step = 0;

  RandomStream stream(int layer_index) const {
    return random_stream(seed, Purpose::Dropout, static_cast<std::uint32_t>(layer_index),
                         static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(epoch));
  }
};

enum class Mode { Training, Evaluation };  // batch statistics and dropout, or running statistics and none

inline constexpr double kBatchNormEpsilon = 1e-5;  // PyTorch's defaults
inline constexpr double kBatchNormMomentum = 0.1;
inline constexpr double kClampMargin = 1e-6;  // Beta::Clamp keeps β in [0, 1 − kClampMargin]
inline constexpr double kRnnStart = 0.1;      // SynaRnn: h before the first row

// The 256 scaled values of a pixel: (pixel / 255 − mean) / deviation.
std::vector<float> scaling_table(const model::InputScaling& scaling);

// Copies samples order[first …] of the set, scaled, into input [count, image] and target [count].
void gather(const data::Dataset& set, std::span<const std::uint32_t> order, std::span<const float> table,
            std::span<float> input, std::span<std::uint8_t> target);

// The first tensor whose gradient holds a NaN or an infinity; nullptr when all are finite.
const Parameter* first_not_finite(const model::Model& model, std::span<const float> gradients);
bool all_finite(std::span<const float> values);

// Whether a residual block that began before a layer ends behind it: then the layer's input is not all that
// is needed to go on from there.
bool inside_block(const model::Model& model, std::size_t layer);

// Sentences for people about numbers that broke.
std::string loss_not_finite(const std::string& first_broken_layer);  // empty: all outputs are finite
std::string headroom_gone(const std::string& layer, double least);
std::string gradient_not_finite(const Parameter& parameter);  // running statistics: the batch's own

}  // namespace synann::compute
