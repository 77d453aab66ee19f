// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <QTest>

#include "engine/core/random.h"

// What the tests of the synapse share: comparison to a relative tolerance, and random numbers.
namespace synann::synapse::test {

// |found − expected| / |expected|; 0 where both are the same, also infinite; +∞ where one of them is NaN.
inline double relative_error(double found, double expected) {
  if (found == expected) return 0;
  const double difference = std::abs(found - expected);
  if (!std::isfinite(difference)) return HUGE_VAL;
  return expected == 0 ? difference : difference / std::abs(expected);
}

inline double largest_error(std::span<const double> found, std::span<const double> expected) {
  if (found.size() != expected.size()) return HUGE_VAL;
  double largest = 0;
  for (std::size_t k = 0; k < found.size(); ++k)
    largest = std::max(largest, relative_error(found[k], expected[k]));
  return largest;
}

inline QByteArray describe(std::span<const double> values) {
  QByteArray text;
  for (const double v : values.first(std::min<std::size_t>(values.size(), 12)))
    text += QByteArray::number(v, 'g', 17) + ' ';
  return text;
}
inline QByteArray describe(double value) {
  return describe(std::span(&value, 1));
}
inline double largest_error(double found, double expected) {
  return relative_error(found, expected);
}

// Fails the test with both sides in full.
#define VERIFY_CLOSE(found, expected, tolerance)                                                       \
  do {                                                                                                 \
    const auto close_f = (found);                                                                      \
    const auto close_e = (expected);                                                                   \
    const double close_error = synann::synapse::test::largest_error(close_f, close_e);                 \
    QVERIFY2(close_error <= (tolerance),                                                               \
             (QByteArray(#found " = ") + synann::synapse::test::describe(close_f) + ", expected " +    \
              synann::synapse::test::describe(close_e) + ", error " + QByteArray::number(close_error)) \
                 .constData());                                                                        \
  } while (false)

using Numbers = std::vector<double>;

// Random numbers of one test: the same in every run.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : stream_(random_stream(seed, Purpose::Check)) {}

  double between(double from, double to) {
    // The middle of one of 2³² cells: never an end.
    const double t = (static_cast<double>(stream_.word(next_++)) + 0.5) * 0x1p-32;
    return from + (to - from) * t;
  }
  Numbers many(std::size_t count, double from, double to) {
    Numbers values(count);
    for (double& v : values) v = between(from, to);
    return values;
  }
  // Spread evenly over the powers of ten.
  double magnitude(double from, double to) { return std::exp(between(std::log(from), std::log(to))); }

 private:
  RandomStream stream_;
  std::uint32_t next_ = 0;
};

// (f(at + h) − f(at − h)) / 2h, extrapolated once, so that its error is of the order h⁴.
template <class F>
double slope(const F& f, double at, double h) {
  const auto central = [&](double step) { return (f(at + step) - f(at - step)) / (2 * step); };
  return (4 * central(h / 2) - central(h)) / 3;
}

}  // namespace synann::synapse::test
