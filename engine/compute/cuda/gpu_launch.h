// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cuda_runtime_api.h>

#include "engine/compute/cuda/kernel_list.h"

namespace synann::compute::cuda {

inline constexpr int kPlainSharedBytes = 48 * 1024;  // beyond it a kernel has to ask

// One launch: where, how large, and whether it may overlap with the end of the one before it.
struct GpuLaunch {
  Grid grid;
  cudaStream_t stream;
  bool overlap;
};

using GpuLauncher = cudaError_t (*)(const GpuLaunch& launch, const void* kernel);

// Each group enters its kernels into the table [kKernelCount].
void enter_batch_kernels(GpuLauncher* table);
void enter_layer_kernels(GpuLauncher* table);
void enter_synapse_kernels(GpuLauncher* table);
void enter_fused_kernels(GpuLauncher* table);

// Whether this build has code that the current GPU runs.
cudaError_t find_code();

}  // namespace synann::compute::cuda
