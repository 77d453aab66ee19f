// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/compute/cuda/kernel_list.h"
#include "engine/core/result.h"

namespace synann::compute::cuda {

// What a device is, for people.
struct DeviceInfo {
  std::string name;              // "NVIDIA H200"
  std::string isa;               // "sm_90", or "host"
  std::size_t memory_bytes = 0;  // of the device; 0 = not known
};

// Steps that were recorded once, to be replayed as they are.
class Recording {
 public:
  virtual ~Recording() = default;
};

// Where kernels run: a GPU, or the host in its place (host_device.h). Work is queued and done in order. The
// first error sticks: everything after it does nothing, and status() and wait() return it. Owned and called
// by one thread.
class Device {
 public:
  virtual ~Device() = default;
  virtual DeviceInfo info() const = 0;
  virtual std::size_t memory_used() const = 0;  // bytes, by whoever uses the device; 0 = not known

  // Null after an error. What is allocated is freed by release(), or else with the device.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory) = 0;
  virtual void upload(void* to, const void* from, std::size_t bytes) = 0;    // `from` may change afterwards
  virtual void download(void* to, const void* from, std::size_t bytes) = 0;  // waits
  virtual void fill(void* to, int byte, std::size_t bytes) = 0;
  virtual Status wait() = 0;

  // Records what `enqueue` launches. Null where recording is not possible; `enqueue` was not run then.
  virtual std::unique_ptr<Recording> record(const std::function<void()>& enqueue) = 0;
  virtual void replay(Recording& recording) = 0;

  template <class Kernel>
  void launch(const Kernel& kernel) {
    const Grid grid = kernel.grid();
    if (grid.blocks_x > 0 && grid.blocks_y > 0) launch_number(KernelNumber<Kernel>::value, grid, &kernel);
  }

  Status status() const { return error_ ? Status(*error_) : Status(); }
  // Lets work go on after an error that left the device whole (no memory).
  void forgive() {
    if (!lost_) error_.reset();
  }

 protected:
  virtual void launch_number(int number, const Grid& grid, const void* kernel) = 0;
  bool broken() const { return error_.has_value(); }
  void fail(Error error, bool lost) {
    if (!error_) error_ = std::move(error), lost_ = lost;
  }

 private:
  std::optional<Error> error_;
  bool lost_ = false;
};

// The errors that a GPU can have, in words.
Error out_of_memory(const std::string& device, std::size_t wanted, std::size_t available);
Error device_lost(const std::string& device, const std::string& reason);

const char* kernel_name(int number);

}  // namespace synann::compute::cuda
