// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cuda/block.h"

namespace synann::compute::cuda {

// A block of threads on the GPU: this thread's view of it.
class DeviceBlock {
 public:
  __device__ __forceinline__ int x() const { return static_cast<int>(blockIdx.x); }
  __device__ __forceinline__ int y() const { return static_cast<int>(blockIdx.y); }
  __device__ __forceinline__ int threads() const { return static_cast<int>(blockDim.x); }
  __device__ __forceinline__ int blocks_x() const { return static_cast<int>(gridDim.x); }
  __device__ __forceinline__ int blocks_y() const { return static_cast<int>(gridDim.y); }

  template <class F>
  __device__ __forceinline__ void each(F phase) {
    phase(static_cast<int>(threadIdx.x));
    __syncthreads();
  }

  template <class T>
  __device__ __forceinline__ T* shared(int count) {
    extern __shared__ uint4 arena[];
    const int begin = (used_ + 15) / 16 * 16;
    used_ = begin + count * static_cast<int>(sizeof(T));
    return reinterpret_cast<T*>(reinterpret_cast<char*>(arena) + begin);
  }

  template <class T>
  class Local {
   public:
    __device__ __forceinline__ T& operator[](int) { return value_; }

   private:
    T value_;
  };
  template <class T>
  __device__ __forceinline__ Local<T> local() const {
    return {};
  }

 private:
  int used_ = 0;
};

}  // namespace synann::compute::cuda
