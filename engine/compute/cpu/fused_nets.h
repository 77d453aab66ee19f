// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/compute/backend.h"
#include "engine/compute/cpu/fused_net.h"
#include "engine/compute/isa.h"

namespace synann::compute::fused {

// The fused tier for one network; fused_backend.cpp defines it for each that it is compiled for.
struct NetTier {
  bool (*runs)(const model::Model& model);  // whether the model is that network
  // Null where it is not.
  std::unique_ptr<Backend> (*make)(std::shared_ptr<const model::Model> model, data::DataPairPtr data,
                                   int threads, Isa isa, Ranks* ranks);
};

namespace syna_cnn {
extern const NetTier tier;
}
namespace syna_fast {
extern const NetTier tier;
}

}  // namespace synann::compute::fused
