// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/function.h"

// One linear unit y = w x + b, fitted in two ways: exactly, and as Keras trains it. Double precision; pure;
// any thread.
namespace synann::synapse {

// A straight line.
struct Line {
  double weight = 0, bias = 0;
  double at(double x) const { return weight * x + bias; }
};

// The line of least squares, w = Σ (x − x̄)(y − ȳ) / Σ (x − x̄)², b = ȳ − w x̄.
struct LineFit {
  Line line;
  double r_squared = 0;           // 1 − Σ residual² / Σ (y − ȳ)²; NaN where all y are equal
  std::vector<double> residuals;  // y − (w x + b)
  double loss = 0;                // mean squared error Σ residual² / n
  // For predictions: √(Σ residual² / (n − 2)), 0 where n = 2; x̄; Σ (x − x̄)².
  double deviation = 0, centre = 0, spread = 0;
};

inline constexpr std::size_t kMostLinePoints = 100'000;

// Errors: fewer than 2 points or more than kMostLinePoints, spans of different length, a number that is not
// finite, all x equal.
Result<LineFit> fit_line(std::span<const double> x, std::span<const double> y);

// What any line leaves of the data.
double mean_squared_error(const Line& line, std::span<const double> x, std::span<const double> y);
double r_squared(const Line& line, std::span<const double> x, std::span<const double> y);
std::vector<double> residuals(const Line& line, std::span<const double> x, std::span<const double> y);

// Where one new observation at x is to be expected if the line holds there and errors are normal:
// value ± t √(deviation² (1 + 1/n + (x − x̄)²/spread)), Student's t with n − 2 degrees of freedom.
struct Prediction {
  double x = 0, value = 0;
  Range interval{};  // NaN for 2 points, which leave no degree of freedom
};
Prediction predict(const LineFit& fit, double x, double confidence = 0.95);

// Keras's Adam on the mean squared error, full batch:
//   m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,
//   θ ← θ − lr √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε),  g = (2/n Σ (w x + b − y) x, 2/n Σ (w x + b − y)).
struct AdamLineSettings {
  double lr = 0.1;
  std::size_t steps = 3000;
  Line start{};  // Keras draws the weight from ±√(6/2) = ±1.73 (Glorot, one input) and starts the bias at 0
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7;
};
struct AdamLineFit {
  Line line;
  std::vector<double> losses;  // [steps + 1], mean squared error before each step and behind the last
};
inline constexpr std::size_t kMostAdamSteps = 1'000'000;
// Errors as those of fit_line(), and more than kMostAdamSteps steps.
Result<AdamLineFit> fit_line_adam(std::span<const double> x, std::span<const double> y,
                                  const AdamLineSettings& settings = {});

}  // namespace synann::synapse
