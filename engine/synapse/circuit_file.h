// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "engine/synapse/circuit.h"

// Circuit files, format synann-circuit-1 (docs/formats.md): readable JSON.
namespace synann::synapse {

inline constexpr std::uint64_t kLargestCircuitFile = 64ULL << 20;  // bytes
inline constexpr double kFarthestPlace = 1e8;                      // pixels from the middle of a drawing

// Where the symbol of an input or a synapse stands: its upper left corner, pixels at zoom 1, y downwards.
struct CircuitPlace {
  double x = 0, y = 0;
  bool operator==(const CircuitPlace&) const = default;
};
// By name; what has no place is arranged by whoever draws it.
using CircuitLayout = std::map<std::string, CircuitPlace, std::less<>>;

// A circuit and how it is drawn.
struct DrawnCircuit {
  Circuit circuit;
  CircuitLayout layout{};
  bool operator==(const DrawnCircuit&) const = default;
};

// Reads and checks a circuit; `file` begins the sentences. Refused: what is no JSON, keys that are not known,
// values of another kind, and what CircuitRun::create() refuses. A pure function of its arguments.
Result<Circuit> parse_circuit(std::string_view text, const std::string& file);
Result<Circuit> read_circuit(const std::filesystem::path& path);
// The same with the places of its symbols; refused too: places of names that are not there, or farther than
// kFarthestPlace.
Result<DrawnCircuit> parse_drawn_circuit(std::string_view text, const std::string& file);
Result<DrawnCircuit> read_drawn_circuit(const std::filesystem::path& path);

// The same circuit as text; numbers read back to the bit. Ends with a line break.
std::string circuit_text(const Circuit& circuit, const CircuitLayout& layout = {});
// Writes it as write_file_atomically() does (engine/core/file.h), with its errors.
Status write_circuit(const std::filesystem::path& path, const DrawnCircuit& drawn);

}  // namespace synann::synapse
