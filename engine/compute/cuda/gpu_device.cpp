// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/gpu_device.h"

#include <array>
#include <fmt/format.h>
#include <string>

#include "engine/compute/cuda/gpu_launch.h"

namespace synann::compute::cuda {
namespace {

constexpr int kOldestMajor = 7, kOldestMinor = 5;  // compute capability: the oldest that CUDA 13 compiles for
constexpr int kOverlapMajor = 9;                   // programmatic dependent launch begins here

std::string version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

Error unusable(std::string problem, std::string expected = {}, std::string found = {}) {
  return {.where = "--device cuda",
          .problem = std::move(problem),
          .expected = std::move(expected),
          .found = std::move(found),
          .remedy = "use --device cpu"};
}

struct GraphRecording final : Recording {
  cudaGraphExec_t graph = nullptr;
  ~GraphRecording() override { cudaGraphExecDestroy(graph); }
};

// One GPU and one stream on it.
class GpuDevice final : public Device {
 public:
  GpuDevice(int number, const cudaDeviceProp& properties) : number_(number), properties_(properties) {
    enter_batch_kernels(table_.data());
    enter_layer_kernels(table_.data());
    enter_synapse_kernels(table_.data());
    enter_fused_kernels(table_.data());
    overlap_ = properties.major >= kOverlapMajor;
    use();
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "stream");
  }
  ~GpuDevice() override {
    use();
    cudaStreamSynchronize(stream_);
    cudaStreamDestroy(stream_);
  }
  GpuDevice(const GpuDevice&) = delete;
  GpuDevice& operator=(const GpuDevice&) = delete;

  DeviceInfo info() const override {
    return {.name = properties_.name,
            .isa = fmt::format("sm_{}{}", properties_.major, properties_.minor),
            .memory_bytes = properties_.totalGlobalMem};
  }

  std::size_t memory_used() const override {
    if (broken()) return 0;
    use();
    std::size_t available = 0, total = 0;
    const bool known = cudaMemGetInfo(&available, &total) == cudaSuccess;
    if (!known) cudaGetLastError();
    return known ? total - available : 0;
  }

  void* allocate(std::size_t bytes) override {
    if (broken()) return nullptr;
    use();
    void* memory = nullptr;
    const cudaError_t error = cudaMalloc(&memory, bytes > 0 ? bytes : 1);
    if (error == cudaErrorMemoryAllocation) {
      std::size_t available = 0, total = 0;
      cudaGetLastError();  // this one is not sticky: the device goes on
      cudaMemGetInfo(&available, &total);
      fail(out_of_memory(properties_.name, bytes, available), false);
      return nullptr;
    }
    check(error, "allocation");
    return memory;
  }
  void release(void* memory) override {
    use();
    if (memory != nullptr) cudaFree(memory);
  }
  void upload(void* to, const void* from, std::size_t bytes) override {
    if (broken() || bytes == 0) return;
    use();
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_), "upload");
    // The host's memory is pageable: it has been read when the stream has.
    check(cudaStreamSynchronize(stream_), "upload");
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    if (broken() || bytes == 0) return;
    use();
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_), "download");
    check(cudaStreamSynchronize(stream_), "download");
  }
  void fill(void* to, int byte, std::size_t bytes) override {
    if (broken() || bytes == 0) return;
    use();
    check(cudaMemsetAsync(to, byte, bytes, stream_), "fill");
  }
  Status wait() override {
    if (!broken()) {
      use();
      check(cudaStreamSynchronize(stream_), "wait");
    }
    return status();
  }

  std::unique_ptr<Recording> record(const std::function<void()>& enqueue) override {
    if (broken()) return nullptr;
    auto recording = try_record(enqueue);
    if (recording == nullptr && overlap_) {
      overlap_ = false;  // an older driver may refuse overlapping launches in a graph
      recording = try_record(enqueue);
    }
    return recording;
  }
  void replay(Recording& recording) override {
    if (broken()) return;
    use();
    check(cudaGraphLaunch(static_cast<GraphRecording&>(recording).graph, stream_), "graph");
  }

 private:
  // CUDA's current device belongs to the thread, and a back end may be made on one and run on another.
  void use() const { cudaSetDevice(number_); }

  void check(cudaError_t error, const char* what) {
    if (error == cudaSuccess) return;
    cudaGetLastError();
    fail(device_lost(properties_.name, fmt::format("{}: {}", what, cudaGetErrorString(error))), true);
  }

  void launch_number(int number, const Grid& grid, const void* kernel) override {
    if (broken()) return;
    use();
    const cudaError_t error = table_[static_cast<std::size_t>(number)](
        {.grid = grid, .stream = stream_, .overlap = overlap_}, kernel);
    if (recording_ && error != cudaSuccess) {
      cudaGetLastError();
      recording_failed_ = true;
      return;
    }
    check(error, kernel_name(number));
  }

  std::unique_ptr<Recording> try_record(const std::function<void()>& enqueue) {
    use();
    if (cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal) != cudaSuccess) {
      cudaGetLastError();
      return nullptr;
    }
    recording_ = true, recording_failed_ = false;
    enqueue();
    recording_ = false;
    cudaGraph_t graph = nullptr;
    cudaError_t error = cudaStreamEndCapture(stream_, &graph);
    auto recording = std::make_unique<GraphRecording>();
    if (error == cudaSuccess && !recording_failed_) error = cudaGraphInstantiate(&recording->graph, graph, 0);
    if (graph != nullptr) cudaGraphDestroy(graph);
    cudaGetLastError();
    return error == cudaSuccess && !recording_failed_ ? std::move(recording) : nullptr;
  }

  int number_;
  cudaDeviceProp properties_;
  cudaStream_t stream_ = nullptr;
  bool overlap_ = false, recording_ = false, recording_failed_ = false;
  std::array<GpuLauncher, static_cast<std::size_t>(kKernelCount)> table_{};
};

Error no_device(cudaError_t error) {
  int driver = 0, runtime = 0;
  cudaDriverGetVersion(&driver);
  cudaRuntimeGetVersion(&runtime);
  if (error == cudaErrorInsufficientDriver && driver == 0) return unusable("no NVIDIA driver was found");
  if (error == cudaErrorInsufficientDriver) {
    return unusable("the NVIDIA driver is too old", fmt::format("CUDA {} or newer", version_text(runtime)),
                    fmt::format("CUDA {}", version_text(driver)));
  }
  if (error == cudaErrorNoDevice || error == cudaSuccess) return unusable("no NVIDIA GPU was found");
  return unusable(fmt::format("CUDA does not start ({})", cudaGetErrorString(error)));
}

}  // namespace

bool built_with_cuda() {
  return true;
}

Result<std::unique_ptr<Device>> make_gpu_device() {
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error != cudaSuccess || count == 0) {
    cudaGetLastError();
    return no_device(error);
  }
  Error reason = no_device(cudaErrorNoDevice);
  for (int number = 0; number < count; ++number) {
    cudaDeviceProp properties;
    if (cudaGetDeviceProperties(&properties, number) != cudaSuccess) continue;
    const auto found = fmt::format("{} with {}.{}", properties.name, properties.major, properties.minor);
    if (properties.major * 10 + properties.minor < kOldestMajor * 10 + kOldestMinor) {
      reason = unusable("the GPU is too old",
                        fmt::format("compute capability {}.{}", kOldestMajor, kOldestMinor), found);
      continue;
    }
    if (cudaSetDevice(number) != cudaSuccess || find_code() != cudaSuccess) {
      cudaGetLastError();
      reason = unusable("this build has no code for the GPU", "a build for all GPUs, or for this one", found);
      continue;
    }
    auto device = std::make_unique<GpuDevice>(number, properties);
    if (auto status = device->status(); !status) return status.error();
    return std::unique_ptr<Device>(std::move(device));
  }
  return reason;
}

}  // namespace synann::compute::cuda
