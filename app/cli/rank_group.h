// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

#include "engine/compute/ranks/ranks.h"

namespace synann::cli {

// For a command that computes on all processes that mpirun or srun started with this one. On rank 0 calls
// lead(ranks), with null where the process is alone, lets the others go and returns what it returned; the
// others compute what rank 0 asks for and print nothing. Several processes and no MPI between them are an
// error of usage.
int on_all_ranks(const std::string& command, const std::function<int(compute::Ranks* ranks)>& lead);

}  // namespace synann::cli
