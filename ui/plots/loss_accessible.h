// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace synann::ui {

// Makes assistive technology see a LossView as a chart whose value is the current point. May be called
// repeatedly.
void installLossAccessibility();

}  // namespace synann::ui
