// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace synann::ui {

// From now on screen readers hear a CalmComboBox by its own name with what is chosen as its value; Qt gives
// the choice as the name. May be called again.
void installChoiceAccessibility();

}  // namespace synann::ui
