// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "engine/compute/cpu/fused_backend.h"
#include "engine/compute/cpu/fused_nets.h"

namespace synann::compute {
namespace {

constexpr std::array kFusedTiers = {&fused::syna_cnn::tier, &fused::syna_fast::tier};

}  // namespace

bool fused_runs(const model::Model& model) {
  return std::any_of(kFusedTiers.begin(), kFusedTiers.end(),
                     [&](const fused::NetTier* tier) { return tier->runs(model); });
}

std::unique_ptr<Backend> make_fused_backend(std::shared_ptr<const model::Model> model, data::DataPairPtr data,
                                            int threads, Isa isa, Ranks* ranks) {
  for (const fused::NetTier* tier : kFusedTiers)
    if (tier->runs(*model)) return tier->make(std::move(model), std::move(data), threads, isa, ranks);
  return nullptr;
}

}  // namespace synann::compute
