// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/compute/ranks/ranks.h"

namespace synann::compute {

// Whether this build can speak MPI (-DSYNANN_MPI=ON).
bool built_with_mpi();

// The processes that mpirun or srun started with this one. MPI ends with the object, on the thread that made
// it; call it once in a process, and before there are other threads. Null in a build without MPI, and where
// there is but one process.
std::unique_ptr<Ranks> mpi_ranks();

}  // namespace synann::compute
