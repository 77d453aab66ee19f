// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/surface.h"
#include "engine/synapse/swap.h"

// The quantities of the swap equation over both inputs. Pure; any thread.
namespace synann::synapse {

enum class SwapQuantity { Forward, Backward, Ratio, LogRatio, Difference, Preference };

// One of swap(s, x, y).
double swap_quantity(SwapQuantity quantity, const Synapse& s, double x, double y);

// On a regular grid, and along one axis with the other input held; errors as those of sample_surface().
Result<Surface> sample_swap(SwapQuantity quantity, const Synapse& s, Range x, Range y, std::size_t columns,
                            std::size_t rows);
Result<Section> sample_swap_section(SwapQuantity quantity, const Synapse& s, Along along, double held,
                                    Range range, std::size_t points);

// The levels of its iso-lines, rising: 1/10 … 10 of the ratio, whole numbers of its logarithm, tenths of the
// preference, and steps of 1, 2 or 5 · 10ⁿ of the others, ten at most.
std::vector<double> swap_levels(SwapQuantity quantity, const Surface& surface);
// The values that colours span. The ratio and its logarithm have no bound towards the corners; their ranges
// end at 0 and 5, and at −4 and 4.
Range swap_range(SwapQuantity quantity, const Surface& surface);

}  // namespace synann::synapse
