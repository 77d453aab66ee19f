// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/cli/cancel_on_interrupt.h"
#include "engine/synapse/circuit_file.h"

// What `synann circuit` does beside running steps. Each prints its result and returns the exit code.
namespace synann::cli {

// What the command line asks for; numbers that were not given are 0 or empty where the mode decides.
struct CircuitArguments {
  std::string circuit;  // a file, or the id of an example
  std::int64_t steps = 0;
  std::vector<std::string> settings;  // "x=0.4", "a.alpha=1.5"
  bool list = false, write = false, json = false, clamp = false;
  bool fixed_point = false, truth_table = false;
  double tolerance = 1e-12;
  std::string bifurcation, of;  // "x.alpha,y.alpha=1:4", a synapse
  int points = 1000, keep = 500;
  std::int64_t drop = 1000;
  std::string fit, optimiser = "adam", constrain = "free", out;
  std::vector<std::string> train;
  int iterations = 1000;
  double rate = 0.05;
};

int circuit_fixed_point(const synapse::Circuit& circuit, const CircuitArguments& a);
int circuit_bifurcation(const synapse::Circuit& circuit, const CircuitArguments& a);
int circuit_truth_table(const synapse::Circuit& circuit, const CircuitArguments& a);
int circuit_fit(const synapse::DrawnCircuit& drawn, const CircuitArguments& a);

// A stop token that is requested soon after an interrupt: a thread of its own looks at the flag, because a
// signal handler may not request it.
class StopOnInterrupt {
 public:
  StopOnInterrupt()
      : watcher_([this](const std::stop_token& end) {
          std::unique_lock lock(mutex_);
          while (!end.stop_requested() && !interrupt_flag().is_set())
            wake_.wait_for(lock, end, std::chrono::milliseconds(10), [] { return false; });
          if (interrupt_flag().is_set()) stop_.request_stop();
        }) {}
  std::stop_token token() const { return stop_.get_token(); }

 private:
  CancelOnInterrupt guard_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread watcher_;  // the last: it ends before what it uses
};

}  // namespace synann::cli
