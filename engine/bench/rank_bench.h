// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/bench/rank_model.h"
#include "engine/bench/summary.h"
#include "engine/compute/ranks/ranked_backend.h"
#include "engine/core/result.h"

// What several processes gain, and what their exchange costs: `synann bench --ranks` (docs/scaling.md).
namespace synann::bench {

// Steps of one network by rank 0 alone and by all ranks, one after the other in each round.
struct RankLine {
  std::string model;
  int ranks = 1, threads = 1;       // of a rank
  int batch = 0, parts = 0;         // samples of a step, and the parts that ranks share
  double exchanges = 0, bytes = 0;  // of a step
  std::vector<double> alone_us{}, together_us{}, exchange_us{};  // a step, one a round

  // What its medians say of steps on other numbers of ranks.
  StepModel step_model() const;
  // How many times faster all ranks are than one: the median over rounds of the ratios within a round.
  double speedup() const;
};

struct RankBench {
  std::string run;  // what the other ranks make the same work of (serve_rank)
  compute::RankWork work;
  int rounds = 7;
  double seconds = 0.15;  // of one measurement, at least
};

// On rank 0, while the others serve it. Errors: as make_ranked_backend; ErrorKind::Cancelled.
Result<RankLine> measure_ranks(compute::Ranks& ranks, const RankBench& bench,
                               const compute::CancelFlag& cancel);

// The latency and the bandwidth of these ranks' exchange, from small and large blocks.
Network measure_network(compute::Ranks& ranks);

}  // namespace synann::bench
