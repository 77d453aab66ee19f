// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "engine/compute/ranks/ranked_backend.h"
#include "engine/compute/ranks/thread_ranks.h"

namespace synann::testing {

// Calls work(ranks) once for each of `count` ranks, on a thread of its own; rank 0 on this one.
inline void on_each_rank(int count, const std::function<void(compute::Ranks&)>& work) {
  const auto ranks = compute::thread_ranks(count);
  std::vector<std::jthread> others;
  for (std::size_t r = 1; r < ranks.size(); ++r) others.emplace_back([&, r] { work(*ranks[r]); });
  work(*ranks[0]);
}

using Prepare = std::function<Result<compute::RankWork>(const std::string& run)>;

// Calls lead(rank 0) while the others serve it.
inline void lead_ranks(int count, const Prepare& prepare, const std::function<void(compute::Ranks&)>& lead) {
  on_each_rank(count, [&](compute::Ranks& ranks) {
    if (ranks.rank() > 0) return compute::serve_rank(ranks, prepare);
    lead(ranks);
    compute::dismiss_ranks(ranks);
  });
}

}  // namespace synann::testing
