// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/model/description.h"

// Layers in words, the same for the prompt and the window. Stateless; any thread.
namespace synann::model {

// The kind as model files name it: "conv2d", "synapse", "log_softmax".
std::string_view kind_id(LayerKind kind);

// What it is, with its sizes: "Convolution 5 × 5", "Synapse layer", "Dropout of whole channels, p = 0.5".
std::string layer_title(const Layer& layer);

// What it computes, as docs/theory.md writes it, with what stands for β and α under its options:
// "y_i = x_i Π_j (1 − β_ij x_j), β = σ(w)".
std::string layer_formula(const Layer& layer);

// "10 × 24 × 24" (channels × rows × columns), or "64" for a vector.
std::string shape_text(const Shape& shape);

// What the twins of a known model have where it has this layer, in one sentence without a full stop: "a
// linear layer in DenseCNN, nothing in IdentityCNN". Empty for a layer that all of them share, and for a
// model without twins.
std::string twin_text(const Model& model, const Layer& layer);

}  // namespace synann::model
