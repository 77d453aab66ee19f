// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cuda_runtime.h>

#include "engine/compute/cuda/device_block.cuh"
#include "engine/compute/cuda/gpu_launch.h"

namespace synann::compute::cuda {

// A kernel may begin while the one before it ends (programmatic dependent launch, sm_90 and later); it waits
// here before it touches memory, so nothing changes but the gap between the two.
template <class Kernel>
__global__ void __launch_bounds__(Kernel::kThreads) run_on_gpu(const Kernel kernel) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  cudaTriggerProgrammaticLaunchCompletion();
  cudaGridDependencySynchronize();
#endif
  DeviceBlock block;
  kernel.run(block);
}

template <class Kernel>
cudaError_t launch_on_gpu(const GpuLaunch& launch, const void* kernel) {
  if (launch.grid.shared_bytes > kPlainSharedBytes) {
    const cudaError_t error = cudaFuncSetAttribute(
        run_on_gpu<Kernel>, cudaFuncAttributeMaxDynamicSharedMemorySize, launch.grid.shared_bytes);
    if (error != cudaSuccess) return error;
  }
  cudaLaunchAttribute overlap{};
  overlap.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  overlap.val.programmaticStreamSerializationAllowed = 1;
  cudaLaunchConfig_t config{};
  config.gridDim =
      dim3(static_cast<unsigned>(launch.grid.blocks_x), static_cast<unsigned>(launch.grid.blocks_y));
  config.blockDim = dim3(static_cast<unsigned>(launch.grid.threads));
  config.dynamicSmemBytes = static_cast<std::size_t>(launch.grid.shared_bytes);
  config.stream = launch.stream;
  config.attrs = &overlap;
  config.numAttrs = launch.overlap ? 1 : 0;
  return cudaLaunchKernelEx(&config, run_on_gpu<Kernel>, *static_cast<const Kernel*>(kernel));
}

}  // namespace synann::compute::cuda
