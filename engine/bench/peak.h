// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/isa.h"
#include "engine/core/thread_pool.h"

namespace synann::bench {

// What this machine does at most: independent multiply-adds in registers, on all threads of the pool at once,
// for about `seconds`. In 10⁹ operations a second; a multiply-add is two.
double multiply_add_peak(compute::Isa isa, ThreadPool& pool, double seconds);

}  // namespace synann::bench
