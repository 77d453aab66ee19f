// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/compute/cuda/device.h"

namespace synann::compute::cuda {

// How the host stands in for a GPU, and what goes wrong on purpose in tests.
struct HostOptions {
  bool reversed = false;                // threads and blocks run from the last to the first
  std::size_t memory_bytes = SIZE_MAX;  // allocations beyond it fail
  long long lost_after = -1;            // the device is lost at this launch (from 0); -1: never
};

// Runs the bodies of the kernels on the host, thread by thread: for tests of what they compute, where no GPU
// is at hand.
std::unique_ptr<Device> make_host_device(const HostOptions& options = {});

}  // namespace synann::compute::cuda
