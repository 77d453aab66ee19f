// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/compute/backend.h"
#include "engine/compute/isa.h"

namespace synann::compute {

// The back end that runs a model by fused kernels; null when the model is not one they are written for
// (SynaCNN on images of 28 × 28). data may be null where only probe() is called.
std::unique_ptr<Backend> make_fused_backend(std::shared_ptr<const model::Model> model, data::DataPairPtr data,
                                            int threads, Isa isa = chosen_isa());

}  // namespace synann::compute
