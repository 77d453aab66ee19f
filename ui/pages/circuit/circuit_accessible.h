// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace synann::ui {

// Lets screen readers meet a CircuitView as a group whose children are its symbols and ports, each told in
// words; safe to call often.
void installCircuitAccessibility();

}  // namespace synann::ui
