// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/function.h"

#include <cmath>
#include <fmt/format.h>
#include <limits>

#include "engine/synapse/scaled_product.h"

namespace synann::synapse {
namespace {

int sign(double value) {
  return (value > 0) - (value < 0);
}

// The ends come out exactly.
double grid_point(Range range, std::size_t index, std::size_t count) {
  const double t = static_cast<double>(index) / static_cast<double>(count - 1);
  return std::lerp(range.from, range.to, t);
}

Status check_axis(const char* name, Range range, std::size_t count) {
  // Their difference must be finite as well: it is what the grid divides.
  if (!std::isfinite(range.from) || !std::isfinite(range.to - range.from) || !(range.from < range.to)) {
    return Error{.where = fmt::format("surface: range of {}", name),
                 .problem = "not an interval",
                 .expected = "finite ends, the first below the second",
                 .found = fmt::format("{} to {}", range.from, range.to)};
  }
  if (count < 2 || count > kLargestSurfaceSide) {
    return Error{.where = fmt::format("surface: points along {}", name),
                 .problem = "out of range",
                 .expected = fmt::format("2 to {}", kLargestSurfaceSide),
                 .found = std::to_string(count)};
  }
  return {};
}

}  // namespace

double open_fraction(const Synapse& s, double y) {
  return inhibition_factor(s.beta, y);
}

double evaluate(const Synapse& s, double x, double y) {
  return s.alpha * x * open_fraction(s, y);
}

Derivatives derivatives(const Synapse& s, double x, double y) {
  const double open = open_fraction(s, y);
  return {.x = s.alpha * open, .y = -s.alpha * s.beta * x, .alpha = x * open, .beta = -s.alpha * x * y};
}

SecondDerivatives second_derivatives(const Synapse& s, double x, double y) {
  return {.x_y = -s.alpha * s.beta,
          .x_alpha = open_fraction(s, y),
          .x_beta = -s.alpha * y,
          .y_alpha = -s.beta * x,
          .y_beta = -s.alpha * x,
          .alpha_beta = -x * y};
}

LogDerivatives log_derivatives(const Synapse& s, double x, double y) {
  const double open = open_fraction(s, y);
  const double by_y = -s.beta / open;
  return {
      .x = 1 / x, .y = by_y, .alpha = 1 / s.alpha, .beta = -y / open, .xx = -1 / x / x, .yy = -by_y * by_y};
}

double inhibition_surprisal(const Synapse& s, double y) {
  return open_fraction(s, y) < 0 ? std::numeric_limits<double>::quiet_NaN() : -log_abs_factor(s.beta, y);
}

double minus_log(const Synapse& s, double x, double y) {
  // The signs decide, not the product, which may underflow.
  const int signs = sign(s.alpha) * sign(x) * sign(open_fraction(s, y));
  if (signs == 0) return std::numeric_limits<double>::infinity();
  if (signs < 0) return std::numeric_limits<double>::quiet_NaN();
  return -std::log(std::abs(s.alpha)) - std::log(std::abs(x)) - log_abs_factor(s.beta, y);
}

double inhibition_odds(const Synapse& s, double y) {
  return s.beta * y / open_fraction(s, y);
}

std::optional<DiagonalMaximum> diagonal_maximum(const Synapse& s) {
  if (!(s.alpha > 0)) return std::nullopt;
  if (s.beta >= 0.5) return DiagonalMaximum{.x = 0.5 / s.beta, .value = s.alpha / (4 * s.beta)};
  return DiagonalMaximum{.x = 1, .value = s.alpha * (1 - s.beta), .attained = false};
}

std::optional<double> level_curve(const Synapse& s, double x, double c) {
  const double excitation = s.alpha * x;
  if (excitation == 0 || s.beta == 0) return std::nullopt;
  return (1 - c / excitation) / s.beta;
}

double Surface::x_at(std::size_t column) const {
  return grid_point(x, column, columns);
}
double Surface::y_at(std::size_t row) const {
  return grid_point(y, row, rows);
}

Result<Surface> sample_surface(const Synapse& s, Range x, Range y, std::size_t columns, std::size_t rows) {
  if (auto status = check_axis("x", x, columns); !status) return status.error();
  if (auto status = check_axis("y", y, rows); !status) return status.error();
  Surface surface{.x = x, .y = y, .columns = columns, .rows = rows, .values = {}};
  surface.values.reserve(columns * rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const double at_y = surface.y_at(row);
    for (std::size_t column = 0; column < columns; ++column)
      surface.values.push_back(evaluate(s, surface.x_at(column), at_y));
  }
  return surface;
}

}  // namespace synann::synapse
