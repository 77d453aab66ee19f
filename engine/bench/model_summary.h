// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/bench/flops.h"
#include "engine/core/parameter_table.h"
#include "engine/model/description.h"

// A model layer by layer: shapes, parameters and counted arithmetic, in numbers and words. Stateless; any
// thread.
namespace synann::bench {

struct LayerSummary {
  int index = 0;                      // in the model's layers
  int number = 0;                     // as a person counts them (model::layer_number)
  std::string name;                   // state_dict prefix; empty for layers without parameters
  std::string kind, title, formula;   // engine/model/layer_words.h
  std::string twins;                  // what the model's twins have here; empty = the same
  model::Shape in, out;               // of one sample
  std::vector<Parameter> parameters;  // its tensors, in the order of the parameter table
  std::int64_t trained = 0;           // numbers among them that are trained
  Flops flops;                        // of one sample
  double share = 0;                   // of the operations of a training step, 0 … 1
};

struct ModelSummary {
  std::vector<LayerSummary> layers;
  std::int64_t trained = 0;  // parameters of the model
  Flops flops;               // of one sample

  // The layer of this name, or of this number in decimal; null where there is none.
  const LayerSummary* find(const std::string& layer) const;
};

// Of a resolved model.
ModelSummary summarise(const model::Model& model);

}  // namespace synann::bench
