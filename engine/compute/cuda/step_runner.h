// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/compute/backend.h"
#include "engine/compute/cuda/network.h"

namespace synann::compute::cuda {

// Runs spans of steps: in pieces of at most 50 ms, so that a stop is obeyed at once; full batches from a
// recording, once the first has been done step by step.
class StepRunner {
 public:
  StepRunner(Storage& storage, Network& network) : storage_(storage), network_(network) {}

  // The data and the order stand on the device. Errors: the device's.
  Result<SpanResult> run(const StepSpan& span, const CancelFlag& cancel);

 private:
  int piece_length() const;
  void begin_piece(const StepSpan& span, int first, int steps);
  void enqueue(const StepSpan& span, int first, int steps);
  void run_full_batches(const StepForm& form, int steps);
  bool find_recordings(const StepForm& form);
  bool end_piece(const StepSpan& span, int steps, SpanResult& result);
  std::string describe(const Control& control) const;

  Storage& storage_;
  Network& network_;
  double step_seconds_ = 0;                // of the last piece; 0 before the first
  StepForm recorded_;                      // what the recordings are of
  long long generation_ = -1;              // of the addresses they hold
  std::unique_ptr<Recording> one_, many_;  // one step, and kManySteps
  std::unique_ptr<Control> control_ = std::make_unique<Control>();
};

}  // namespace synann::compute::cuda
