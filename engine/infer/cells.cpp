// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/cells.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

#include "engine/compute/batch.h"

namespace synann::infer {
namespace {

using Beta = model::SynapseOptions::Beta;

// A recurrent cell's β is a sigmoid whatever the model's options are.
Beta beta_kind(const model::Model& model, const train::SynapseLayer& layer) {
  return layer.recurrent ? Beta::Sigmoid : model.layers[layer.index].synapse.beta;
}

bool has_zero_diagonal(const model::Model& model, const train::SynapseLayer& layer) {
  return !layer.recurrent &&
         model.layers[layer.index].synapse.diagonal == model::SynapseOptions::Diagonal::Zero;
}

// Beyond ±200 the sigmoid is 0 or 1 in float32.
constexpr double kSaturated = 200;

BetaRange range_of(Beta kind) {
  switch (kind) {
    case Beta::Free:
      break;
    case Beta::Clamp:
      return {0, static_cast<float>(1 - compute::kClampMargin)};
    case Beta::Sigmoid:
      return {0, 1};
  }
  return {};
}

Result<float> weight_for(Beta kind, float beta) {
  const auto out_of_range = [&](const char* range) {
    return Error{.where = "β",
                 .problem = "the layer cannot have this value",
                 .expected = range,
                 .found = fmt::format("{}", beta)};
  };
  if (!std::isfinite(beta)) return out_of_range("a finite number");
  const auto wide = static_cast<double>(beta);
  const BetaRange range = range_of(kind);
  const bool outside = beta < range.least || beta > range.most;
  switch (kind) {
    case Beta::Free:
      return beta;
    case Beta::Clamp:
      if (outside) return out_of_range("from 0 to 1 − 1e-6, where β is clamped");
      return beta;
    case Beta::Sigmoid:
      if (outside) return out_of_range("from 0 to 1, where β is a sigmoid");
      if (wide == 0 || wide == 1) return static_cast<float>(wide == 0 ? -kSaturated : kSaturated);
      return static_cast<float>(std::clamp(std::log(wide) - std::log1p(-wide), -kSaturated, kSaturated));
  }
  return beta;
}

}  // namespace

std::vector<float> beta_of(const Network& network, const train::SynapseLayer& layer) {
  return train::synapse_parameters(*network.model, layer, *network.values).beta;
}

BetaRange beta_range(const model::Model& model, const train::SynapseLayer& layer) {
  return range_of(beta_kind(model, layer));
}

std::vector<Cell> cells_of_row(int n, int row) {
  return cells_of_rectangle({row, 0}, {row, n - 1});
}

std::vector<Cell> cells_of_column(int n, int column) {
  return cells_of_rectangle({0, column}, {n - 1, column});
}

std::vector<Cell> cells_of_rectangle(Cell one, Cell other) {
  const auto [top, bottom] = std::minmax(one.row, other.row);
  const auto [left, right] = std::minmax(one.column, other.column);
  std::vector<Cell> cells;
  for (int row = top; row <= bottom; ++row)
    for (int column = left; column <= right; ++column) cells.push_back({row, column});
  return cells;
}

std::vector<Cell> cells_of_mask(std::span<const std::uint8_t> chosen, int n) {
  std::vector<Cell> cells;
  for (std::size_t k = 0; k < chosen.size(); ++k)
    if (chosen[k] != 0) cells.push_back({static_cast<int>(k) / n, static_cast<int>(k) % n});
  return cells;
}

std::vector<Cell> strongest_cells(std::span<const float> beta, int n, int count) {
  std::vector<std::size_t> order(beta.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return std::abs(beta[a]) > std::abs(beta[b]); });
  order.resize(std::min(order.size(), static_cast<std::size_t>(std::max(0, count))));
  std::vector<Cell> cells;
  cells.reserve(order.size());
  for (const std::size_t k : order) cells.push_back({static_cast<int>(k) / n, static_cast<int>(k) % n});
  return cells;
}

std::vector<CellValue> set_to(std::span<const Cell> cells, float beta) {
  std::vector<CellValue> changes;
  changes.reserve(cells.size());
  for (const Cell& cell : cells) changes.push_back({cell, beta});
  return changes;
}

Result<Network> with_beta(const Network& network, const train::SynapseLayer& layer,
                          std::span<const CellValue> changes) {
  const model::Model& m = *network.model;
  auto values = std::make_shared<std::vector<float>>(*network.values);
  float* weight = values->data() + m.parameters.find(layer.name + ".weight")->offset;
  for (const auto& [cell, beta] : changes) {
    if (cell.row < 0 || cell.row >= layer.n || cell.column < 0 || cell.column >= layer.n) {
      return Error{.where = layer.name,
                   .problem = "there is no such cell",
                   .expected = fmt::format("row and column from 0 to {}", layer.n - 1),
                   .found = fmt::format("{},{}", cell.row, cell.column)};
    }
    if (cell.row == cell.column && has_zero_diagonal(m, layer)) continue;  // β_ii = 0 there, whatever is set
    const auto made = weight_for(beta_kind(m, layer), beta);
    if (!made) return made.error();
    weight[static_cast<std::size_t>(cell.row) * static_cast<std::size_t>(layer.n) +
           static_cast<std::size_t>(cell.column)] = *made;
  }
  return Network{network.model, std::move(values)};
}

}  // namespace synann::infer
