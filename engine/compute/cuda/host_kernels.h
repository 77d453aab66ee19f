// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cuda/host_block.h"

namespace synann::compute::cuda {

// Runs all blocks of a kernel on the host.
using HostKernel = void (*)(HostBlock& block, const Grid& grid, bool reversed, const void* kernel);
HostKernel host_kernel(int number);

}  // namespace synann::compute::cuda
