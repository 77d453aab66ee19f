// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QString>

#include "ui/session/run_marks.h"
#include "ui/session/synapse_source.h"

namespace synann::ui {

// One line of the inspector: a quantity and its value with all its digits, and what it is, for the tooltip.
struct InspectorRow {
  QString name, value, help;
  bool operator==(const InspectorRow&) const = default;
};

// What there is to say about the selection: the place in the run, the cell β_ij and its numbers, the image.
// A value that is not known is told as "—", so that every row keeps its
// place; a run that was made of a step of another one has four more, which prove it.
std::vector<InspectorRow> inspectorRows(const SynapseSource& source, const RunMarks& marks);

}  // namespace synann::ui
