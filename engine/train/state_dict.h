// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/safetensors.h"
#include "engine/model/state.h"
#include "engine/train/settings.h"

// State dicts as PyTorch names them: which network one belongs to, and its numbers.
namespace synann::train {

// Of the images of a data set; they shape the model.
struct DataSizes {
  int rows = 28, columns = 28, classes = 10;
  bool operator==(const DataSizes&) const = default;
};

// What somebody who opens a state dict knows beside its bytes.
struct Reading {
  AskedSettings asked{};  // the model where one is named, and options of the synapse layer, which shape it
  std::optional<DataSizes> sizes{};  // of the data it is to be used with
  bool begin = false;  // the weights are to begin a new run, also where they are those of an old one
};

// Takes off what PyTorch's wrappers put in front of names: "module." (data parallelism), "_orig_mod."
// (torch.compile), "model.", in any order and number; the first two also between two parts of a name. What
// was taken off goes into `notes`, as a sentence. Error: two tensors get one name.
Status strip_prefixes(io::SafeTensors& content, const std::string& file, std::vector<std::string>& notes);

// The tensors as the model's numbers: all of them and nothing else, of the right shape, finite, no variance
// below zero. F64, F16 and BF16 become F32, which goes into `notes`. The error names the first tensor that is
// missing, superfluous or does not fit.
Status read_tensors(const io::SafeTensors& content, const model::Model& model, const std::string& file,
                    model::State& state, std::vector<std::string>& notes);

// The network that a bare state dict belongs to.
struct Fit {
  Settings settings;  // recommended for it, then what was asked for
  DataSizes sizes;    // the data's; without data, the smallest square images that give its shapes
  model::Model model;
};

// The known networks are tried in their order, the synapse networks first; only the one that was asked for,
// if there is one. Others that fit go into `notes`. The error is about the network that comes closest.
Result<Fit> fit_state_dict(const io::SafeTensors& content, const Reading& reading, const std::string& file,
                           std::vector<std::string>& notes);

}  // namespace synann::train
