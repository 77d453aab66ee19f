// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace synann::compute {

// A place to compute, as a person chooses among them.
struct DeviceEntry {
  std::string id;                  // BackendRequest::device: "cpu", "cuda"
  std::string name;                // "CPU", "NVIDIA H200"; "NVIDIA GPU" where there is none to name
  std::string isa;                 // "AVX-512", "sm_90"; empty where it cannot be used
  std::uint64_t memory_bytes = 0;  // of a GPU
  std::string unavailable;         // why it cannot be used, without a full stop; empty where it can
};

// The CPU, then the GPU, which is there to say why not even where this build or machine has none. Asking a
// GPU takes a moment: not for the window's thread.
std::vector<DeviceEntry> list_devices();

}  // namespace synann::compute
