// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "engine/compute/batch.h"
#include "engine/compute/cpu/fused_plan.h"
#include "engine/compute/cuda/fused_buffers.h"
#include "engine/compute/cuda/network.h"

namespace synann::compute::cuda {
namespace {

using fused::Exposed;
using fused::Plan;

constexpr auto kEpsilon = static_cast<float>(kBatchNormEpsilon);

FusedPlaces places_of(const Plan& plan, const model::Model& model) {
  const auto at = [](std::size_t offset) { return static_cast<int>(offset); };
  return {.conv1 = at(plan.conv1.weight),
          .conv1_bias = at(plan.conv1.bias),
          .conv2 = at(plan.conv2.weight),
          .conv2_bias = at(plan.conv2.bias),
          .fc1 = at(plan.fc1.weight),
          .fc1_bias = at(plan.fc1.bias),
          .synapse = plan.synapse ? at(*plan.synapse) : -1,
          .norm = at(plan.norm.weight),
          .norm_bias = at(plan.norm.bias),
          .running_mean = at(plan.running_mean),
          .running_var = at(plan.running_var),
          .fc2 = at(plan.fc2.weight),
          .fc2_bias = at(plan.fc2.bias),
          .classes = plan.classes,
          .trained = at(model.parameters.trained_count()),
          .count = at(model.parameters.float_count())};
}

int find_synapse(const model::Model& model) {
  for (std::size_t k = 0; k < model.layers.size(); ++k)
    if (model.layers[k].kind == model::LayerKind::Synapse) return static_cast<int>(k);
  return 0;
}

// SynaCNN in four kernels a step. The optimiser is inside the last of them, unless gradients are clipped:
// their length is known only when all of them are.
class FusedNetwork final : public Network {
 public:
  FusedNetwork(Storage& storage, Plan plan)
      : storage_(storage),
        plan_(std::move(plan)),
        places_(places_of(plan_, storage.model)),
        synapse_layer_(find_synapse(storage.model)),
        buffers_(storage, places_, synapse_layer_) {}

  const char* tier() const override { return "fused"; }
  void reserve(int batch) override { buffers_.reserve(batch); }
  void loaded() override { device().launch(FusedDerive{places_, memory().copies[0]}); }
  void step(const StepForm& form) override;
  void finish_piece() override;
  void evaluate(const DeviceSet& set, int first, int count, float* losses, std::uint8_t* hits) override;
  void gradient(const DeviceBatch& batch) override {
    queue_gradient(probe_source(batch), probe_memory(batch), false);
  }
  std::vector<float> log_probs(int count) override { return fetch(memory().log_probs, count, plan_.classes); }
  std::vector<std::pair<std::string, std::vector<float>>> activations(int count, bool running) override;
  std::vector<float> evaluate(const DeviceBatch& batch) override {
    classify(probe_source(batch), probe_memory(batch));
    return log_probs(batch.count);
  }

 private:
  Device& device() { return storage_.memory.device(); }
  FusedMemory memory() const { return buffers_.memory(); }
  FusedForward forward(const FusedSource& source, const FusedMemory& m, bool training, bool dropout) const;
  FusedHead head(const FusedMemory& m, int count, const StepForm* form) const;
  FusedBackward backward(const FusedSource& source, const FusedMemory& m, bool update, bool dropout) const;
  FusedReduce reduce(const FusedMemory& m, int count, const StepForm* form) const;
  void queue_gradient(const FusedSource& source, const FusedMemory& m, bool dropout);
  void classify(const FusedSource& source, const FusedMemory& m);
  void clipped_step(const StepForm& form, const FusedSource& source);
  std::vector<float> exposed(Exposed what, int count, bool running);
  std::vector<float> normed(int count, bool running);
  std::vector<float> fetch(const float* from, int count, int size);

  static FusedSource probe_source(const DeviceBatch& batch) {
    return {.order = nullptr,
            .pixels = nullptr,
            .labels = nullptr,
            .table = nullptr,
            .scaled = batch.input,
            .batch_size = 0,
            .first = 0,
            .count = batch.count};
  }
  // The kernels only read labels that are in place already.
  FusedMemory probe_memory(const DeviceBatch& batch) const {
    FusedMemory m = memory();
    m.target = const_cast<std::uint8_t*>(batch.target);
    return m;
  }

  Storage& storage_;
  Plan plan_;
  FusedPlaces places_;
  int synapse_layer_;
  FusedBuffers buffers_;
};

FusedForward FusedNetwork::forward(const FusedSource& source, const FusedMemory& m, bool training,
                                   bool dropout) const {
  return {.p = places_,
          .m = m,
          .source = source,
          .training = training ? 1 : 0,
          .dropout = dropout ? 1 : 0,
          .dropout2d_layer = plan_.dropout2d_layer,
          .dropout_layer = plan_.dropout_layer,
          .threshold2d = dropout_threshold(plan_.dropout2d),
          .threshold = dropout_threshold(plan_.dropout),
          .scale2d = static_cast<float>(1.0 / (1.0 - plan_.dropout2d)),
          .scale = static_cast<float>(1.0 / (1.0 - plan_.dropout))};
}

FusedHead FusedNetwork::head(const FusedMemory& m, int count, const StepForm* form) const {
  return {.p = places_,
          .m = m,
          .count = count,
          .update = form != nullptr ? 1 : 0,
          .watch_headroom = form != nullptr && form->headroom && plan_.synapse ? 1 : 0,
          .headroom_layer = synapse_layer_,
          .largest_loss = form != nullptr ? form->largest_loss : 0,
          .epsilon = kEpsilon};
}

FusedBackward FusedNetwork::backward(const FusedSource& source, const FusedMemory& m, bool update,
                                     bool dropout) const {
  return {.p = places_,
          .m = m,
          .source = source,
          .update = update ? 1 : 0,
          .dropout = dropout ? 1 : 0,
          .scale2d = static_cast<float>(1.0 / (1.0 - plan_.dropout2d)),
          .scale = static_cast<float>(1.0 / (1.0 - plan_.dropout))};
}

FusedReduce FusedNetwork::reduce(const FusedMemory& m, int count, const StepForm* form) const {
  return {.p = places_,
          .m = m,
          .batch = count,
          .update = form != nullptr ? 1 : 0,
          .form = form != nullptr ? form->update : UpdateForm{},
          .moving = storage_.moving.data(),
          .frozen = form != nullptr ? storage_.frozen_mask(*form) : nullptr,
          .watched = buffers_.watched().data(),
          .towards = static_cast<float>(kBatchNormMomentum)};
}

void FusedNetwork::queue_gradient(const FusedSource& source, const FusedMemory& m, bool dropout) {
  device().launch(forward(source, m, true, dropout));
  device().launch(head(m, source.count, nullptr));
  device().launch(backward(source, m, false, dropout));
  device().launch(reduce(m, source.count, nullptr));
}

void FusedNetwork::step(const StepForm& form) {
  const FusedSource source{.order = storage_.order.data(),
                           .pixels = storage_.train.pixels.data(),
                           .labels = storage_.train.labels.data(),
                           .table = storage_.table.data(),
                           .scaled = nullptr,
                           .batch_size = form.batch_size,
                           .first = 0,
                           .count = form.count};
  if (has_squares(form.update.rule)) buffers_.make_squares();
  if (form.clip_norm > 0) return clipped_step(form, source);
  const FusedMemory m = memory();
  device().launch(forward(source, m, true, form.dropout));
  device().launch(head(m, form.count, &form));
  device().launch(backward(source, m, true, form.dropout));
  device().launch(reduce(m, form.count, &form));
}

void FusedNetwork::clipped_step(const StepForm& form, const FusedSource& source) {
  queue_gradient(source, memory(), form.dropout);
  const bool watch = form.headroom && plan_.synapse.has_value();
  queue_update(storage_, form,
               {watch ? memory().headroom : nullptr, buffers_.headroom_layer().data(), form.count});
  loaded();
}

void FusedNetwork::finish_piece() {
  const FusedMemory m = memory();
  device().launch(FusedSettle{places_, m});
  device().launch(FusedConclude{m});
  loaded();
}

void FusedNetwork::classify(const FusedSource& source, const FusedMemory& m) {
  device().launch(forward(source, m, false, false));
  device().launch(FusedClassify{places_, m, source.count, kEpsilon});
}

void FusedNetwork::evaluate(const DeviceSet& set, int first, int count, float* losses, std::uint8_t* hits) {
  classify({.order = nullptr,
            .pixels = set.pixels.data(),
            .labels = set.labels.data(),
            .table = storage_.table.data(),
            .scaled = nullptr,
            .batch_size = 0,
            .first = first,
            .count = count},
           memory());
  device().launch(Score{memory().log_probs, memory().target, count, plan_.classes, losses, hits});
}

std::vector<float> FusedNetwork::fetch(const float* from, int count, int size) {
  std::vector<float> values(static_cast<std::size_t>(count) * static_cast<std::size_t>(size));
  device().download(values.data(), from, values.size() * sizeof(float));
  return values;
}

// Batch norm's output. Evaluation does not keep it, so it is made of its input.
std::vector<float> FusedNetwork::normed(int count, bool running) {
  const FusedMemory m = memory();
  const auto numbers = [&](int offset) {
    std::vector<float> fetched(kHidden);
    device().download(fetched.data(), storage_.values.data() + offset, kHidden * sizeof(float));
    return fetched;
  };
  const auto weight = numbers(places_.norm), bias = numbers(places_.norm_bias);
  auto normed = fetch(running ? m.mixed : m.normal, count, kHidden);
  if (running) {
    const auto mean = numbers(places_.running_mean), variance = numbers(places_.running_var);
    for (std::size_t k = 0; k < normed.size(); ++k)
      normed[k] = (normed[k] - mean[k % kHidden]) / std::sqrt(variance[k % kHidden] + kEpsilon);
  }
  for (std::size_t k = 0; k < normed.size(); ++k)
    normed[k] = weight[k % kHidden] * normed[k] + bias[k % kHidden];
  return normed;
}

std::vector<float> FusedNetwork::exposed(Exposed what, int count, bool running) {
  const FusedMemory m = memory();
  switch (what) {
    case Exposed::Pooled1:
      return fetch(m.pooled1, count, kPooled1);
    case Exposed::Pooled2:
      return fetch(m.pooled2, count, kPooled2);
    case Exposed::Hidden:
      return fetch(m.hidden, count, kHidden);
    case Exposed::Soft:
      return fetch(m.soft, count, kHidden);
    case Exposed::Mixed:
      return fetch(m.mixed, count, kHidden);
    case Exposed::LogProbs:
      return log_probs(count);
    case Exposed::Normed:
      break;
  }
  return normed(count, running);
}

std::vector<std::pair<std::string, std::vector<float>>> FusedNetwork::activations(int count, bool running) {
  std::vector<std::pair<std::string, std::vector<float>>> all;
  for (const auto& [name, what] : plan_.exposed) all.emplace_back(name, exposed(what, count, running));
  return all;
}

}  // namespace

std::unique_ptr<Network> make_fused_network(Storage& storage) {
  auto plan = fused::plan(storage.model);
  if (!plan) return nullptr;
  return std::make_unique<FusedNetwork>(storage, std::move(*plan));
}

}  // namespace synann::compute::cuda
