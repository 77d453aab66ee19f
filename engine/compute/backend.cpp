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
#include "engine/core/thread_pool.h"

namespace synann::compute {

namespace {
// Runs the kernels of the CUDA back end on the host: for self-tests, far too slow to train with.
constexpr std::string_view kHostDevice = "cuda-host";
}  // namespace

std::vector<std::string> known_tiers() {
  return {"fused", "eigen", "reference"};
}

bool tier_runs(std::string_view tier, const model::Model& model) {
  return tier != "fused" || fused::plan(model).has_value();
}

Result<std::unique_ptr<Backend>> make_backend(const BackendRequest& request,
                                              std::shared_ptr<const model::Model> model,
                                              data::DataPairPtr data) {
  if (request.device == "cuda" || request.device == kHostDevice) {
    auto device = request.device == "cuda" ? cuda::make_gpu_device()
                                           : Result<std::unique_ptr<cuda::Device>>(cuda::make_host_device());
    if (!device) return device.error();
    return cuda::make_device_backend(std::move(*device), std::move(model), std::move(data), request.tier);
  }
  if (request.device != "auto" && request.device != "cpu") {
    return Error{.where = "--device",
                 .problem = "unknown device",
                 .expected = "auto, cpu or cuda",
                 .found = fmt::format("\"{}\"", request.device)};
  }
  const auto tiers = known_tiers();
  if (request.tier != "auto" && std::find(tiers.begin(), tiers.end(), request.tier) == tiers.end()) {
    return Error{.where = "--tier",
                 .problem = "unknown tier",
                 .expected = fmt::format("auto or one of {}", fmt::join(tiers, ", ")),
                 .found = fmt::format("\"{}\"", request.tier)};
  }
  const int threads = request.threads > 0 ? request.threads : hardware_threads();
  if (request.tier == "auto" || request.tier == "fused") {
    if (auto fused = make_fused_backend(model, data, threads)) return fused;
    if (request.tier == "fused") {
      return input_error("--tier fused", fmt::format("the fused tier does not run the model {}", model->id),
                         "use --tier auto or eigen");
    }
  }
  auto network =
      request.tier == "reference" ? make_reference_network(*model) : make_eigen_network(*model, threads);
  return std::unique_ptr<Backend>(
      std::make_unique<BatchBackend>(std::move(model), std::move(data), std::move(network)));
}

}  // namespace synann::compute
