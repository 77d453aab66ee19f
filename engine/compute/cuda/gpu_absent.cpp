// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for gpu_device.cpp where the program is built without CUDA.
#include "engine/compute/cuda/gpu_device.h"

namespace synann::compute::cuda {

Result<std::unique_ptr<Device>> make_gpu_device() {
  return input_error("--device cuda", "this build has no CUDA back end",
                     "use --device cpu, or build with the CUDA toolkit installed");
}

bool built_with_cuda() {
  return false;
}

}  // namespace synann::compute::cuda
