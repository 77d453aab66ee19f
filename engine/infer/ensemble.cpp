// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/ensemble.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace synann::infer {

Result<Predictions> mean_of(std::span<const Predictions> members) {
  if (members.empty()) return input_error("ensemble", "has no members", "name one checkpoint or more");
  Predictions mean = members.front();
  for (const Predictions& member : members) {
    if (member.classes == mean.classes && member.samples == mean.samples) continue;
    return Error{.where = "ensemble",
                 .problem = "its members were asked of other images",
                 .expected = fmt::format("{} images, {} classes", mean.count(), mean.classes),
                 .found = fmt::format("{}, {}", member.count(), member.classes)};
  }
  if (members.size() == 1) return mean;
  for (std::size_t k = 0; k < mean.log_probs.size(); ++k) {
    double most = static_cast<double>(mean.log_probs[k]), sum = 0;
    for (const Predictions& member : members) most = std::max(most, static_cast<double>(member.log_probs[k]));
    for (const Predictions& member : members)
      sum += std::exp(static_cast<double>(member.log_probs[k]) - most);
    mean.log_probs[k] = static_cast<float>(most + std::log(sum / static_cast<double>(members.size())));
  }
  return mean;
}

}  // namespace synann::infer
