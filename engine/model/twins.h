// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

#include "engine/core/result.h"
#include "engine/model/description.h"

// Rivals of a network with synapse layers: the same network with something else in their place, so that what
// the layer contributes can be measured. Stateless; any thread.
namespace synann::model {

enum class Rival {
  Dense,          // a linear layer of equal size
  DenseRelu,      // with a ReLU behind it
  DenseNormRelu,  // with batch norm and a ReLU behind it
  GatedLinear,    // a gated linear unit: y = a σ(b), [a, b] a linear layer of twice the size
  Identity,       // nothing
  WideIdentity,   // nothing, and the linear layer before it as wide as the trained parameters allow
  NoBatchNorm,    // the synapse layers stay, all batch norms go
};

struct RivalInfo {
  Rival rival;
  std::string_view id;     // "dense-relu"
  std::string_view words;  // "a linear layer with ReLU"
};
std::span<const RivalInfo> rival_infos();

// The rival of a network, whose id has "syna" replaced by the rival's ("dense-relu-cnn"), or the rival's
// behind it. The sizes of images are needed for WideIdentity alone. Errors: a network without such layers;
// synapse layers that are no square over the features; nothing to widen.
Result<Definition> rival_of(const Definition& definition, Rival rival, int rows = 28, int columns = 28,
                            int classes = 10);

}  // namespace synann::model
