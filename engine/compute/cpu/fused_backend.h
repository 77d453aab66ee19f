// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/compute/backend.h"
#include "engine/compute/isa.h"

namespace synann::compute {

// Whether there are fused kernels for a model: SynaCNN's and syna-fast's layers on images of 28 × 28
// (fused_net.h).
bool fused_runs(const model::Model& model);

// The back end that runs a model by fused kernels; null where there are none. data may be null where only
// probe() is called.
std::unique_ptr<Backend> make_fused_backend(std::shared_ptr<const model::Model> model, data::DataPairPtr data,
                                            int threads, Isa isa = chosen_isa(), Ranks* ranks = nullptr);

}  // namespace synann::compute
