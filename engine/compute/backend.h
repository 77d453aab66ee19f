// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/compute/optimiser.h"
#include "engine/core/result.h"
#include "engine/data/augment.h"
#include "engine/data/dataset.h"
#include "engine/model/description.h"
#include "engine/model/state.h"

namespace synann::compute {

class Ranks;

// Asks a running span or evaluation to end after the step at hand. Set from any thread or a signal handler.
class CancelFlag {
 public:
  void set() noexcept { flag_.store(true, std::memory_order_relaxed); }
  void clear() noexcept { flag_.store(false, std::memory_order_relaxed); }
  bool is_set() const noexcept { return flag_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> flag_{false};
};

// What a back end is made of, for people: "CPU", "eigen", "AVX-512", 2; or "NVIDIA H200", "fused",
// "sm_90", 1.
struct BackendInfo {
  std::string device;
  std::string tier;
  std::string isa;
  int threads = 1;                 // of the host
  std::uint64_t memory_bytes = 0;  // of a GPU; 0 for the CPU
  std::uint64_t memory_used = 0;   // of these, by whoever uses the GPU
  std::string note{};              // how "auto" chose, in one sentence; empty where there was no choice
  int ranks = 1;                   // processes that compute together (ranks/ranks.h)
};

// What is looked at before each update, besides numbers that are not finite.
struct Watch {
  double largest_loss = 1000;  // nats; above it the loss counts as exploding
  bool headroom = false;  // min (1 − βx) ≤ 0 in a synapse layer: its factors are no probabilities any more
};

// Consecutive steps of one epoch. Everything random in them follows from (seed, epoch, step).
struct StepSpan {
  std::uint64_t seed = 0;
  int epoch = 1;
  int first_step = 0;  // 0-based step of the epoch
  int step_count = 0;
  int batch_size = 100;
  std::span<const std::uint32_t> order;   // [train count]: the samples in the order of this epoch
  std::span<const float> learning_rates;  // [step_count]
  Optimiser optimiser{};
  std::int64_t first_count = 0;  // steps of the whole run before the first of these
  // Places in the block of values, all of trained numbers: they stay as they are, and with them the
  // optimiser's numbers of theirs.
  std::span<const std::uint32_t> frozen{};
  data::Augmentation augmentation{};  // of the images; their numbers in the training set say what is drawn
  bool dropout = true;                // false only for golden files
  Watch watch{};
};

// Numbers went wrong; the update of that step was not made.
struct NumericFailure {
  int step = 0;      // 0-based step of the epoch
  std::string what;  // "the loss is not finite", "the gradient of conv1.weight is not finite"
};

struct SpanResult {
  std::vector<float> losses;  // one per step that was done, measured before its update
  std::optional<NumericFailure> failure;
};

enum class EvaluationSet { Test, Validation };  // Validation: DataPair::validation

// Sums over a data set, added up in sample order.
struct EvaluationResult {
  double loss_sum = 0;  // nats
  int correct = 0;
  int count = 0;  // samples measured; fewer than the set when cancelled
};

// One batch computed with everything laid open, for parity with golden files: dropout is off.
struct Probe {
  double loss = 0;               // mean over the batch, nats
  std::vector<float> log_probs;  // [batch, classes], batch statistics
  std::vector<float> gradients;  // [float_count]; for running statistics: this batch's observation
  std::vector<std::pair<std::string, std::vector<float>>> activations;  // Layer::exposes → [batch, size]
  std::vector<float> eval_log_probs;  // [batch, classes], running statistics
};

// What a network says of some images, with running statistics and without dropout.
struct Reply {
  std::vector<float> log_probs;                                         // [count, classes]
  std::vector<std::pair<std::string, std::vector<float>>> activations;  // as in Probe; where asked for
};

// Where training happens. The boundary is a span of steps, not an operation: that is what lets a CPU fuse
// kernels per sample and a GPU replay one graph. One thread owns and calls a back end; only CancelFlag is
// shared.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual BackendInfo info() const = 0;
  // How many ranks have work in a step: the parts into which the samples of a batch are cut.
  virtual int most_ranks(int /*batch_size*/) const { return 1; }

  virtual Status load(const model::State& state) = 0;  // parameters, buffers and momenta in
  virtual Status fetch(model::State& state) = 0;       // and out, bit for bit

  // Runs the span, or fewer steps when cancelled or when a number goes wrong.
  virtual Result<SpanResult> run(const StepSpan& span, const CancelFlag& cancel) = 0;
  // Measures a set with running statistics, in batches of `batch_size`; progress(done) between
  // batches.
  virtual Result<EvaluationResult> evaluate(EvaluationSet set, int batch_size, const CancelFlag& cancel,
                                            const std::function<void(int done)>& progress) = 0;
  // input [batch, model input size], already scaled; the state is left as it was.
  virtual Result<Probe> probe(std::span<const float> input, std::span<const std::uint8_t> target) = 0;

  // One batch of the samples of any set, as evaluate() computes it, bit for bit.
  virtual Result<Reply> ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                            bool activations) = 0;
  // Whether resume() can begin with this layer.
  virtual bool resumes(std::size_t /*layer*/) const { return false; }
  // The log-probabilities [count, classes] of a batch whose inputs [count, size] of a layer are known: those
  // of ask(), bit for bit, where the inputs are and the batch is the same.
  virtual Result<std::vector<float>> resume(std::size_t layer, std::span<const float> input, int count);
};

struct BackendRequest {
  std::string device = "auto";  // auto, cpu, cuda
  std::string tier = "auto";    // auto, reference, eigen, fused; on cuda: auto, plain, fused
  int threads = 0;              // 0 = all
  // The processes that train together, of which this is one; must outlive the back end. Null: it is alone.
  Ranks* ranks = nullptr;
};

// Makes a back end for a model and its data (kept alive by the pointer; may be null where only probe() is
// used). Errors: unknown device or tier, a device this build or machine does not have.
Result<std::unique_ptr<Backend>> make_backend(const BackendRequest& request,
                                              std::shared_ptr<const model::Model> model,
                                              data::DataPairPtr data);

// make_backend(), or a test's stand-in for it.
using BackendMaker = std::function<Result<std::unique_ptr<Backend>>(
    const BackendRequest&, std::shared_ptr<const model::Model>, data::DataPairPtr)>;

// The tiers of this build for a device, fastest first.
std::vector<std::string> known_tiers(std::string_view device = "cpu");

// Whether this machine has a GPU that this build can use.
bool has_gpu();

// Whether a known tier of a device can run a model; only the fused ones are choosy, and the GPU's knows
// fewer.
bool tier_runs(std::string_view device, std::string_view tier, const model::Model& model);

}  // namespace synann::compute
