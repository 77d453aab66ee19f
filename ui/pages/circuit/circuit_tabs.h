// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/synapse/circuit.h"
#include "ui/pages/circuit/circuit_player.h"
#include "ui/plots/figure.h"

// The figures beside the drawing of a circuit. Functions of values; any thread.
namespace synann::ui {

inline constexpr int kMostShownInputs = 6;  // of a truth table in the window: 64 rows

// What the traced synapses gave over the steps; null before the first.
std::shared_ptr<const Figure> traceFigure(const synapse::Circuit& circuit,
                                          const CircuitPlayer::History& history);

// The truth table with what is wrong with taking its values for probabilities; null, and why, where there is
// none.
std::shared_ptr<const Figure> truthFigure(const synapse::Circuit& circuit, bool clamped, QString& why);

}  // namespace synann::ui
