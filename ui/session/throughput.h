// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>

namespace synann::ui {

// Smooths the training speed over the last few seconds of training time, so that the number can be read.
class Throughput {
 public:
  void add(std::int64_t images, double seconds) {
    if (seconds <= 0) return;
    const double keep = std::exp(-seconds / kMemory);
    images_ = images_ * keep + static_cast<double>(images);
    seconds_ = seconds_ * keep + seconds;
  }
  double imagesPerSecond() const { return seconds_ > 0 ? images_ / seconds_ : 0; }

 private:
  static constexpr double kMemory = 3.0;  // seconds
  double images_ = 0, seconds_ = 0;
};

}  // namespace synann::ui
