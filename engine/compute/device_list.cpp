// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/device_list.h"

#include "engine/compute/cpu/fused_network.h"
#include "engine/compute/cuda/gpu_device.h"

namespace synann::compute {

std::vector<DeviceEntry> list_devices() {
  std::vector<DeviceEntry> all = {{.id = "cpu",
                                   .name = "CPU",
                                   .isa = fused::kernels(chosen_isa()).isa,
                                   .memory_bytes = 0,
                                   .unavailable = {}}};
  const auto device = cuda::make_gpu_device();
  if (device) {
    const cuda::DeviceInfo info = (*device)->info();
    all.push_back({.id = "cuda",
                   .name = info.name,
                   .isa = info.isa,
                   .memory_bytes = info.memory_bytes,
                   .unavailable = {}});
  } else {
    Error why = device.error();
    why.where.clear();  // of the command line
    why.remedy.clear();
    all.push_back(
        {.id = "cuda", .name = "NVIDIA GPU", .isa = {}, .memory_bytes = 0, .unavailable = why.sentence()});
  }
  return all;
}

}  // namespace synann::compute
