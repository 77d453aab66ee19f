// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_targets.h"

// A table that is taken is whole and finite; one that is refused has one sentence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synann::synapse;
  static const Circuit circuit = circuit_example("chain")->make();
  const auto targets = parse_circuit_targets({reinterpret_cast<const char*>(data), size}, "targets", circuit);
  if (!targets) {
    const std::string sentence = targets.error().sentence();
    if (!sentence.empty() && sentence.find('\n') == std::string::npos) return 0;
    std::fprintf(stderr, "not one sentence: %s\n", sentence.c_str());
    std::abort();
  }
  bool whole = targets->rows > 0 && !targets->synapses.empty() &&
               targets->input_values.size() == targets->rows * targets->inputs.size() &&
               targets->target_values.size() == targets->rows * targets->synapses.size();
  for (const double v : targets->input_values) whole = whole && std::isfinite(v);
  for (const double v : targets->target_values) whole = whole && std::isfinite(v);
  if (whole) return 0;
  std::fprintf(stderr, "took a table that is not whole\n");
  std::abort();
}
