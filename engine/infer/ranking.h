// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/infer/ablation.h"

namespace synann::infer {

// Which cell of β matters most: each is set to `value` by itself, and the change of the loss is measured.
struct RankQuery {
  Network network;
  SetPtr set;
  std::string layer{};  // empty: the first
  float value = 0;
  int top = 10;     // of these the exact measurement is wanted too
  int threads = 0;  // 0 = all
};

struct RankedCell {
  Cell cell;
  float beta = 0;          // as it is
  double loss_change = 0;  // nats, mean over the set; estimated, as in Ranking::loss_change
  Score after;             // measured: an evaluation of the changed state dict
};

struct Ranking {
  train::SynapseLayer layer;
  Score before;
  std::vector<float> beta;          // [n, n]
  std::vector<double> loss_change;  // [n, n]: nats, mean over the set
  std::vector<RankedCell> top;  // by |loss_change|, the largest first; of equals the first in row-major order
};

// Measures all cells. Where the layer is followed by a linear head (head.h) and takes samples one by one, the
// change of one unit is followed through it in double precision, all cells of a sample at once; elsewhere
// each cell is a measurement of its own. Chunks of samples are added up in their order, so the result is the
// same for any number of threads. Progress counts samples, or cells. Errors: as Ablator::ablate(); a loss
// that is not finite.
Result<Ranking> rank_cells(Ablator& ablator, const RankQuery& query, const Work& work);

}  // namespace synann::infer
