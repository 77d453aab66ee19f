// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/compute/check/check.h"
#include "engine/core/random.h"

// What the checks of steps and of kernels share.
namespace synann::compute {

// Gathers comparisons into one row that tells the worst.
class Comparison {
 public:
  Comparison(std::string candidate, std::string subject, std::string part, double nmse_limit,
             double worst_limit)
      : row_{.candidate = std::move(candidate),
             .subject = std::move(subject),
             .part = std::move(part),
             .tensor = {},
             .nmse_limit = nmse_limit,
             .worst_limit = worst_limit} {}

  // Errors count against the tensor's own norm, but at least against `floor`: what cancels to (almost)
  // nothing in exact arithmetic, as the gradient of a bias before BatchNorm does, holds rounding only.
  template <class Found, class Expected>
  void add(const std::string& tensor, const Found& found, const Expected& expected, double floor = 0) {
    double difference = 0, norm = 0, most = 0, apart = found.size() == expected.size() ? 0 : NAN;
    for (std::size_t k = 0; k < std::min(found.size(), expected.size()); ++k) {
      const auto e = static_cast<double>(expected[k]), d = static_cast<double>(found[k]) - e;
      difference += d * d;
      norm += e * e;
      most = std::max(most, std::abs(e));
      if (!(std::abs(d) <= apart)) apart = std::abs(d);  // keeps a NaN
    }
    norm = std::max(norm, floor * floor);
    most = std::max(most, floor);
    take(tensor, norm > 0 ? difference / norm : difference, most > 0 ? apart / most : apart);
  }
  const CheckRow& row() const { return row_; }

 private:
  void take(const std::string& tensor, double nmse, double worst) {
    const auto weight = [&](double n, double w) {
      return std::max(n / row_.nmse_limit, w / row_.worst_limit);
    };
    const bool broken = std::isnan(row_.nmse) || std::isnan(row_.worst);
    if (!row_.tensor.empty() && (broken || weight(nmse, worst) <= weight(row_.nmse, row_.worst))) return;
    row_.tensor = tensor;
    row_.nmse = nmse;
    row_.worst = worst;
  }

  CheckRow row_;
};

// Numbers in (centre − reach, centre + reach), each drawn once.
class Numbers {
 public:
  Numbers(std::uint64_t seed, std::uint32_t index) : stream_(random_stream(seed, Purpose::Check, index)) {}
  float next(float centre = 0, float reach = 1) {
    return centre + reach * (2 * stream_.uniform(next_++) - 1);
  }
  std::uint32_t word() { return stream_.word(next_++); }
  std::vector<float> block(std::size_t count, float centre = 0, float reach = 1) {
    std::vector<float> numbers(count);
    for (float& f : numbers) f = next(centre, reach);
    return numbers;
  }

 private:
  RandomStream stream_;
  std::uint32_t next_ = 0;
};

}  // namespace synann::compute
