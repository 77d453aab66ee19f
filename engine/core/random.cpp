// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/random.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace synann {

namespace {

std::vector<std::uint32_t> shuffled(const RandomStream& stream, int count) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0u);
  // j uniform in [0, i] by multiply-shift; its bias is below count / 2³².
  for (std::uint32_t i = static_cast<std::uint32_t>(count); i-- > 1;) {
    const auto j = static_cast<std::uint32_t>((std::uint64_t{stream.word(i)} * (i + 1u)) >> 32);
    std::swap(order[i], order[j]);
  }
  return order;
}

}  // namespace

std::vector<std::uint32_t> epoch_order(std::uint64_t seed, int epoch, int count) {
  return shuffled(random_stream(seed, Purpose::Shuffle, 0, 0, static_cast<std::uint32_t>(epoch)), count);
}

std::vector<std::uint32_t> drawn_subset(std::uint64_t seed, int count, int all) {
  std::vector<std::uint32_t> drawn = shuffled(random_stream(seed, Purpose::Subset), all);
  drawn.resize(static_cast<std::size_t>(count));
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

}  // namespace synann
