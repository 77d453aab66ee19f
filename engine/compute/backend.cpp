// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/backend.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/compute/batch_backend.h"
#include "engine/compute/cpu/fused_backend.h"
#include "engine/compute/cpu/fused_plan.h"
#include "engine/compute/cuda/cuda_backend.h"
#include "engine/compute/cuda/gpu_device.h"
#include "engine/compute/cuda/host_device.h"
#include "engine/compute/device_choice.h"
#include "engine/compute/stored_backend.h"
#include "engine/core/thread_pool.h"

namespace synann::compute {

namespace {
// Runs the kernels of the CUDA back end on the host: for self-tests, far too slow to train with.
constexpr std::string_view kHostDevice = "cuda-host";

bool is_cuda(std::string_view device) {
  return device == "cuda" || device == kHostDevice;
}

Result<std::unique_ptr<Backend>> make_cpu_backend(const BackendRequest& request,
                                                  std::shared_ptr<const model::Model> model,
                                                  data::DataPairPtr data) {
  const auto tiers = known_tiers("cpu");
  if (request.tier != "auto" && std::find(tiers.begin(), tiers.end(), request.tier) == tiers.end()) {
    return Error{.where = "--tier",
                 .problem = "unknown tier",
                 .expected = fmt::format("auto or one of {}", fmt::join(tiers, ", ")),
                 .found = fmt::format("\"{}\"", request.tier)};
  }
  const int threads = request.threads > 0 ? request.threads : hardware_threads();
  if (request.tier == "auto" || request.tier == "fused") {
    if (auto fused = make_fused_backend(model, data, threads, chosen_isa(), request.ranks)) return fused;
    if (request.tier == "fused") {
      return input_error("--tier fused", fmt::format("the fused tier does not run the model {}", model->id),
                         "use --tier auto or eigen");
    }
  }
  auto network = request.tier == "reference"
                     ? make_reference_network(*model)
                     : make_eigen_network(*model, threads, chosen_isa(), request.ranks);
  return std::unique_ptr<Backend>(
      std::make_unique<BatchBackend>(std::move(model), std::move(data), std::move(network)));
}

// The GPU where there is one and it is faster, otherwise the CPU; a note says why. Who asks for a tier of the
// CPU gets the CPU, and so does who has no data to measure with.
Result<std::unique_ptr<Backend>> make_fastest_backend(const BackendRequest& request,
                                                      const std::shared_ptr<const model::Model>& model,
                                                      const data::DataPairPtr& data) {
  auto cpu = make_cpu_backend(request, model, data);
  if (!cpu || !cuda::built_with_cuda() || request.tier != "auto" || !data || data->train.count() == 0)
    return cpu;
  auto device = cuda::make_gpu_device();
  if (!device) return with_note(std::move(*cpu), "trained on the CPU, because " + device.error().problem);
  auto gpu = cuda::make_device_backend(std::move(*device), model, data, "auto");
  if (!gpu) return with_note(std::move(*cpu), "trained on the CPU, because " + gpu.error().sentence());
  return choose_faster(std::move(*cpu), std::move(*gpu), *model, *data);
}

// Training images that stay in their file: on the CPU.
Result<std::unique_ptr<Backend>> make_backend_of_stored(const BackendRequest& request,
                                                        const std::shared_ptr<const model::Model>& model,
                                                        const data::DataPair& data) {
  if (is_cuda(request.device))
    return input_error("--device cuda", "does not train images that stay in their file",
                       "use --device cpu, or keep them in memory with SYNANN_IMAGES=memory");
  if (request.device != "auto" && request.device != "cpu")
    return input_error("--device", "unknown device", "use auto, cpu or cuda");
  return make_stored_backend(
      data, [&](data::DataPairPtr own) { return make_cpu_backend(request, model, std::move(own)); });
}

}  // namespace

Result<std::vector<float>> Backend::resume(std::size_t, std::span<const float>, int) {
  return Error{.kind = ErrorKind::Failed,
               .where = info().tier,
               .problem = "cannot begin in the middle of the network",
               .remedy = "ask for the whole of it"};
}

std::vector<std::string> known_tiers(std::string_view device) {
  if (is_cuda(device)) return {"fused", "plain"};
  return {"fused", "eigen", "reference"};
}

bool has_gpu() {
  return cuda::make_gpu_device().ok();
}

bool tier_runs(std::string_view device, std::string_view tier, const model::Model& model) {
  if (tier != "fused") return true;
  return is_cuda(device) ? fused::plan(model).has_value() : fused_runs(model);
}

Result<std::unique_ptr<Backend>> make_backend(const BackendRequest& request,
                                              std::shared_ptr<const model::Model> model,
                                              data::DataPairPtr data) {
  if (data && data->train.stored) return make_backend_of_stored(request, model, *data);
  if (is_cuda(request.device)) {
    auto device = request.device == "cuda" ? cuda::make_gpu_device()
                                           : Result<std::unique_ptr<cuda::Device>>(cuda::make_host_device());
    if (!device) return device.error();
    return cuda::make_device_backend(std::move(*device), std::move(model), std::move(data), request.tier);
  }
  if (request.device == "cpu") return make_cpu_backend(request, std::move(model), std::move(data));
  if (request.device == "auto") return make_fastest_backend(request, model, data);
  return Error{.where = "--device",
               .problem = "unknown device",
               .expected = "auto, cpu or cuda",
               .found = fmt::format("\"{}\"", request.device)};
}

}  // namespace synann::compute
