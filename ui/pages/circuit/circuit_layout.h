// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/synapse/circuit_file.h"

namespace synann::ui {

// How large the symbols are and how far apart they stand; pixels at zoom 1.
struct CircuitSize {
  static constexpr double kGrid = 8;                   // places snap to it
  static constexpr double kWidth = 88;                 // of an input and of a synapse
  static constexpr double kInput = 32, kSynapse = 64;  // heights
  static constexpr double kConstant = 40;              // to the left of a port: the box of a constant
  static constexpr double kColumn = 192;               // from one column to the next
  static constexpr double kGap = 40;                   // between symbols above each other
};

// Arranges a whole circuit in layers from left to right: a synapse stands behind all that it needs in the
// same step (wires of a step before do not count), an input before the first that takes it, and within a
// layer in the order of least crossings (barycentres). Long circuits go on below, row by row, like text.
synapse::CircuitLayout layOutCircuit(const synapse::Circuit& circuit);

// The nearest place on the grid.
synapse::CircuitPlace onGrid(const synapse::CircuitPlace& place);

}  // namespace synann::ui
