// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/swap_field.h"

#include <algorithm>
#include <cmath>

namespace synann::synapse {
namespace {

constexpr double kLargestRatio = 5, kLargestLogRatio = 4;
constexpr int kMostIsoLines = 10;

// The least and the largest finite value; an empty range becomes one around it.
Range finite_range(const Surface& surface) {
  double least = INFINITY, most = -INFINITY;
  for (const double value : surface.values) {
    if (!std::isfinite(value)) continue;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  if (!(most > least)) return std::isfinite(least) ? Range{least - 1, least + 1} : Range{0, 1};
  return {least, most};
}

// Multiples of a step of 1, 2 or 5 · 10ⁿ inside a range.
std::vector<double> even_levels(const Range& range) {
  const double width = range.to - range.from;
  double step = std::pow(10.0, std::floor(std::log10(width / kMostIsoLines)));
  for (const double factor : {2.0, 2.5, 2.0, 2.0}) {
    if (width / step <= kMostIsoLines) break;
    step *= factor;
  }
  std::vector<double> levels;
  const auto last = static_cast<int>(std::floor(range.to / step));
  for (auto k = static_cast<int>(std::ceil(range.from / step)); k <= last; ++k) levels.push_back(k * step);
  return levels;
}

}  // namespace

double swap_quantity(SwapQuantity quantity, const Synapse& s, double x, double y) {
  const Swap all = swap(s, x, y);
  switch (quantity) {
    case SwapQuantity::Forward:
      return all.forward;
    case SwapQuantity::Backward:
      return all.backward;
    case SwapQuantity::Ratio:
      return all.ratio;
    case SwapQuantity::LogRatio:
      return all.log_ratio;
    case SwapQuantity::Difference:
      return all.difference;
    case SwapQuantity::Preference:
      break;
  }
  return all.preference;
}

Result<Surface> sample_swap(SwapQuantity quantity, const Synapse& s, Range x, Range y, std::size_t columns,
                            std::size_t rows) {
  auto surface = sample_surface(s, x, y, columns, rows);
  if (!surface) return surface;
  for (std::size_t row = 0, k = 0; row < rows; ++row)
    for (std::size_t column = 0; column < columns; ++column)
      surface->values[k++] = swap_quantity(quantity, s, surface->x_at(column), surface->y_at(row));
  return surface;
}

Result<Section> sample_swap_section(SwapQuantity quantity, const Synapse& s, Along along, double held,
                                    Range range, std::size_t points) {
  const auto strip = sample_surface(s, range, {0, 1}, points, 2);
  if (!strip) return strip.error();
  Section section;
  for (std::size_t k = 0; k < points; ++k) {
    const double at = strip->x_at(k);
    section.at.push_back(at);
    section.values.push_back(along == Along::X ? swap_quantity(quantity, s, at, held)
                                               : swap_quantity(quantity, s, held, at));
  }
  return section;
}

std::vector<double> swap_levels(SwapQuantity quantity, const Surface& surface) {
  if (quantity == SwapQuantity::Ratio) return {0.1, 0.2, 0.5, 1, 2, 5, 10};
  if (quantity == SwapQuantity::Preference) return even_levels({0.05, 0.95});
  return even_levels(swap_range(quantity, surface));
}

Range swap_range(SwapQuantity quantity, const Surface& surface) {
  switch (quantity) {
    case SwapQuantity::Ratio:
      return {0, kLargestRatio};
    case SwapQuantity::LogRatio:
      return {-kLargestLogRatio, kLargestLogRatio};
    case SwapQuantity::Preference:
      return {0, 1};
    case SwapQuantity::Forward:
    case SwapQuantity::Backward:
    case SwapQuantity::Difference:
      break;
  }
  return finite_range(surface);
}

}  // namespace synann::synapse
