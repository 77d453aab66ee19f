// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/circuit_file.h"

// What a person does to a drawn circuit. Pure functions of values: undo and redo are copies of before and
// after.
namespace synann::ui {

// "s", or "s2" where there is one, "s3", …
std::string freeName(const synapse::Circuit& circuit, std::string_view stem);

// A synapse that takes 1 and 0, or an input of 0.5, at a place; its name.
std::string addSynapse(synapse::DrawnCircuit& drawn, const synapse::CircuitPlace& at);
std::string addInput(synapse::DrawnCircuit& drawn, const synapse::CircuitPlace& at);

// Gives an input or a synapse another name, wherever it stands. Errors: it is empty, too long or taken.
Status renamePart(synapse::DrawnCircuit& drawn, const std::string& from, const std::string& to);

// Takes inputs and synapses away; ports that they fed take 1 (excitatory) and 0 (inhibitory).
void removeParts(synapse::DrawnCircuit& drawn, const std::set<std::string>& names);

// Whether a synapse that took this source in the same step would wait for itself.
bool closesCycle(const synapse::Circuit& circuit, const std::string& source, const std::string& synapse);

// The source of the value of an input or synapse; `previous` counts for synapses alone.
synapse::CircuitSource sourceOf(const synapse::Circuit& circuit, const std::string& name, bool previous);
// Feeds a port; the synapse is there.
void setSource(synapse::DrawnCircuit& drawn, const std::string& synapse, bool inhibitory,
               const synapse::CircuitSource& source);

// The named inputs and synapses alone; what feeds them from outside stays as it is, or becomes a constant
// where `whole` asks for a circuit that stands alone.
synapse::DrawnCircuit partOf(const synapse::DrawnCircuit& drawn, const std::set<std::string>& names,
                             bool whole);
// Puts a part in, moved by (x, y), under names that are free; these names. Its wires from outside stay where
// their sources are there.
std::set<std::string> putPart(synapse::DrawnCircuit& drawn, const synapse::DrawnCircuit& part, double x,
                              double y);

}  // namespace synann::ui
