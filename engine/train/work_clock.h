// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <utility>

#include "engine/core/process.h"

namespace synann::train {

// What a WorkClock reads. Another one stands for this machine in tests.
struct TimeSource {
  // How many times the process was stopped and continued.
  std::function<int()> continued = times_continued;
  // Seconds of processor time of all threads, and of wall time; only differences count.
  std::function<double()> processor = [] {
    return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
  };
  std::function<double()> wall = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
};

// A clock that leaves out the time in which the process was stopped (SIGSTOP, Ctrl-Z). One thread.
class WorkClock {
 public:
  explicit WorkClock(TimeSource source = {}) : source_(std::move(source)) {}

  // Seconds since it was made. Where the process was stopped meanwhile, nobody knows for how long: then what
  // the work usually takes, where that is known (> 0), else the processor's time; never more than went by.
  double seconds(double usual) const {
    const double wall = source_.wall() - wall_;
    if (source_.continued() == continued_) return wall;
    return std::min(wall, usual > 0 ? usual : source_.processor() - processor_);
  }

 private:
  TimeSource source_;
  // First: a stop is often met where the system is called, as both below do, and must not be taken for an
  // earlier one.
  int continued_ = source_.continued();
  double processor_ = source_.processor();
  double wall_ = source_.wall();
};

}  // namespace synann::train
