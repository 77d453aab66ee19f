// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/synapse/circuit_fit.h"
#include "ui/pages/circuit/circuit_study.h"
#include "ui/plots/figure.h"

// Figures of what was found out about a circuit, for the window and for files. Functions of values; any
// thread.
namespace synann::ui {

// With the fixed point, where the steps lead to one.
std::shared_ptr<const Figure> phaseStudyFigure(const synapse::Circuit& circuit, const PhaseFound& found,
                                               const PhasePair& pair);
// With the value that the circuit itself has.
std::shared_ptr<const Figure> bifurcationStudyFigure(const synapse::Circuit& circuit,
                                                     const synapse::BifurcationPlan& plan,
                                                     const synapse::Bifurcation& diagram);

// In words: "Fixed after 37 steps; the last one moved no value by more than 5e−13."
QString restWords(const synapse::Settled& settled, std::int64_t steps);
// What becomes of the latch at its place.
QString latchWords(const synapse::LatchParameters& latch);

}  // namespace synann::ui
