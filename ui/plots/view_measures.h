// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What all figures on the screen have alike.
namespace synann::ui {

inline constexpr int kViewMargin = 6;       // pixels around a figure
inline constexpr double kDragDistance = 4;  // pixels that a click may wobble
inline constexpr double kWheelNotch = 120;  // of QWheelEvent::angleDelta()

}  // namespace synann::ui
