// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/compute/backend.h"
#include "engine/compute/ranks/ranks.h"

// One training on several ranks (docs/scaling.md). Rank 0 has the run: its back end tells the others what to
// do, and all of them compute. They take their shares of a batch, exchange what the shares make, and move the
// parameters each by itself, to the same bits. Questions to the network are answered by rank 0 alone.
namespace synann::compute {

// What a rank needs to compute a run.
struct RankWork {
  BackendRequest request;
  std::shared_ptr<const model::Model> model;
  data::DataPairPtr data;
  int batch_size = 100;  // of the training
};

// On rank 0. `run`: what the others make the same work of (serve_rank). A request for no number of threads
// shares a machine's processors among its ranks. The ranks must outlive the back end. Errors: a device other
// than the CPU; what another rank lacks or does not have as rank 0 has it: the data, the program, the
// instruction set; more ranks than a batch has parts. fetch() fails where the ranks' parameters are not the
// same to the bit.
Result<std::unique_ptr<Backend>> make_ranked_backend(Ranks& ranks, const std::string& run, RankWork work);

// On the other ranks: does what rank 0's back ends ask for until dismiss_ranks(). An error of `prepare` is
// told to rank 0. Where this rank cannot go on in the midst of a run, all ranks are ended.
void serve_rank(Ranks& ranks, const std::function<Result<RankWork>(const std::string& run)>& prepare);

// On rank 0, between two runs: gathers a block of so many bytes so many times, all ranks their shares, to see
// what an exchange takes.
void gather_blank(Ranks& ranks, std::size_t bytes, int times);

// On rank 0, once no back end is left: the others come back from serve_rank(), or, where they wait for
// something that will not come any more, are ended, and this process with them.
void dismiss_ranks(Ranks& ranks);

}  // namespace synann::compute
