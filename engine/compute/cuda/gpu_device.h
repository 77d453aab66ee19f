// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/compute/cuda/device.h"

namespace synann::compute::cuda {

// The first GPU of this machine that the kernels run on. Errors, each with its reason: a build without CUDA,
// no driver, a driver or a GPU that is too old, no code for it in this build.
Result<std::unique_ptr<Device>> make_gpu_device();

// Whether this program was built with the CUDA back end.
bool built_with_cuda();

}  // namespace synann::compute::cuda
