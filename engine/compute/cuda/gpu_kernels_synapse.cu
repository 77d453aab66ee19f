// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/gpu_kernels.cuh"

namespace synann::compute::cuda {

void enter_synapse_kernels(GpuLauncher* table) {
#define SYNANN_ENTER(name) table[KernelNumber<name>::value] = &launch_on_gpu<name>;
  SYNANN_CUDA_SYNAPSE_KERNELS(SYNANN_ENTER)
#undef SYNANN_ENTER
}

}  // namespace synann::compute::cuda
