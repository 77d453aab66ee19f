// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "ui/pages/circuit/circuit_scene.h"

// A circuit in words: for screen readers, the line of numbers and tables.
namespace synann::ui {

// "x", "previous s", "1": what a port takes.
QString sourceText(const synapse::CircuitSource& source);
// "synapse s, α 1, β 0.5, excitatory from x, inhibitory from y, value 0.42", "input x, value 0.6".
QString nodeText(const CircuitScene& scene, int node);
// "excitatory input of s, from x", or "… constant 1".
QString wireText(const CircuitScene& scene, int wire);
QString itemText(const CircuitScene& scene, const CircuitItem& item);
// A value as it stands beside its symbol: "0.42", "1.22 > 1".
QString valueText(double shown, double unclamped);
// Whether a value is none that a probability can be.
bool isOutside(double value);

}  // namespace synann::ui
