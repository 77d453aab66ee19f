// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "engine/compute/backend.h"
#include "engine/compute/cuda/device.h"

namespace synann::compute::cuda {

// A back end on a device. tier: "auto", "fused" or "plain". Errors: an unknown tier, a model that the fused
// kernels do not run, no memory for the model.
Result<std::unique_ptr<Backend>> make_device_backend(std::unique_ptr<Device> device,
                                                     std::shared_ptr<const model::Model> model,
                                                     data::DataPairPtr data, const std::string& tier);

}  // namespace synann::compute::cuda
