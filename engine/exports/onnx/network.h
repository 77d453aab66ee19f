// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/result.h"
#include "engine/exports/onnx/graph.h"
#include "engine/infer/work.h"
#include "engine/model/state.h"

namespace synann::exports::onnx {

inline constexpr const char* kImageInput = "image";            // [N, channels, rows, columns], 0 … 1
inline constexpr const char* kLogProbabilities = "log_probs";  // [N, classes], nats

// Writes a network as it evaluates: scaling inside, no dropout, running statistics. The initialisers have the
// names and the numbers of the state dict, and are what of it an evaluation reads. Layers of images and
// activations compute in single precision, those of vectors in double: batch norm behind a softmax or a
// synapse layer subtracts nearly equal numbers and would magnify the rounding of what is before it. Errors:
// Cancelled.
Status write_network(const model::Model& model, const model::State& state, const infer::Work& work,
                     messages::GraphProto& to);

}  // namespace synann::exports::onnx
