// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/core/result.h"

// The synapse function S(x, y; α, β) = α x (1 − β y) in double precision: x is the open probability of the
// excitatory channels, y that of the inhibitory ones. Every function here is pure and may be called from any
// thread; all of them are defined for any finite argument, inside or outside the theory's domain (domain.h).
namespace synann::synapse {

// The parameters of one synapse; α scales the excitation, β the inhibition.
struct Synapse {
  double alpha = 1;
  double beta = 0.5;
};

// 1 − βy, rounded once, so that it keeps its digits where βy comes close to 1; exactly 0 where βy is 1 in
// double precision.
double open_fraction(const Synapse& s, double y);

// S itself.
double evaluate(const Synapse& s, double x, double y);

// The first derivatives of S.
struct Derivatives {
  double x = 0, y = 0, alpha = 0, beta = 0;
};
Derivatives derivatives(const Synapse& s, double x, double y);

// The second derivatives of S; those by one variable twice are zero, because S is linear in each.
struct SecondDerivatives {
  double x_y = 0, x_alpha = 0, x_beta = 0, y_alpha = 0, y_beta = 0, alpha_beta = 0;
};
SecondDerivatives second_derivatives(const Synapse& s, double x, double y);

// The derivatives of log |S|; not finite where S = 0. The mixed derivative by x and y is zero, and xx and yy
// are not positive: S is log-concave in (x, y).
struct LogDerivatives {
  double x = 0, y = 0, alpha = 0, beta = 0, xx = 0, yy = 0;
};
LogDerivatives log_derivatives(const Synapse& s, double x, double y);

// −log S in nats, without underflow: +∞ where S = 0, NaN where S < 0.
double minus_log(const Synapse& s, double x, double y);

// The term of the inhibition in it, −log(1 − βy): +∞ at the pole βy = 1, NaN beyond it.
double inhibition_surprisal(const Synapse& s, double y);

// The odds of the inhibition, n = βy/(1 − βy): the Bose–Einstein number of the energy −log y at the chemical
// potential log β. Not finite at the pole βy = 1; negative beyond it and for β < 0, where it counts nothing.
double inhibition_odds(const Synapse& s, double y);

// Where S is largest on the diagonal y = x of the unit square.
struct DiagonalMaximum {
  double x = 0, value = 0;
  bool attained = true;  // false: a supremum, approached as x → 1
};
// None where α ≤ 0, because S then nowhere rises with x.
std::optional<DiagonalMaximum> diagonal_maximum(const Synapse& s);

// The level curve S = c as y over x, a branch of a hyperbola; none where αβx = 0.
std::optional<double> level_curve(const Synapse& s, double x, double c);

// A closed interval.
struct Range {
  double from = 0, to = 1;
  double middle() const { return from + (to - from) / 2; }
};

// S on a regular grid that includes the ends of both ranges.
struct Surface {
  Range x, y;
  std::size_t columns = 0, rows = 0;  // points along x and along y
  std::vector<double> values;         // [rows, columns], row by row, y rising

  double at(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
  double x_at(std::size_t column) const;
  double y_at(std::size_t row) const;
};

inline constexpr std::size_t kLargestSurfaceSide = 4096;

// An error where a range is empty or not finite, or a side has fewer than 2 or more than kLargestSurfaceSide
// points.
Result<Surface> sample_surface(const Synapse& s, Range x, Range y, std::size_t columns, std::size_t rows);

}  // namespace synann::synapse
