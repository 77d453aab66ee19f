// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/device.h"

#include <array>
#include <fmt/format.h>

namespace synann::compute::cuda {

namespace {
double megabytes(std::size_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}
}  // namespace

Error out_of_memory(const std::string& device, std::size_t wanted, std::size_t available) {
  return {.kind = ErrorKind::Failed,
          .where = device,
          .problem = "its memory does not suffice",
          .expected = fmt::format("{:.1f} MB free", megabytes(wanted)),
          .found = fmt::format("{:.1f} MB", megabytes(available)),
          .remedy = "use a smaller batch, end other programs on the GPU, or go on with --device cpu"};
}

Error device_lost(const std::string& device, const std::string& reason) {
  return {.kind = ErrorKind::Failed,
          .where = device,
          .problem = fmt::format("the GPU stopped working ({})", reason),
          .remedy = "resume from the last checkpoint, with --device cpu if it happens again"};
}

const char* kernel_name(int number) {
#define SYNANN_KERNEL_TEXT(name) #name,
  static constexpr std::array<const char*, kKernelCount> kNames = {SYNANN_CUDA_KERNELS(SYNANN_KERNEL_TEXT)};
#undef SYNANN_KERNEL_TEXT
  return kNames[static_cast<std::size_t>(number)];
}

}  // namespace synann::compute::cuda
