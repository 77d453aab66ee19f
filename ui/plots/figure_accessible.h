// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace synann::ui {

// Lets screen readers meet every FigureWidget as a chart whose value is the current point; safe to call
// often.
void installFigureAccessibility();

}  // namespace synann::ui
