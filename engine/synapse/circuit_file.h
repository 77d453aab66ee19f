// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/synapse/circuit.h"

// Circuit files, format synann-circuit-1 (docs/formats.md): readable JSON.
namespace synann::synapse {

inline constexpr std::uint64_t kLargestCircuitFile = 64ULL << 20;  // bytes

// Reads and checks a circuit; `file` begins the sentences. Refused: what is no JSON, keys that are not known,
// values of another kind, and what CircuitRun::create() refuses. A pure function of its arguments.
Result<Circuit> parse_circuit(std::string_view text, const std::string& file);
Result<Circuit> read_circuit(const std::filesystem::path& path);

// The same circuit as text; numbers read back to the bit. Ends with a line break.
std::string circuit_text(const Circuit& circuit);

}  // namespace synann::synapse
