// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/compute/confusion.h"
#include "engine/core/result.h"

// Matrices as PNG files with a palette. Pure functions; any thread.
namespace synann::exports {

struct PngPicture {
  int rows = 0, columns = 0;        // pixels
  std::vector<std::uint8_t> bytes;  // of the PNG file
};

// A matrix in the window's diverging colours on light ground: blue below 0, orange above, the deepest at
// ±`range`; what is not finite is grey. Cells are squares of so many pixels that the picture has about 320 a
// side.
Result<PngPicture> signed_picture(std::span<const float> values, int rows, int columns, float range);
// The largest distance from 0 of what is finite; 1 where all are 0.
float signed_range(std::span<const float> values);

// Row = true class, column = what the network said: the share of the row from white to blue.
Result<PngPicture> confusion_picture(const compute::Confusion& confusion);

}  // namespace synann::exports
