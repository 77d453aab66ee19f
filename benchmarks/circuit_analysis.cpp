// SPDX-License-Identifier: GPL-3.0-or-later
// Circuits: the flip's bifurcation diagram of 1,000 × 500 points behind 1,000 dropped steps, the latch's map
// of 200 × 200 cells, 100 updates of a fit, and a file of 100,000 synapses with as many inputs and all their
// places, written and read. Prints JSON: the median of wall-clock times, in seconds.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <functional>
#include <string>
#include <vector>

#include "benchmarks/ui_timing.h"
#include "engine/core/thread_pool.h"
#include "engine/synapse/circuit_bifurcation.h"
#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_file.h"
#include "engine/synapse/circuit_fit.h"
#include "engine/synapse/circuit_latch.h"

namespace {

using namespace synann;
using namespace synann::synapse;

double medianSeconds(const std::function<bool()>& work) {
  constexpr int kRepeats = 11;
  std::vector<double> times;
  for (int k = 0; k < kRepeats; ++k) {
    const auto begin = std::chrono::steady_clock::now();
    if (!work()) std::exit(1);
    times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return bench::quantile(times, 0.5);
}

double diagramSeconds(int threads) {
  const Circuit flip = circuit_example("flip")->make();
  const BifurcationPlan plan{
      .parameters = {"x.alpha", "y.alpha"}, .from = 1, .to = 4, .points = 1000, .synapse = "x", .keep = 500};
  return medianSeconds([&] { return bifurcation(flip, plan, threads).ok(); });
}

double fitSeconds() {
  const Circuit network = circuit_example("network")->make();
  CircuitTargets targets{
      .inputs = {}, .synapses = {79}, .rows = 100, .input_values = {}, .target_values = {}};
  targets.target_values.assign(100, 0.25);
  return medianSeconds([&] { return fit_circuit(network, targets, {.iterations = 100}).ok(); });
}

DrawnCircuit largeCircuit() {
  DrawnCircuit drawn{.circuit = {.name = "large", .inputs = {}, .synapses = {}, .outputs = {}}, .layout = {}};
  for (std::size_t k = 0; k < kMostSynapses; ++k) {
    const std::string input = fmt::format("x{}", k), synapse = fmt::format("s{}", k);
    drawn.circuit.inputs.push_back({input, static_cast<double>(k) / 3});
    drawn.circuit.synapses.push_back({.name = synapse,
                                      .excitatory = {.kind = SourceKind::Input, .name = input},
                                      .inhibitory = {.kind = SourceKind::Previous, .name = synapse}});
    drawn.layout[input] = {0, static_cast<double>(k)};
    drawn.layout[synapse] = {100, static_cast<double>(k)};
  }
  return drawn;
}

}  // namespace

int main() {
  const int threads = hardware_threads();
  const double one = diagramSeconds(1), all = diagramSeconds(threads);
  const double map = medianSeconds([&] { return latch_map({}, threads).ok(); });
  const DrawnCircuit large = largeCircuit();
  const std::string text = circuit_text(large.circuit, large.layout);
  const double written =
      medianSeconds([&] { return circuit_text(large.circuit, large.layout).size() == text.size(); });
  const double read = medianSeconds([&] { return parse_drawn_circuit(text, "large").ok(); });
  std::printf(
      "{\"bifurcation_1_thread\": %.4f, \"bifurcation_%d_threads\": %.4f, \"latch_map\": %.4f, "
      "\"fit_100_iterations_80_synapses_100_rows\": %.4f, \"write_200000_parts\": %.4f, "
      "\"read_200000_parts\": %.4f}\n",
      one, threads, all, map, fitSeconds(), written, read);
}
