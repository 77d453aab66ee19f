// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/gpu_kernels.cuh"

namespace synann::compute::cuda {

void enter_batch_kernels(GpuLauncher* table) {
#define SYNANN_ENTER(name) table[KernelNumber<name>::value] = &launch_on_gpu<name>;
  SYNANN_CUDA_BATCH_KERNELS(SYNANN_ENTER)
#undef SYNANN_ENTER
}

cudaError_t find_code() {
  cudaFuncAttributes attributes;
  return cudaFuncGetAttributes(&attributes, run_on_gpu<Relu>);
}

}  // namespace synann::compute::cuda
