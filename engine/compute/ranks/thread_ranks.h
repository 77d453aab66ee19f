// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/compute/ranks/ranks.h"

namespace synann::compute {

// Ranks that are threads of this process, for tests and for measurements where there is no MPI: each belongs
// to one thread, and all of them must be used.
std::vector<std::unique_ptr<Ranks>> thread_ranks(int count);

}  // namespace synann::compute
