// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_latch_form.h"

#include <string>
#include <vector>

namespace synann::synapse {
namespace {

// Two synapses in series, of which the first is excited by what the last gave one step before.
struct LatchPair {
  std::size_t first = 0, last = 0;
};

std::vector<LatchPair> latch_pairs(const std::vector<CircuitSynapse>& synapses) {
  std::vector<LatchPair> pairs;
  for (std::size_t last = 0; last < synapses.size(); ++last)
    for (std::size_t first = 0; first < synapses.size(); ++first) {
      const CircuitSource series{.kind = SourceKind::Synapse, .value = 0, .name = synapses[first].name};
      const CircuitSource back{.kind = SourceKind::Previous, .value = 0, .name = synapses[last].name};
      if (first != last && synapses[last].excitatory == series && synapses[first].excitatory == back)
        pairs.push_back({first, last});
    }
  return pairs;
}

// Which synapse of a pair its own value inhibits, and which the other pair's.
std::optional<LatchHalf> latch_half(const std::vector<CircuitSynapse>& synapses, const LatchPair& pair,
                                    const std::string& other) {
  const CircuitSynapse &first = synapses[pair.first], &last = synapses[pair.last];
  const CircuitSource own{.kind = SourceKind::Previous, .value = 0, .name = last.name};
  const CircuitSource others{.kind = SourceKind::Previous, .value = 0, .name = other};
  const double alpha = first.alpha * last.alpha;
  if (first.inhibitory == own && last.inhibitory == others) return LatchHalf{pair.first, pair.last, alpha};
  if (last.inhibitory == own && first.inhibitory == others) return LatchHalf{pair.last, pair.first, alpha};
  return std::nullopt;
}

}  // namespace

std::optional<LatchForm> latch_form(const Circuit& circuit) {
  const auto& synapses = circuit.synapses;
  if (synapses.size() != 4) return std::nullopt;
  const std::vector<LatchPair> pairs = latch_pairs(synapses);
  if (pairs.size() != 2) return std::nullopt;
  const auto x = latch_half(synapses, pairs[0], synapses[pairs[1].last].name);
  const auto y = latch_half(synapses, pairs[1], synapses[pairs[0].last].name);
  if (!x || !y) return std::nullopt;
  const auto numbers = [&](const LatchHalf& half) {
    return LatchParameters{
        .alpha = half.alpha, .self = synapses[half.self].beta, .cross = synapses[half.cross].beta};
  };
  LatchForm form{.halves = {*x, *y}, .numbers = numbers(*x)};
  const LatchParameters others = numbers(*y);
  form.alike = others.alpha == form.numbers.alpha && others.self == form.numbers.self &&
               others.cross == form.numbers.cross;
  return form;
}

void set_latch(Circuit& circuit, const LatchForm& form, double self, double cross) {
  for (const LatchHalf& half : form.halves) {
    circuit.synapses[half.self].beta = self;
    circuit.synapses[half.cross].beta = cross;
  }
}

}  // namespace synann::synapse
