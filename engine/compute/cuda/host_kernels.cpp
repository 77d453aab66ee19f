// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/host_kernels.h"

#include <array>

#include "engine/compute/cuda/kernel_list.h"

namespace synann::compute::cuda {
namespace {

template <class Kernel>
void run_on_host(HostBlock& block, const Grid& grid, bool reversed, const void* kernel) {
  const Kernel& k = *static_cast<const Kernel*>(kernel);
  const int count = grid.blocks_x * grid.blocks_y;
  for (int n = 0; n < count; ++n) {
    const int index = reversed ? count - 1 - n : n;
    block.begin(index % grid.blocks_x, index / grid.blocks_x);
    k.run(block);
  }
}

}  // namespace

HostKernel host_kernel(int number) {
#define SYNANN_HOST_KERNEL(name) &run_on_host<name>,
  static constexpr std::array<HostKernel, kKernelCount> kTable = {SYNANN_CUDA_KERNELS(SYNANN_HOST_KERNEL)};
#undef SYNANN_HOST_KERNEL
  return kTable[static_cast<std::size_t>(number)];
}

}  // namespace synann::compute::cuda
