// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <stop_token>

#include "engine/core/result.h"

namespace synann::infer {

// How somebody who waits for an answer follows it and gives it up. Both are used on the thread that works.
struct Work {
  std::stop_token stop{};
  std::function<void(int done, int count)> progress{};  // in the work's own units; may be empty

  bool stopped() const { return stop.stop_requested(); }
  void tell(int done, int count) const {
    if (progress) progress(done, count);
  }
};

// What a piece of work ends as that was given up.
inline Error interrupted() {
  return {.kind = ErrorKind::Cancelled, .problem = "the question was given up"};
}

}  // namespace synann::infer
