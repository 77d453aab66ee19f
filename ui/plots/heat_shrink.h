// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QRect>
#include <QSize>

#include "ui/plots/heat_figure.h"

namespace synann::ui {

// The mean of the cells below each pixel, [size.height, size.width], where there are more cells than pixels:
// cells at an edge count by their share. `part` in cells as they stand. A cell that is no number makes its
// pixels none, so that it stays visible.
std::vector<float> shrink(const HeatData& data, const QRect& part, const QSize& size);

}  // namespace synann::ui
