// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/least_squares.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

#include "engine/core/distributions.h"
#include "engine/core/statistics.h"

namespace synann::synapse {
namespace {

using Values = std::span<const double>;

Error points_error(std::string problem, std::string expected, std::string found) {
  return {.where = "the points of a line",
          .problem = std::move(problem),
          .expected = std::move(expected),
          .found = std::move(found)};
}

Status check_points(Values x, Values y) {
  if (x.size() != y.size())
    return points_error("have another number of x than of y", fmt::format("{}", x.size()),
                        fmt::format("{}", y.size()));
  if (x.size() < 2 || x.size() > kMostLinePoints)
    return points_error("are too few or too many", fmt::format("2 to {}", kMostLinePoints),
                        fmt::format("{}", x.size()));
  for (const Values& values : {x, y})
    for (const double value : values)
      if (!std::isfinite(value))
        return points_error("are not all finite", "finite numbers", fmt::format("{}", value));
  return {};
}

double square_of(double value) {
  return value * value;
}

// Σ (y − ȳ)²
double spread_of(Values values) {
  const double centre = mean(values);
  double sum = 0;
  for (const double value : values) sum += square_of(value - centre);
  return sum;
}

}  // namespace

std::vector<double> residuals(const Line& line, Values x, Values y) {
  std::vector<double> left;
  for (std::size_t k = 0; k < x.size(); ++k) left.push_back(y[k] - line.at(x[k]));
  return left;
}

double mean_squared_error(const Line& line, Values x, Values y) {
  double sum = 0;
  for (std::size_t k = 0; k < x.size(); ++k) sum += square_of(y[k] - line.at(x[k]));
  return sum / static_cast<double>(x.size());
}

double r_squared(const Line& line, Values x, Values y) {
  const double spread = spread_of(y);
  if (!(spread > 0)) return std::numeric_limits<double>::quiet_NaN();
  return 1 - static_cast<double>(x.size()) * mean_squared_error(line, x, y) / spread;
}

Result<LineFit> fit_line(Values x, Values y) {
  if (auto checked = check_points(x, y); !checked) return checked.error();
  LineFit fit{.line = {}, .residuals = {}};
  fit.centre = mean(x);
  fit.spread = spread_of(x);
  if (!(fit.spread > 0) || !std::isfinite(fit.spread))
    return points_error("leave the slope open", "x that differ, within the range of double precision",
                        fmt::format("x around {}", fit.centre));
  const double middle = mean(y);
  double product = 0;
  for (std::size_t k = 0; k < x.size(); ++k) product += (x[k] - fit.centre) * (y[k] - middle);
  fit.line.weight = product / fit.spread;
  fit.line.bias = middle - fit.line.weight * fit.centre;
  fit.residuals = residuals(fit.line, x, y);
  fit.loss = mean_squared_error(fit.line, x, y);
  fit.r_squared = r_squared(fit.line, x, y);
  const auto n = static_cast<double>(x.size());
  fit.deviation = x.size() > 2 ? std::sqrt(n * fit.loss / (n - 2)) : 0;
  return fit;
}

Prediction predict(const LineFit& fit, double x, double confidence) {
  const auto n = static_cast<double>(fit.residuals.size());
  const double value = fit.line.at(x);
  const double t =
      n > 2 ? student_t_quantile((1 + confidence) / 2, n - 2) : std::numeric_limits<double>::quiet_NaN();
  const double half = t * fit.deviation * std::sqrt(1 + 1 / n + square_of(x - fit.centre) / fit.spread);
  return {.x = x, .value = value, .interval = {value - half, value + half}};
}

Result<AdamLineFit> fit_line_adam(Values x, Values y, const AdamLineSettings& settings) {
  const auto exact = fit_line(x, y);
  if (!exact) return exact.error();
  if (settings.steps > kMostAdamSteps)
    return Error{.where = "steps",
                 .problem = "are too many",
                 .expected = fmt::format("{} at most", kMostAdamSteps),
                 .found = fmt::format("{}", settings.steps)};
  AdamLineFit fit{.line = settings.start, .losses = {}};
  fit.losses.reserve(settings.steps + 1);
  // From the exact line, the loss and its gradient are quadratic and linear: a step costs the same for any
  // number of points.
  const auto n = static_cast<double>(x.size());
  const double square = exact->spread / n;  // mean of (x − x̄)²
  const auto loss_at = [&](double weight_off, double level_off) {
    return exact->loss + square * square_of(weight_off) + square_of(level_off);
  };
  double m[2] = {0, 0}, v[2] = {0, 0}, power1 = 1, power2 = 1;
  for (std::size_t t = 0; t <= settings.steps; ++t) {
    const double weight_off = fit.line.weight - exact->line.weight;
    const double level_off = fit.line.bias - exact->line.bias + weight_off * exact->centre;  // at x̄
    fit.losses.push_back(loss_at(weight_off, level_off));
    if (t == settings.steps) break;
    const double gradient[2] = {2 * (square * weight_off + exact->centre * level_off), 2 * level_off};
    power1 *= settings.beta1;
    power2 *= settings.beta2;
    const double rate = settings.lr * std::sqrt(1 - power2) / (1 - power1);
    double* const parameters[2] = {&fit.line.weight, &fit.line.bias};
    for (int p = 0; p < 2; ++p) {
      m[p] += (1 - settings.beta1) * (gradient[p] - m[p]);
      v[p] += (1 - settings.beta2) * (square_of(gradient[p]) - v[p]);
      *parameters[p] -= rate * m[p] / (std::sqrt(v[p]) + settings.epsilon);
    }
  }
  return fit;
}

}  // namespace synann::synapse
