// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/frozen_cells.h"

#include <algorithm>

#include "engine/synapse/cells_text.h"
#include "engine/train/settings.h"
#include "engine/train/synapse_layers.h"

namespace synann::train {

Result<std::vector<std::uint32_t>> frozen_places(const model::Model& model, const std::string& cells) {
  std::vector<std::uint32_t> places;
  if (cells.empty()) return places;
  const auto parts = synapse::parse_layer_cells(kFrozenOption, cells);
  if (!parts) return parts.error();
  for (const synapse::LayerCells& part : *parts) {
    const auto layer = layer_named(model, part.layer);
    if (!layer) {
      Error error = layer.error();
      error.problem = error.where + " " + error.problem;
      error.where = kFrozenOption;
      error.remedy = "name cells of a synapse layer of the model, or leave the option out";
      return error;
    }
    const auto chosen = synapse::chosen_cells(kFrozenOption, part.blocks, layer->n);
    if (!chosen) return chosen.error();
    const std::size_t first = model.parameters.find(layer->name + ".weight")->offset;
    for (std::size_t k = 0; k < chosen->size(); ++k)
      if ((*chosen)[k] != 0) places.push_back(static_cast<std::uint32_t>(first + k));
  }
  std::sort(places.begin(), places.end());  // layers may be named in any order, and twice
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

}  // namespace synann::train
