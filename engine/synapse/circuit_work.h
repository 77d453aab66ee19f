// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <stop_token>

#include "engine/core/result.h"

// What the longer computations about circuits share. They end soon after their stop token is requested, and
// tell how far they are.
namespace synann::synapse {

// The share that is done, 0 … 1; called now and then on the calling thread. May be empty.
using CircuitProgress = std::function<void(double done)>;

Error circuit_cancelled();

// Calls task(index, thread) once for each index in [0, count) on that many threads, at least 1; thread names
// scratch memory. Progress is told between blocks of indices. Returns false where it was stopped before all
// were done.
bool run_indices(int count, int threads, const CircuitProgress& progress, const std::stop_token& stop,
                 const std::function<void(int index, int thread)>& task);

}  // namespace synann::synapse
