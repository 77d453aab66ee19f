// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/compute/batch.h"
#include "engine/compute/cpu/fused_plan.h"
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

// SynaCNN in four kernels a step. The optimiser is inside the last of them, unless gradients are clipped:
// their length is known only when all of them are.
class FusedNetwork final : public Network {
 public:
  FusedNetwork(Storage& storage, Plan plan)
      : storage_(storage), plan_(std::move(plan)), places_(places_of(plan_, storage.model)) {
    Memory& memory = storage.memory;
    for (auto& copy : copies_) {
      copy.fc1_by_input.reserve(memory, kHidden * kPooled2, "fc1 by input");
      copy.synapse_by_input.reserve(memory, kHidden * kHidden, "synapse by input");
    }
    other_values_.reserve(memory, places_.count, "other values");
    other_momenta_.reserve(memory, places_.trained, "other momenta");
    flags_.reserve(memory, ceil_div(places_.count, FusedReduce::kThreads), "fused flags");
    std::vector<std::uint8_t> watched(static_cast<std::size_t>(places_.count), 255);
    for (std::size_t k = 0; k < storage.watched.size(); ++k) {
      const Parameter& p = *storage.watched[k];
      std::fill_n(watched.begin() + static_cast<std::ptrdiff_t>(p.offset), p.size(),
                  static_cast<std::uint8_t>(k));
    }
    watched_.reserve(memory, places_.count, "watched");
    device().upload(watched_.data(), watched.data(), watched.size());
    for (std::size_t k = 0; k < storage.model.layers.size(); ++k)
      if (storage.model.layers[k].kind == model::LayerKind::Synapse) synapse_layer_ = static_cast<int>(k);
  }

  const char* tier() const override { return "fused"; }
  void reserve(int batch) override;
  void loaded() override { device().launch(FusedDerive{places_, memory().copies[0]}); }
  void step(const StepForm& form) override;
  void finish_piece() override;
  void evaluate(const DeviceSet& set, int first, int count, float* losses, std::uint8_t* hits) override;
  void gradient(const DeviceBatch& batch) override {
    queue_gradient(probe_source(batch), probe_memory(batch), false);
  }
  std::vector<float> log_probs(int count) override { return fetch(log_probs_, count, plan_.classes); }
  std::vector<std::pair<std::string, std::vector<float>>> activations(int count) override;
  std::vector<float> evaluate(const DeviceBatch& batch) override {
    classify(probe_source(batch), probe_memory(batch));
    return log_probs(batch.count);
  }

 private:
  struct Copy {
    Buffer<float> fc1_by_input, synapse_by_input;
  };

  Device& device() { return storage_.memory.device(); }
  FusedMemory memory() const;
  FusedForward forward(const FusedSource& source, const FusedMemory& m, bool training, bool dropout) const;
  FusedHead head(const FusedMemory& m, int count, const StepForm* form) const;
  FusedBackward backward(const FusedSource& source, const FusedMemory& m, bool update, bool dropout) const;
  FusedReduce reduce(const FusedMemory& m, int count, const StepForm* form) const;
  void queue_gradient(const FusedSource& source, const FusedMemory& m, bool dropout);
  void classify(const FusedSource& source, const FusedMemory& m);
  void clipped_step(const StepForm& form, const FusedSource& source);
  std::vector<float> exposed(Exposed what, int count);
  std::vector<float> fetch(const Buffer<float>& from, int count, int size);

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
  int synapse_layer_ = 0;
  Copy copies_[2];
  Buffer<float> other_values_, other_momenta_, other_squares_;
  Buffer<int> flags_, headroom_layer_;
  Buffer<std::uint8_t> watched_, where1_, where2_, kept_maps_, kept_, target_;
  Buffer<float> pooled1_, pooled2_, hidden_, soft_, mixed_, normal_, dmixed_, dhidden_, rest_, alone_,
      log_probs_, dlogits_, losses_, headroom_, parts_;
};

void FusedNetwork::reserve(int batch) {
  Memory& memory = storage_.memory;
  const auto make = [&](auto& buffer, int size, const char* what) {
    buffer.reserve(memory, Index{batch} * size, what);
  };
  make(pooled1_, kPooled1, "pooled1"), make(where1_, kPooled1, "where1");
  make(pooled2_, kPooled2, "pooled2"), make(where2_, kPooled2, "where2");
  make(kept_maps_, kMaps2, "kept maps"), make(kept_, kHidden, "kept"), make(target_, 1, "target");
  make(hidden_, kHidden, "hidden"), make(soft_, kHidden, "soft"), make(mixed_, kHidden, "mixed");
  make(normal_, kHidden, "normal"), make(dmixed_, kHidden, "dmixed"), make(dhidden_, kHidden, "dhidden");
  make(rest_, kHidden, "rest"), make(alone_, kHidden, "alone");
  make(log_probs_, plan_.classes, "log-probabilities"), make(dlogits_, plan_.classes, "dlogits");
  make(losses_, 1, "losses"), make(headroom_, 1, "headroom"), make(parts_, kPartSize, "parts");
  if (!headroom_layer_.reserve(memory, batch, "headroom layer")) return;
  const std::vector<int> layers(static_cast<std::size_t>(batch), synapse_layer_);
  device().upload(headroom_layer_.data(), layers.data(), layers.size() * sizeof(int));
}

FusedMemory FusedNetwork::memory() const {
  const Storage& s = storage_;
  const bool adam = s.squares.data() != nullptr && other_squares_.data() != nullptr;
  return {.copies = {{s.values.data(), s.momenta.data(), adam ? s.squares.data() : nullptr,
                      copies_[0].fc1_by_input.data(), copies_[0].synapse_by_input.data()},
                     {other_values_.data(), other_momenta_.data(), adam ? other_squares_.data() : nullptr,
                      copies_[1].fc1_by_input.data(), copies_[1].synapse_by_input.data()}},
          .gradients = s.gradients.data(),
          .control = s.control.data(),
          .flags = flags_.data(),
          .flag_count = static_cast<int>(flags_.count()),
          .pooled1 = pooled1_.data(),
          .pooled2 = pooled2_.data(),
          .where1 = where1_.data(),
          .where2 = where2_.data(),
          .kept_maps = kept_maps_.data(),
          .kept = kept_.data(),
          .hidden = hidden_.data(),
          .soft = soft_.data(),
          .mixed = mixed_.data(),
          .normal = normal_.data(),
          .dmixed = dmixed_.data(),
          .dhidden = dhidden_.data(),
          .rest = rest_.data(),
          .alone = alone_.data(),
          .log_probs = log_probs_.data(),
          .dlogits = dlogits_.data(),
          .losses = losses_.data(),
          .headroom = headroom_.data(),
          .parts = parts_.data(),
          .target = target_.data()};
}

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
          .watched = watched_.data(),
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
  if (form.update.rule == UpdateRule::Adam)
    other_squares_.reserve(storage_.memory, places_.trained, "other squares");
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
  queue_update(storage_, form, {watch ? headroom_.data() : nullptr, headroom_layer_.data(), form.count});
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
  device().launch(Score{log_probs_.data(), target_.data(), count, plan_.classes, losses, hits});
}

std::vector<float> FusedNetwork::fetch(const Buffer<float>& from, int count, int size) {
  std::vector<float> values(static_cast<std::size_t>(count) * static_cast<std::size_t>(size));
  device().download(values.data(), from.data(), values.size() * sizeof(float));
  return values;
}

std::vector<float> FusedNetwork::exposed(Exposed what, int count) {
  switch (what) {
    case Exposed::Pooled1:
      return fetch(pooled1_, count, kPooled1);
    case Exposed::Pooled2:
      return fetch(pooled2_, count, kPooled2);
    case Exposed::Hidden:
      return fetch(hidden_, count, kHidden);
    case Exposed::Soft:
      return fetch(soft_, count, kHidden);
    case Exposed::Mixed:
      return fetch(mixed_, count, kHidden);
    case Exposed::LogProbs:
      return log_probs(count);
    case Exposed::Normed:
      break;
  }
  auto normed = fetch(normal_, count, kHidden);
  std::vector<float> weight(kHidden), bias(kHidden);
  device().download(weight.data(), storage_.values.data() + places_.norm, kHidden * sizeof(float));
  device().download(bias.data(), storage_.values.data() + places_.norm_bias, kHidden * sizeof(float));
  for (std::size_t k = 0; k < normed.size(); ++k)
    normed[k] = weight[k % kHidden] * normed[k] + bias[k % kHidden];
  return normed;
}

std::vector<std::pair<std::string, std::vector<float>>> FusedNetwork::activations(int count) {
  std::vector<std::pair<std::string, std::vector<float>>> all;
  for (const auto& [name, what] : plan_.exposed) all.emplace_back(name, exposed(what, count));
  return all;
}

}  // namespace

std::unique_ptr<Network> make_fused_network(Storage& storage) {
  auto plan = fused::plan(storage.model);
  if (!plan) return nullptr;
  return std::make_unique<FusedNetwork>(storage, std::move(*plan));
}

}  // namespace synann::compute::cuda
