// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/plots/surface_figure.h"

namespace synann::ui {

// The curves on which a field has a simple form, with their names, as far as they lie in the ranges.
std::vector<SurfaceLine> specialLines(const synapse::Synapse& s, synapse::Field field,
                                      const synapse::Ranges& ranges);

}  // namespace synann::ui
