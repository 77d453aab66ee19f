// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/result.h"
#include "engine/exports/onnx/graph.h"
#include "engine/infer/work.h"
#include "engine/synapse/circuit.h"

namespace synann::exports::onnx {

// Synapses times steps: onnxruntime 1.32 loads 1,000 of them in 0.6 s, 4,000 in 15 to 27 s on a busy machine,
// and takes four times as long for twice as many.
inline constexpr std::int64_t kMostCircuitSynapses = 4'000;

// Writes a circuit unrolled over `steps`, in double precision. Each input is a vector [N], or [1] for a
// number that counts for all. Each output (each synapse where none is named) is [N, steps]. The parameters
// are initialisers "a.alpha", "a.beta", "a.start". Errors: as CircuitRun::create; more than
// kMostCircuitSynapses to write; Cancelled.
Status write_circuit(const synapse::Circuit& circuit, int steps, const infer::Work& work,
                     messages::GraphProto& to);

}  // namespace synann::exports::onnx
