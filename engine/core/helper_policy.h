// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

namespace synann {

// Decides whether a thread that has work to share asks others to help. On a busy machine it may lose by that:
// a helper that the system has put aside in the middle of its share keeps everybody waiting. Of each shared
// job this class is told how long it took and how long it would have taken alone; where help has cost time it
// does without for a while, longer each time, and then tries again. Times are seconds. Any thread, one at a
// time.
class HelperPolicy {
 public:
  // What a judgement looks at: longer than the slices in which a system deals out its processors. A quarter
  // of it will do where help makes things much worse.
  static constexpr double kTrial = 0.02;
  static constexpr double kFirstPause = 0.05, kLongestPause = 2.5;
  // Of the time alone. The estimate flatters help a little: the caller, too, is put aside for its helpers.
  static constexpr double kWorthwhile = 0.9, kHopeless = 1.3;

  // Whether the job that begins `now` is to be shared.
  bool wanted(double now) const { return now >= resume_; }

  // A shared job that ended `now` took `elapsed`; alone, it would have taken `alone`.
  void record(double now, double elapsed, double alone) {
    elapsed_ += elapsed;
    alone_ += alone;
    if (elapsed_ < (elapsed_ > kHopeless * alone_ ? kTrial / 4 : kTrial)) return;
    if (elapsed_ > kWorthwhile * alone_) {
      resume_ = now + pause_;
      pause_ = std::min(2 * pause_, kLongestPause);
    } else {
      pause_ = kFirstPause;
    }
    elapsed_ = alone_ = 0;
  }

 private:
  double elapsed_ = 0, alone_ = 0;  // of this trial
  double resume_ = 0, pause_ = kFirstPause;
};

}  // namespace synann
