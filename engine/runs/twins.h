// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/compute/backend.h"
#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/infer/work.h"
#include "engine/train/events.h"
#include "engine/train/record.h"
#include "engine/train/settings.h"

// Two runs in lock-step on the same batches with one difference: what that difference does, from the first
// step on.
namespace synann::runs {

// What was asked for.
struct TwinsRequest {
  std::array<train::Settings, 2> settings{};  // of the two; the data's place is filled in
  train::Execution execution{};               // its threads are shared out between both
  data::DataPairPtr data{};
  std::array<std::filesystem::path, 2> folders{};  // a run like any other in each; empty = nothing is written
  train::RecordBudget record{};
  compute::BackendMaker make_backend = compute::make_backend;
};

// One of the two, as far as it is.
struct TwinRun {
  train::StartInfo start{};     // with the settings at the end, where it was read; empty before it began
  std::vector<float> losses{};  // of each step, before its update, nats
  std::vector<train::Evaluation> evaluations{};
  train::State state = train::State::Training;
  std::string reason{};      // why it ended, where it says so
  std::string checkpoint{};  // saved last
};

// The first step at which the two are not the same to the bit: its losses, which are measured before its
// update, or the parameters after it.
struct TwinDivergence {
  std::int64_t step = 0;  // from 1 on, since the runs began
  bool losses = false;    // else the parameters
  bool operator==(const TwinDivergence&) const = default;
};

// How far apart the parameters are after so many steps: Euclidean norms of the difference over the tensors
// that both have, with equal names and shapes; NaN where there is none.
struct TwinDistance {
  std::int64_t steps = 0;
  double beta = std::numeric_limits<double>::quiet_NaN();    // of the synapse layers' weights alone
  double shared = std::numeric_limits<double>::quiet_NaN();  // of all of them, running statistics too
};

struct TwinTrace {
  std::array<TwinRun, 2> runs{};
  int steps_per_epoch = 0;
  std::int64_t steps = 0;                      // done by both
  bool same_parameters = false;                // both have the same tensors, so that parameters can diverge
  std::optional<TwinDivergence> divergence{};  // none so far
  std::vector<TwinDistance> distances{};       // at the first 100 steps, then at ever fewer

  int epoch() const;  // of the last step that both have done; 1 before the first
};

// An image of the test set that the two give different classes.
struct TwinImage {
  int image = 0;  // its number in the test set
  int truth = 0;
  std::array<int, 2> said{};
  bool operator==(const TwinImage&) const = default;
};

// Trains both, one step of each after the other: neither begins a step before the other has made the one
// before. create(), run() and the destructor belong to one thread, everything else may be called from any
// thread, request_stop() from a signal handler too.
class Twins {
 public:
  // Errors: settings out of range, no data.
  static Result<std::unique_ptr<Twins>> create(TwinsRequest request);
  ~Twins();
  Twins(const Twins&) = delete;
  Twins& operator=(const Twins&) = delete;

  // Called on a training thread where there is more to see in trace(), at most so often as steps are made;
  // set before run().
  void on_change(std::function<void()> told);

  // Returns when both have ended, with both saved; false where they were stopped. The second one trains on a
  // thread of its own meanwhile. Errors: whatever either of them cannot begin or go on with; the other one is
  // saved then.
  Result<bool> run();

  void pause();  // within a step; both stand at the same one
  void go_on();
  bool paused() const;
  void request_stop() noexcept;

  TwinTrace trace() const;

 private:
  class Impl;
  explicit Twins(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The same of two runs that were trained already, in lock-step or not: from their histories and the records
// that both have at the same steps; the losses of as many steps as both have. Errors: a history cannot be
// read.
Result<TwinTrace> read_twins(const std::array<std::filesystem::path, 2>& runs);

// What is drawn of a trace: every step, or every second, third, … one where there are more than `most`.
struct TwinCurves {
  std::int64_t every = 1;
  std::vector<std::int64_t> steps{};
  std::array<std::vector<double>, 2> losses{};  // [steps], NaN where one of them has not come so far
  std::vector<double> difference{};             // [steps], second − first, its magnitude; NaN likewise
  bool equal = true;                            // all of these differences are 0
};
TwinCurves twin_curves(const TwinTrace& trace, std::size_t most);

// The images of the test set that the last checkpoints of two runs give different classes. Any thread; `work`
// is told images. Errors: a checkpoint cannot be read or does not fit the data; Cancelled.
Result<std::vector<TwinImage>> differing_predictions(const std::array<std::filesystem::path, 2>& runs,
                                                     const data::DataPair& data, const infer::Work& work);

}  // namespace synann::runs
