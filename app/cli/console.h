// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/core/result.h"

// What the commands share in talking to a terminal: log lines to standard output, progress and errors to
// standard error.
namespace synann::cli {

void print_line(const std::string& text);  // to standard output, flushed, so that a pipe sees it at once

// One sentence to standard error; returns the exit code that fits the error.
int report(const Error& error);

// Sentences to standard error, each on a line of its own.
void print_notes(const std::vector<std::string>& sentences);

// A line on standard error that rewrites itself; silent unless that is a terminal. At most ten times a
// second.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // wipes the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& text);
  void wipe();  // before something else is printed
  bool enabled() const { return enabled_; }

 private:
  bool enabled_, shown_ = false;
  double last_ = 0;  // seconds of the steady clock
};

// While alive, SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal is closed) call `stop`, which must be
// async-signal-safe: it may only set flags. A signal that is ignored, as under nohup, stays ignored.
class InterruptGuard {
 public:
  explicit InterruptGuard(void (*stop)());
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

// Whether an InterruptGuard has caught a signal.
bool interrupted();
// 128 + the latest signal that an InterruptGuard caught; kInterrupted where there was none.
int interrupted_code();

// "1:02:03" or "02:03".
std::string clock_text(double seconds);

}  // namespace synann::cli
