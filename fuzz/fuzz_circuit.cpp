// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "engine/synapse/circuit_file.h"

// What is read is written and read again as the same circuit; what is refused has one sentence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synann::synapse;
  const auto circuit = parse_drawn_circuit({reinterpret_cast<const char*>(data), size}, "circuit");
  if (!circuit) {
    const std::string sentence = circuit.error().sentence();
    if (!sentence.empty() && sentence.find('\n') == std::string::npos) return 0;
    std::fprintf(stderr, "not one sentence: %s\n", sentence.c_str());
    std::abort();
  }
  const auto again = parse_drawn_circuit(circuit_text(circuit->circuit, circuit->layout), "circuit");
  if (again && *again == *circuit) return 0;
  std::fprintf(stderr, "what was written reads back otherwise\n");
  std::abort();
}
