// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/host_device.h"

#include <cstring>
#include <fmt/format.h>
#include <map>
#include <new>
#include <vector>

#include "engine/compute/cuda/host_kernels.h"

namespace synann::compute::cuda {
namespace {

// Recorded steps are simply run again.
struct HostRecording final : Recording {
  std::function<void()> enqueue;
};

class HostDevice final : public Device {
 public:
  explicit HostDevice(const HostOptions& options) : options_(options) {}

  DeviceInfo info() const override {
    const bool limited = options_.memory_bytes != SIZE_MAX;
    return {.name = "the host in a GPU's place",
            .isa = "host",
            .memory_bytes = limited ? options_.memory_bytes : 0};
  }

  std::size_t memory_used() const override { return used_; }

  void* allocate(std::size_t bytes) override {
    if (broken()) return nullptr;
    if (bytes > options_.memory_bytes - used_) {
      fail(out_of_memory(info().name, bytes, options_.memory_bytes - used_), false);
      return nullptr;
    }
    auto memory = std::make_unique<Line[]>(bytes / sizeof(Line) + 1);
    void* begin = memory.get();
    blocks_.emplace(begin, Memory{std::move(memory), bytes});
    used_ += bytes;
    return begin;
  }
  void release(void* memory) override {
    const auto it = blocks_.find(memory);
    if (it == blocks_.end()) return;
    used_ -= it->second.bytes;
    blocks_.erase(it);
  }
  void upload(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
  void download(void* to, const void* from, std::size_t bytes) override { copy(to, from, bytes); }
  void fill(void* to, int byte, std::size_t bytes) override {
    if (!broken() && bytes > 0) std::memset(to, byte, bytes);
  }
  Status wait() override { return status(); }

  std::unique_ptr<Recording> record(const std::function<void()>& enqueue) override {
    auto recording = std::make_unique<HostRecording>();
    recording->enqueue = enqueue;
    return recording;
  }
  void replay(Recording& recording) override {
    // Only record() makes them.
    static_cast<HostRecording&>(recording).enqueue();
  }

 private:
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  struct Memory {
    std::unique_ptr<Line[]> memory;
    std::size_t bytes;
  };

  void copy(void* to, const void* from, std::size_t bytes) {
    if (!broken() && bytes > 0) std::memcpy(to, from, bytes);
  }

  void launch_number(int number, const Grid& grid, const void* kernel) override {
    if (broken()) return;
    if (launches_++ == options_.lost_after) {
      fail(device_lost(info().name, "on purpose"), true);
      return;
    }
    arena_.resize(static_cast<std::size_t>(grid.shared_bytes));
    HostBlock block(grid, options_.reversed, arena_);
    host_kernel(number)(block, grid, options_.reversed, kernel);
    if (block.overflowed()) {
      fail({.kind = ErrorKind::Failed,
            .where = kernel_name(number),
            .problem = "uses more shared memory than its grid asks for",
            .expected = fmt::format("at most {} bytes", grid.shared_bytes)},
           true);
    }
  }

  HostOptions options_;
  std::map<void*, Memory> blocks_;
  std::size_t used_ = 0;
  long long launches_ = 0;
  std::vector<std::byte> arena_;
};

}  // namespace

std::unique_ptr<Device> make_host_device(const HostOptions& options) {
  return std::make_unique<HostDevice>(options);
}

}  // namespace synann::compute::cuda
