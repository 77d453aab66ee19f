// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "engine/infer/network.h"
#include "engine/train/synapse_layers.h"

// Cells of the matrix β of one layer: choosing them, and setting them. Pure functions; any thread.
namespace synann::infer {

// β_ij: row i = output, column j = inhibiting input, from 0.
struct Cell {
  int row = 0, column = 0;
  bool operator==(const Cell&) const = default;
};

struct CellValue {
  Cell cell;
  float beta = 0;
  bool operator==(const CellValue&) const = default;
};

using train::layer_named;

// β [n, n] of a layer.
std::vector<float> beta_of(const Network& network, const train::SynapseLayer& layer);

// What β of the layer can be; without bounds where it is free.
struct BetaRange {
  float least = -std::numeric_limits<float>::infinity(), most = std::numeric_limits<float>::infinity();
  bool free() const { return std::isinf(most); }
};
BetaRange beta_range(const model::Model& model, const train::SynapseLayer& layer);

std::vector<Cell> cells_of_row(int n, int row);
std::vector<Cell> cells_of_column(int n, int column);
// Both corners included, in any order.
std::vector<Cell> cells_of_rectangle(Cell one, Cell other);
// Those that are chosen [n, n], row by row.
std::vector<Cell> cells_of_mask(std::span<const std::uint8_t> chosen, int n);
// Those with the largest |β|, the largest first; of equals the first in row-major order.
std::vector<Cell> strongest_cells(std::span<const float> beta, int n, int count);

std::vector<CellValue> set_to(std::span<const Cell> cells, float beta);

// The same network with other β, as a state dict that holds them: the weight behind each cell becomes the one
// whose β is nearest to what was asked (β itself where the layer has it free). A cell that is named twice has
// the later value. Errors: cells outside the matrix, values that the layer cannot have.
Result<Network> with_beta(const Network& network, const train::SynapseLayer& layer,
                          std::span<const CellValue> changes);

}  // namespace synann::infer
