// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/cuda_backend.h"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <numeric>

#include "engine/compute/augmenter.h"
#include "engine/compute/batch.h"
#include "engine/compute/cuda/network.h"
#include "engine/compute/cuda/step_runner.h"

namespace synann::compute::cuda {
namespace {

constexpr int kEvaluationBatch = 1000;                // samples, where they do not see each other
constexpr Index kEvaluationNumbers = Index{1} << 25;  // and what their layers may put out in all

// As many samples as are worth while, fewer of a network whose layers put out much, but no fewer than train
// together: for these there is room.
int evaluation_batch(const model::Model& model, int trained_together) {
  Index numbers = 1;
  for (const model::Layer& l : model.layers) numbers += l.result.size();
  const Index fewest = std::clamp(trained_together, 1, kEvaluationBatch);
  return static_cast<int>(std::clamp(kEvaluationNumbers / numbers, fewest, Index{kEvaluationBatch}));
}

// Data, parameters and steps stay on the device; host and device meet once a span.
class DeviceBackend final : public Backend {
 public:
  DeviceBackend(std::unique_ptr<Device> device, std::shared_ptr<const model::Model> model,
                data::DataPairPtr data)
      : device_(std::move(device)),
        memory_(*device_),
        model_(std::move(model)),
        data_(std::move(data)),
        storage_(memory_, *model_),
        counters_(model_->parameters.counter_count()) {}

  // Errors: the device's.
  Status start(std::unique_ptr<Network> network) {
    network_ = std::move(network);
    runner_ = std::make_unique<StepRunner>(storage_, *network_);
    // Memory that could not be had: load() would forgive it, and write where there is none.
    if (auto status = device_->wait(); !status) return status;
    return load(model::initialise(*model_, 0));
  }
  Storage& storage() { return storage_; }

  BackendInfo info() const override {
    const DeviceInfo device = device_->info();
    return {.device = device.name,
            .tier = network_->tier(),
            .isa = device.isa,
            .threads = 1,
            .memory_bytes = device.memory_bytes,
            .memory_used = device_->memory_used()};
  }
  Status load(const model::State& state) override;
  Status fetch(model::State& state) override;
  Result<SpanResult> run(const StepSpan& span, const CancelFlag& cancel) override;
  Result<EvaluationResult> evaluate(EvaluationSet which, int batch_size, const CancelFlag& cancel,
                                    const std::function<void(int done)>& progress) override;
  Result<Probe> probe(std::span<const float> input, std::span<const std::uint8_t> target) override;
  Result<Reply> ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                    bool activations) override;

 private:
  DeviceBatch upload_batch(std::span<const float> input, std::span<const std::uint8_t> target);
  Result<SpanResult> run_augmented(const StepSpan& span, const CancelFlag& cancel);
  Result<EvaluationResult> add_up(int count);

  std::unique_ptr<Device> device_;
  Memory memory_;
  std::shared_ptr<const model::Model> model_;
  data::DataPairPtr data_;
  Storage storage_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<StepRunner> runner_;
  std::vector<std::int64_t> counters_;
  BatchAugmenter augmenter_{hardware_threads()};
  std::vector<std::uint32_t> in_order_;  // 0, 1, …
  Buffer<float> score_losses_, probe_input_;
  Buffer<std::uint8_t> score_hits_, probe_target_;
};

Status DeviceBackend::load(const model::State& state) {
  device_->forgive();
  if (state.values.size() != model_->parameters.float_count() ||
      state.momenta.size() != model_->parameters.trained_count() ||
      state.counters.size() != model_->parameters.counter_count()) {
    return Error{.kind = ErrorKind::Failed,
                 .where = model_->id,
                 .problem = "the state does not fit the model",
                 .expected = fmt::format("{} numbers", model_->parameters.float_count()),
                 .found = fmt::format("{}", state.values.size())};
  }
  storage_.load(state);
  network_->loaded();
  counters_ = state.counters;
  return device_->wait();
}

Status DeviceBackend::fetch(model::State& state) {
  device_->forgive();
  model::State fetched;
  storage_.fetch(fetched);
  if (auto status = device_->wait(); !status) return status;
  fetched.counters = counters_;
  state = std::move(fetched);
  return {};
}

Result<SpanResult> DeviceBackend::run(const StepSpan& span, const CancelFlag& cancel) {
  device_->forgive();
  storage_.upload_frozen(span.frozen);
  Result<SpanResult> result = SpanResult{};
  if (span.augmentation.on()) {
    result = run_augmented(span, cancel);
  } else {
    storage_.upload_set(data_->train, storage_.train);
    storage_.upload_order(span.order);
    result = runner_->run(span, cancel);
  }
  if (!result) return result;
  for (std::int64_t& counter : counters_) counter += static_cast<std::int64_t>(result->losses.size());
  return result;
}

// The host augments some steps' images; on the device they stand in the order of the epoch.
Result<SpanResult> DeviceBackend::run_augmented(const StepSpan& span, const CancelFlag& cancel) {
  constexpr int kSteps = 64;
  if (in_order_.size() != span.order.size()) {
    in_order_.resize(span.order.size());
    std::iota(in_order_.begin(), in_order_.end(), 0u);
  }
  storage_.upload_order(in_order_);
  SpanResult all;
  for (int done = 0; done < span.step_count && !cancel.is_set(); done += kSteps) {
    StepSpan piece = span;
    piece.first_step += done;
    piece.first_count += done;
    piece.step_count = std::min(kSteps, span.step_count - done);
    piece.learning_rates = span.learning_rates.subspan(static_cast<std::size_t>(done));
    piece.order = in_order_;
    const auto size = static_cast<std::size_t>(span.batch_size),
               first = static_cast<std::size_t>(piece.first_step) * size,
               end = std::min(first + static_cast<std::size_t>(piece.step_count) * size, span.order.size());
    const data::Dataset& images = augmenter_.make(data_->train, span.order.subspan(first, end - first),
                                                  span.augmentation, span.seed, span.epoch);
    storage_.upload_training(images, first, data_->train.count());
    auto result = runner_->run(piece, cancel);
    if (!result) return result;
    all.losses.insert(all.losses.end(), result->losses.begin(), result->losses.end());
    all.failure = result->failure;
    if (all.failure) break;
  }
  return all;
}

Result<EvaluationResult> DeviceBackend::evaluate(EvaluationSet which, int batch_size,
                                                 const CancelFlag& cancel,
                                                 const std::function<void(int done)>& progress) {
  device_->forgive();
  const data::Dataset& set = which == EvaluationSet::Test ? data_->test : data_->validation;
  DeviceSet& on_device = which == EvaluationSet::Test ? storage_.test : storage_.validation;
  storage_.upload_set(set, on_device);
  if (!model::is_batch_coupled(model_->layers)) batch_size = evaluation_batch(*model_, batch_size);
  network_->reserve(std::min(batch_size, std::max(1, set.count())));
  score_losses_.reserve(memory_, set.count(), "scores");
  score_hits_.reserve(memory_, set.count(), "hits");
  int done = 0;
  while (done < set.count() && !cancel.is_set()) {
    const int count = std::min(batch_size, set.count() - done);
    network_->evaluate(on_device, done, count, score_losses_.data() + done, score_hits_.data() + done);
    if (auto status = device_->wait(); !status) return status.error();
    done += count;
    if (progress) progress(done);
  }
  return add_up(done);
}

// In the order of the samples.
Result<EvaluationResult> DeviceBackend::add_up(int count) {
  std::vector<float> losses(static_cast<std::size_t>(count));
  std::vector<std::uint8_t> hits(losses.size());
  device_->download(losses.data(), score_losses_.data(), losses.size() * sizeof(float));
  device_->download(hits.data(), score_hits_.data(), hits.size());
  if (auto status = device_->wait(); !status) return status.error();
  EvaluationResult result{.count = count};
  for (const float loss : losses) result.loss_sum += static_cast<double>(loss);
  for (const std::uint8_t hit : hits) result.correct += hit;
  return result;
}

DeviceBatch DeviceBackend::upload_batch(std::span<const float> input, std::span<const std::uint8_t> target) {
  const int count = static_cast<int>(target.size());
  network_->reserve(count);
  probe_input_.reserve(memory_, static_cast<Index>(input.size()), "probe input");
  probe_target_.reserve(memory_, count, "probe target");
  device_->upload(probe_input_.data(), input.data(), input.size_bytes());
  device_->upload(probe_target_.data(), target.data(), target.size_bytes());
  return {probe_input_.data(), probe_target_.data(), count};
}

Result<Probe> DeviceBackend::probe(std::span<const float> input, std::span<const std::uint8_t> target) {
  device_->forgive();
  const DeviceBatch batch = upload_batch(input, target);
  const int count = batch.count;
  Probe probe;
  probe.gradients.resize(model_->parameters.float_count());
  network_->gradient(batch);
  device_->download(&probe.loss, &storage_.control.data()->loss, sizeof probe.loss);
  device_->download(probe.gradients.data(), storage_.gradients.data(),
                    probe.gradients.size() * sizeof(float));
  probe.log_probs = network_->log_probs(count);
  probe.activations = network_->activations(count, false);
  probe.eval_log_probs = network_->evaluate(batch);
  if (auto status = memory_.check(); !status) return status.error();
  return probe;
}

Result<Reply> DeviceBackend::ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                                 bool activations) {
  device_->forgive();
  std::vector<float> input(samples.size() * set.image_size());
  std::vector<std::uint8_t> target(samples.size());
  gather(set, samples, scaling_table(model_->scaling), input, target);
  const DeviceBatch batch = upload_batch(input, target);
  Reply reply;
  reply.log_probs = network_->evaluate(batch);
  if (activations) reply.activations = network_->activations(batch.count, true);
  if (auto status = memory_.check(); !status) return status.error();
  return reply;
}

}  // namespace

Result<std::unique_ptr<Backend>> make_device_backend(std::unique_ptr<Device> device,
                                                     std::shared_ptr<const model::Model> model,
                                                     data::DataPairPtr data, const std::string& tier) {
  if (tier != "auto" && tier != "plain" && tier != "fused") {
    return Error{.where = "--tier",
                 .problem = "unknown tier of the CUDA back end",
                 .expected = "auto, fused or plain",
                 .found = fmt::format("\"{}\"", tier)};
  }
  auto backend = std::make_unique<DeviceBackend>(std::move(device), model, std::move(data));
  auto network = tier == "plain" ? nullptr : make_fused_network(backend->storage());
  if (network == nullptr && tier == "fused") {
    return input_error("--tier fused",
                       fmt::format("the fused kernels of CUDA do not run the model {}", model->id),
                       "use --tier auto or plain");
  }
  if (network == nullptr) network = make_plain_network(backend->storage());
  if (auto status = backend->start(std::move(network)); !status) return status.error();
  return std::unique_ptr<Backend>(std::move(backend));
}

}  // namespace synann::compute::cuda
