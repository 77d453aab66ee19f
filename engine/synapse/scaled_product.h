// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>

// Long products and sums in double precision that lose neither range nor digits.
namespace synann::synapse {

// A product of any number of finite factors as mantissa · 2^exponent: exact zeros stay zeros, signs are kept,
// and nothing under- or overflows on the way.
class ScaledProduct {
 public:
  ScaledProduct() = default;
  explicit ScaledProduct(double value) { *this *= value; }

  ScaledProduct& operator*=(double factor) {
    int exponent = 0;
    mantissa_ *= std::frexp(factor, &exponent);
    exponent_ += exponent;
    // Each factor takes at most one bit off the mantissa; it is far from the end of its range.
    if (std::abs(mantissa_) < 0x1p-500) renormalise();
    return *this;
  }
  ScaledProduct& operator*=(const ScaledProduct& other) {
    mantissa_ *= other.mantissa_;
    exponent_ += other.exponent_;
    renormalise();
    return *this;
  }
  friend ScaledProduct operator*(ScaledProduct a, const ScaledProduct& b) { return a *= b; }
  friend ScaledProduct operator*(ScaledProduct a, double b) { return a *= b; }

  int sign() const { return (mantissa_ > 0) - (mantissa_ < 0); }
  // Rounded to a double: denormal or zero where it is too small, infinite where it is too large.
  double value() const;
  double log_abs() const;  // −∞ for zero

 private:
  void renormalise();

  double mantissa_ = 1;
  std::int64_t exponent_ = 0;
};

// A sum that carries what rounding took away (Neumaier).
class CompensatedSum {
 public:
  void add(double term) {
    const double next = sum_ + term;
    lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }
  // An infinite sum has lost nothing that could be given back.
  double value() const { return std::isfinite(sum_) ? sum_ + lost_ : sum_; }

 private:
  double sum_ = 0, lost_ = 0;
};

// 1 − βx, rounded once, so that it keeps its digits where βx comes close to 1. Where βx is 1 in double
// precision, as for 1.25 · 0.8, the factor is exactly 0: what is left is the rounding of the arguments, not a
// value.
inline double inhibition_factor(double beta, double x) {
  return beta * x == 1 ? 0 : std::fma(-beta, x, 1.0);
}

// log |1 − βx|, with all digits also where βx is small or close to 1.
double log_abs_factor(double beta, double x);

}  // namespace synann::synapse
