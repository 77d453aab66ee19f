// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "engine/compute/cuda/device.h"

namespace synann::compute::cuda {

// Device memory with a guard zone on either side of each piece. Fresh memory holds NaNs, so that what a
// kernel forgets to write is seen, and a damaged zone tells of a kernel that writes beside its arrays.
class Memory {
 public:
  explicit Memory(Device& device) : device_(device) {}
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  Device& device() { return device_; }
  void* allocate(std::size_t bytes, std::string what);  // null after an error
  void release(void* memory);
  // Reads all guard zones. Errors: the first damaged one, by the name of its piece; the device's own.
  Status check();
  // Changes whenever an address does: recorded steps hold addresses.
  long long generation() const { return generation_; }

 private:
  struct Piece {
    std::byte* begin;  // of the zone before it
    std::size_t bytes;
    std::string what;
  };
  Device& device_;
  std::map<void*, Piece> pieces_;
  long long generation_ = 0;
};

// An array of device memory that grows when asked to; what was in it is lost then.
template <class T>
class Buffer {
 public:
  Buffer() = default;
  ~Buffer() { clear(); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  // Room for `count` elements; returns whether the address changed.
  bool reserve(Memory& memory, Index count, const std::string& what) {
    if (data_ != nullptr && count <= count_) return false;
    clear();
    data_ = static_cast<T*>(memory.allocate(static_cast<std::size_t>(count) * sizeof(T), what));
    memory_ = &memory;
    count_ = data_ != nullptr ? count : 0;
    return true;
  }
  T* data() const { return data_; }
  Index count() const { return count_; }
  std::size_t bytes() const { return static_cast<std::size_t>(count_) * sizeof(T); }

 private:
  void clear() {
    if (data_ != nullptr) memory_->release(data_);
    data_ = nullptr;
  }
  Memory* memory_ = nullptr;
  T* data_ = nullptr;
  Index count_ = 0;
};

}  // namespace synann::compute::cuda
