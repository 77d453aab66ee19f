// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "app/cli/cancel_on_interrupt.h"
#include "app/cli/console.h"
#include "engine/infer/work.h"

namespace synann::cli {

// A question at the prompt: an interrupt gives it up, progress is a line of the terminal.
class AskedWork {
 public:
  // `words` makes the line.
  explicit AskedWork(std::function<std::string(int done, int count)> words) : words_(std::move(words)) {}

  infer::Work work() {
    return {.stop = stop_.get_token(), .progress = [this](int done, int count) {
              // A signal's handler may set a flag, and no more.
              if (interrupt_flag().is_set()) stop_.request_stop();
              line_.show(words_(done, count));
            }};
  }

 private:
  CancelOnInterrupt guard_;
  std::stop_source stop_;
  ProgressLine line_;
  std::function<std::string(int, int)> words_;
};

}  // namespace synann::cli
