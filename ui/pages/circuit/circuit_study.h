// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <QJsonObject>
#include <QString>

#include "engine/core/result.h"
#include "engine/synapse/circuit_bifurcation.h"
#include "engine/synapse/circuit_fit.h"
#include "engine/synapse/circuit_latch.h"
#include "engine/synapse/circuit_latch_form.h"
#include "engine/synapse/circuit_trace.h"

// What a person asks about a circuit beside its values, and the answers of the engine. Plain values and
// functions of them; any thread.
namespace synann::ui {

struct CircuitStudy {
  // Names of synapses and numbers; what is empty, or not of the circuit, is what it is at first.
  struct Phase {
    std::string across{}, up{};
    int steps = 200;
    bool operator==(const Phase&) const = default;
  };
  struct Bifurcation {
    std::string parameters{};  // "x.alpha,y.alpha"
    double from = 1, to = 4;
    std::string of{};
    int points = 1000;
    std::int64_t drop = 1000;
    int keep = 500;
    bool operator==(const Bifurcation&) const = default;
  };
  struct Fit {
    std::string targets{};  // comma-separated text with a header
    synapse::FitOptions options{};
  };
  Phase phase{};
  Bifurcation bifurcation{};
  Fit fit{};
};
inline constexpr int kMostPhaseSteps = 100'000;
inline constexpr int kMostFitSteps = 10'000;
inline constexpr std::int64_t kMostStudyDropped = 1'000'000;
// Of the targets that an exported figure or the settings carry, bytes.
inline constexpr std::size_t kMostKeptTargets = 1 << 20;

// As an exported figure and the settings have it, and back; what is missing or makes no sense is as at first.
QJsonObject toJson(const CircuitStudy& study);
CircuitStudy circuitStudyFromJson(const QJsonObject& json);

// "a, b" as {"a", "b"}.
std::vector<std::string> circuitNames(const std::string& text);

// The synapses of a phase portrait, by number: the chosen ones, else the first two outputs, else the first
// two synapses. Nothing where the circuit has none.
struct PhasePair {
  std::size_t across = 0, up = 0;
};
std::optional<PhasePair> phasePair(const synapse::Circuit& circuit, const CircuitStudy::Phase& phase);

// The parameters whose diagram says most, in a list as people type it: α of all synapses that are excited and
// inhibited by values of the step before, as far as it is the same; else α of the first synapse.
std::string usualParameters(const synapse::Circuit& circuit);
// The range that a parameter is varied over at first: α over 1 … 4, all others over 0 … 1.
synapse::Range usualRange(const std::string& parameters);
synapse::BifurcationPlan bifurcationPlan(const synapse::Circuit& circuit,
                                         const CircuitStudy::Bifurcation& chosen, bool clamped);
// Where the circuit itself stands in the diagram, if it is one value.
std::optional<double> currentParameter(const synapse::Circuit& circuit, const synapse::BifurcationPlan& plan);

// The steps of a circuit from its starts, and where they lead.
struct PhaseFound {
  synapse::CircuitTrace trace{};
  synapse::Settled settled{};
};
Result<PhaseFound> findPhase(const synapse::Circuit& circuit, int steps, bool clamped,
                             const synapse::CircuitProgress& progress = {}, const std::stop_token& stop = {});

// Where the latch remembers: over the unit square, or as far as its own numbers are.
synapse::LatchMapPlan latchPlan(const synapse::LatchParameters& latch, int side);
inline constexpr int kLatchSide = 200, kLatchSketchSide = 40;  // cells

}  // namespace synann::ui
