// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace synann::data {

// A place on the writing surface: x to the right, y downwards, the digit's height is 1.
struct StrokePoint {
  float x = 0, y = 0;
};

// The points a pen passes through, joined by a smooth curve; a point given twice is a corner.
using Stroke = std::vector<StrokePoint>;

// One way of writing one digit: its strokes in writing order.
using Skeleton = std::vector<Stroke>;

// The ways in which `digit` (0 … 9) is written, at least three. Thread-safe; valid for ever.
std::span<const Skeleton> digit_skeletons(int digit);

}  // namespace synann::data
