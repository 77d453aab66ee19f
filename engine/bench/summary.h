// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <vector>

namespace synann::bench {

// What repeated measurements of one thing say: the least is what the machine can do, the median what it did,
// the spread how far the two can be trusted.
struct Summary {
  double least = 0, median = 0;
  double spread = 0;  // (third quartile − first) / median
  int rounds = 0;
};

// Zeros for no measurements.
Summary summarise(std::vector<double> measurements);

// Seconds since it was made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace synann::bench
