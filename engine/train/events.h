// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/model/description.h"
#include "engine/train/settings.h"

namespace synann::train {

enum class State { Training, Evaluating, Paused, Stopped, Finished, Failed };

// Where a run stands. `step` steps of epoch `epoch` (1-based) are done; step == steps_per_epoch means that
// the epoch's evaluation is still to come. A finished run stands at (epochs + 1, 0).
struct Position {
  int epoch = 1;
  int step = 0;
  bool operator==(const Position&) const = default;
};

// What a run is, told once when it starts or resumes.
struct StartInfo {
  Settings settings;
  std::string data_name;
  std::string data_sha256;
  int train_count = 0;      // samples
  int test_count = 0;       // samples
  int steps_per_epoch = 0;  // the last batch may be smaller
  int parameter_count = 0;  // trained numbers, the original's dead bias included
  std::string device;       // "CPU"
  std::string tier;         // "eigen"
  std::string isa;          // "AVX-512"
  int threads = 0;
  std::string device_note{};  // why this device, where --device auto had a choice; one sentence
  Position position;          // (1, 0) unless resumed
  std::string folder;         // where checkpoints and history go; empty when nothing is written
  int left_out = 0;           // samples of each epoch that would have been a last batch of one (batch norm)
  std::string version{}, commit{};  // of the program
  int ranks = 1;                    // processes that train together
};

// The losses of consecutive steps of one epoch. losses[k] belongs to step first_step + k (0-based) and was
// measured before that step's update, when first_examples + k · batch_size examples had been seen in this
// run.
struct StepLosses {
  int epoch = 1;
  int first_step = 0;
  int batch_size = 0;  // samples; a smaller last batch does not change the x positions before it
  std::int64_t first_examples = 0;
  std::span<const float>
      losses;          // mean negative log-likelihood of the batch, nats; valid during the call only
  double seconds = 0;  // wall time of these steps
};

// A few numbers of the network at the end of an epoch (epoch_numbers.h); nothing where the model has no such
// number, it is not finite, or it was not recorded yet.
struct EpochNumbers {
  std::optional<double> gradient_norm{};  // Euclidean, of the mean loss by all trained parameters
  std::optional<double> dead_share{};     // of the ReLU and synapse units, 0 … 1
  std::optional<double> headroom{};       // min (1 − βx) over the synapse layers
  std::optional<double> beta_norm{};      // Frobenius, of the β of all synapse layers together
};

// A measurement on the test set. Epoch 0 is the one before training.
struct Evaluation {
  int epoch = 0;
  std::int64_t examples = 0;  // training examples seen so far
  double train_loss = 0;      // mean over the epoch's batches, nats; 0 for epoch 0
  double test_loss = 0;       // mean over the test set, nats
  int correct = 0;
  int count = 0;
  double validation_loss = 0;  // the same on the images held back, where there are any
  int validation_correct = 0;
  int validation_count = 0;
  double learning_rate = 0;  // of the epoch's last step
  double train_seconds = 0;  // wall time of the epoch's training steps alone
  double eval_seconds = 0;
  bool best = false;  // the best choosing_accuracy() so far (ties: the lower loss); never epoch 0
  EpochNumbers numbers{};
  double unix_time = 0;  // when it was made, seconds since 1970, UTC; 0 where that was not recorded yet
  // What chooses the best epoch: the validation set where there is one, else the test set.
  double choosing_accuracy() const {
    return validation_count > 0 ? 100.0 * validation_correct / validation_count : accuracy();
  }
  double choosing_loss() const { return validation_count > 0 ? validation_loss : test_loss; }
  double accuracy() const { return count > 0 ? 100.0 * correct / count : 0.0; }  // percent
};

// A setting that a person changed, while the run was open or where it was resumed; it holds from the next
// step on.
struct SettingChange {
  Position position;  // `position.step` steps of the epoch were made with the old value
  std::string key;    // of setting_infos(), choice_infos(), or "data"
  SettingValue value;
  bool operator==(const SettingChange&) const = default;
};

// Another place to compute, asked for while the run was open; it holds from the epoch that begins here. The
// result stays the same to the bit where only the number of threads changes, else within rounding.
struct DeviceChange {
  Position position;
  std::string device, tier, isa;  // as in StartInfo
  int threads = 0;
  std::string note{};  // why this device, where "auto" had a choice
  bool operator==(const DeviceChange&) const = default;
};

// Where a run left the one it goes on from: its numbers up to here are the other's.
struct Fork {
  Position position;
  // The checkpoint, as it was named; where a step of a run was made again (engine/runs/fork.h), the name of
  // that run's folder, and what follows.
  std::string from;
  std::string history_sha256{};              // of the lines before this event
  std::string parameters_sha256{};           // of the parameters here (parameters_sha256)
  std::vector<SettingDifference> changed{};  // from here on
  bool fresh_optimiser = false;              // its state was set to zero
  bool operator==(const Fork&) const = default;
};

// Where a run goes on that was saved and left. Of what its history holds behind this position, nothing counts
// any more: it was made after the checkpoint.
struct Resume {
  Position position;
  std::vector<SettingDifference> changed{};  // against the settings in force where the run was left
  bool fresh_optimiser = false;              // its state was set to zero
  std::string device, tier, isa;             // as in StartInfo
  int threads = 0;
  std::string device_note{};
  std::string version{}, commit{};  // of the program
  int ranks = 1;                    // as in StartInfo
  int torn = 0;                     // unreadable lines directly before it: what a killed process left
  bool operator==(const Resume&) const = default;
};

// Training waits for a person.
struct Pause {
  Position position;
  bool operator==(const Pause&) const = default;
};

// Where the numbers of a run broke: in the next step, whose update was not made, or in the measurement of a
// set.
enum class FaultPlace { None, Step, Validation, Test };

// The run is over for now: Stopped, Finished or Failed, and why.
struct End {
  Position position;
  State state = State::Finished;
  std::string reason{};                 // one sentence; empty where all epochs were trained
  FaultPlace fault = FaultPlace::None;  // else it failed because its numbers broke
  bool operator==(const End&) const = default;
};

// The training time of an epoch's first `position.step` steps, kept where the run is saved inside an epoch.
struct EpochTime {
  Position position;
  double seconds = 0;
  bool operator==(const EpochTime&) const = default;
};

// What the run takes up at the moment, in bytes; 0 = not known.
struct Resources {
  std::uint64_t memory_used = 0;   // of a GPU by whoever uses it, else of the main memory by this process
  std::uint64_t memory_total = 0;  // of the GPU, or of the machine
  std::uint64_t record_bytes = 0;  // of the records in the run's folder
};

// The numbers of the network at one moment of a run; shared, never changed.
struct Weights {
  Position position;
  std::int64_t steps = 0;  // done since the start of the run
  std::shared_ptr<const model::Model> model;
  std::vector<float> values;  // [float_count] of the model's parameter table
};

// A run that failed because its numbers broke, with what it takes to look for the cause
// (engine/infer/fault.h); shared, never changed.
struct Failure {
  FaultPlace place = FaultPlace::None;
  Position position;       // Step: the step with this 0-based number of the epoch broke
  std::int64_t steps = 0;  // done since the start of the run
  std::string reason{};    // the sentence that was told
  Settings settings{};     // in force there
  // Before the step, or as measured; null where only the run's folder can tell (read_failure).
  std::shared_ptr<const Weights> weights{};
  data::DataPairPtr data{};  // as it was trained on, without the images held back; null likewise
};

// Told what happens, on the training thread, between steps: keep it short, block never.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_start(const StartInfo&) {}
  virtual void on_steps(const StepLosses&) {}
  virtual void on_evaluation_progress(int /*done*/, int /*count*/) {}
  virtual void on_evaluation(const Evaluation&) {}
  virtual void on_change(const SettingChange&) {}
  virtual void on_resume(const Resume&) {}  // after on_start(), where the run goes on
  virtual void on_device(const DeviceChange&) {}
  // A device that was asked for cannot be had, or failed at its first work: why, and how the run goes on.
  virtual void on_device_refused(const std::string& /*sentence*/, const Execution& /*stays*/) {}
  virtual void on_resources(const Resources&) {}
  // Something a person should know, in one sentence without a full stop; nothing stops for it.
  virtual void on_notice(const std::string& /*sentence*/) {}
  // reason: empty, or one sentence ("stopped by you", "the loss is not a number at step 12 of epoch 3").
  virtual void on_state(State, const std::string& /*reason*/) {}
  // Asked between spans of steps and while paused; where it says yes, on_weights() follows at once.
  virtual bool wants_weights() { return false; }
  virtual void on_weights(std::shared_ptr<const Weights>) {}
  virtual void on_saved(const std::string& /*checkpoint path*/) {}
  // The numbers broke: before on_state(Failed).
  virtual void on_failure(std::shared_ptr<const Failure>) {}
};

}  // namespace synann::train
