// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/scaled_product.h"

#include <algorithm>
#include <limits>
#include <numbers>

namespace synann::synapse {

void ScaledProduct::renormalise() {
  int exponent = 0;
  mantissa_ = std::frexp(mantissa_, &exponent);
  exponent_ += exponent;
}

double ScaledProduct::value() const {
  // Beyond ±5000 the result is zero or infinite anyway, and ldexp takes an int.
  return std::ldexp(mantissa_, static_cast<int>(std::clamp<std::int64_t>(exponent_, -5000, 5000)));
}

double ScaledProduct::log_abs() const {
  if (mantissa_ == 0) return -std::numeric_limits<double>::infinity();
  return std::log(std::abs(mantissa_)) + static_cast<double>(exponent_) * std::numbers::ln2;
}

double log_abs_factor(double beta, double x) {
  const double t = beta * x;
  return std::abs(t) < 0.5 ? std::log1p(-t) : std::log(std::abs(inhibition_factor(beta, x)));
}

}  // namespace synann::synapse
