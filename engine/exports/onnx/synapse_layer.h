// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/exports/onnx/layer_writer.h"

// The synapse layer, y_i = α_i x_e(i) Π_j (1 − β_ij x_j), and the recurrent cell in standard operators, all
// in double precision. The weights stay as they were trained, under their state_dict names; what they mean (β
// = σ(w), a clamp, a zero diagonal, α = exp a) is computed in the graph. The product is a product, never a
// sum of logarithms, so that factors that are zero or negative are exact.
namespace synann::exports::onnx {

// Up to so many factors for each image are computed at once and multiplied in halves, which every runtime
// can do and takes about 30 bytes for each factor of each image. More of them go one input after the other
// through a Scan, in memory for the outputs alone.
inline constexpr int kMostFactorsAtOnce = 128 * 128;

// Π_j (1 − β_ij x_j) [rows, outputs] of x [rows, inputs] and β [outputs, inputs].
std::string inhibition(Graph& graph, const std::string& path, const std::string& x, const std::string& beta,
                       int inputs, int outputs);

// The layer's rows: x [rows, inputs] to y [rows, outputs]. Batch-coupled: one product over all rows.
std::string synapse_rows(const LayerWriter& w, const std::string& x);

// x [N, steps, columns] to y [N, states]
std::string recurrent_cell(const LayerWriter& w, const std::string& x);

}  // namespace synann::exports::onnx
