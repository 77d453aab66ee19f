// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/compute/batch.h"
#include "engine/compute/cuda/network.h"
#include "engine/compute/cuda/plain_layers.h"

namespace synann::compute::cuda {
namespace {

// A model layer by layer. All outputs are kept: backward and probes need them.
class PlainNetwork final : public Network {
 public:
  explicit PlainNetwork(Storage& storage)
      : storage_(storage),
        model_(storage.model),
        outputs_(model_.layers.size()),
        deltas_(model_.layers.size()) {
    std::vector<int> owners;
    for (std::size_t k = 0; k < model_.layers.size(); ++k) {
      layers_.push_back(make_plain_layer(storage, static_cast<int>(k)));
      owners.insert(owners.end(), static_cast<std::size_t>(layers_.back()->headroom_count()),
                    static_cast<int>(k));
    }
    headroom_.reserve(storage.memory, static_cast<Index>(owners.size()), "headroom");
    headroom_layer_.reserve(storage.memory, static_cast<Index>(owners.size()), "headroom layers");
    device().upload(headroom_layer_.data(), owners.data(), owners.size() * sizeof(int));
  }

  const char* tier() const override { return "plain"; }

  void reserve(int batch) override {
    input_.reserve(storage_.memory, Index{batch} * model_.input.size(), "input");
    target_.reserve(storage_.memory, batch, "target");
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      const Index size = Index{batch} * model_.layers[k].result.size();
      outputs_[k].reserve(storage_.memory, size, "output of layer " + std::to_string(k));
      deltas_[k].reserve(storage_.memory, size, "gradient of layer " + std::to_string(k));
      layers_[k]->reserve(batch);
    }
  }

  void step(const StepForm& form) override {
    gather(storage_.train, form.batch_size, 0, form.count, true);
    const DeviceBatch batch{input_.data(), target_.data(), form.count};
    forward(batch, true, form.dropout);
    backward(batch, form.dropout);
    update(form, batch);
  }

  void evaluate(const DeviceSet& set, int first, int count, float* losses, std::uint8_t* hits) override {
    gather(set, 0, first, count, false);
    forward({input_.data(), target_.data(), count}, false, false);
    device().launch(Score{outputs_.back().data(), target_.data(), count, model_.classes, losses, hits});
  }

  void gradient(const DeviceBatch& batch) override {
    forward(batch, true, false);
    backward(batch, false);
  }
  std::vector<float> log_probs(int count) override { return output(layers_.size() - 1, count); }
  std::vector<std::pair<std::string, std::vector<float>>> activations(int count, bool) override {
    std::vector<std::pair<std::string, std::vector<float>>> all;
    for (std::size_t k = 0; k < layers_.size(); ++k)
      if (const auto& name = model_.layers[k].exposes; !name.empty())
        all.emplace_back(name, output(k, count));
    return all;
  }
  std::vector<float> evaluate(const DeviceBatch& batch) override {
    forward(batch, false, false);
    return log_probs(batch.count);
  }

 private:
  Device& device() { return storage_.memory.device(); }

  std::vector<float> output(std::size_t layer, int count) {
    std::vector<float> values(static_cast<std::size_t>(count) *
                              static_cast<std::size_t>(model_.layers[layer].result.size()));
    device().download(values.data(), outputs_[layer].data(), values.size() * sizeof(float));
    return values;
  }

  void gather(const DeviceSet& set, int batch_size, int first, int count, bool by_order) {
    device().launch(Gather{.order = by_order ? storage_.order.data() : nullptr,
                           .pixels = set.pixels.data(),
                           .labels = set.labels.data(),
                           .table = storage_.table.data(),
                           .control = storage_.control.data(),
                           .image = model_.input.size(),
                           .batch_size = batch_size,
                           .first = first,
                           .count = count,
                           .x = input_.data(),
                           .target = target_.data()});
  }

  Pass pass(std::size_t k, const DeviceBatch& batch, bool training, bool dropout) const {
    const model::Layer& l = model_.layers[k];
    const auto block = static_cast<std::size_t>(l.block);  // meant at the ends of residual blocks only
    return {.count = batch.count,
            .training = training,
            .dropout = dropout,
            .x = k == 0 ? batch.input : outputs_[k - 1].data(),
            .y = outputs_[k].data(),
            .dy = deltas_[k].data(),
            .dx = k == 0 ? nullptr : deltas_[k - 1].data(),
            .kept = l.kind == model::LayerKind::ResidualEnd ? outputs_[block].data() : nullptr,
            .dkept = l.kind == model::LayerKind::ResidualBegin ? deltas_[block].data() : nullptr};
  }

  void forward(const DeviceBatch& batch, bool training, bool dropout) {
    for (std::size_t k = 0; k < layers_.size(); ++k) layers_[k]->forward(pass(k, batch, training, dropout));
  }

  void backward(const DeviceBatch& batch, bool dropout) {
    const std::size_t last = layers_.size() - 1;
    const float* log_probs = outputs_[last].data();
    device().launch(BatchLoss{log_probs, batch.target, batch.count, model_.classes, storage_.control.data()});
    if (last == 0) return;  // nothing before the log-softmax has a gradient
    device().launch(
        LossBackward{log_probs, batch.target, deltas_[last - 1].data(), batch.count, model_.classes});
    for (std::size_t k = last; k-- > 0;) layers_[k]->backward(pass(k, batch, true, dropout));
  }

  void update(const StepForm& form, const DeviceBatch& batch) {
    if (form.headroom) measure_headroom(batch);
    queue_update(storage_, form,
                 {form.headroom ? headroom_.data() : nullptr, headroom_layer_.data(),
                  static_cast<int>(headroom_.count())});
  }

  void measure_headroom(const DeviceBatch& batch) {
    Index begin = 0;
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      if (layers_[k]->headroom_count() == 0) continue;
      layers_[k]->headroom(pass(k, batch, true, false), headroom_.data() + begin);
      begin += layers_[k]->headroom_count();
    }
  }

  Storage& storage_;
  const model::Model& model_;
  std::vector<std::unique_ptr<PlainLayer>> layers_;
  std::vector<Buffer<float>> outputs_, deltas_;  // of each layer, [batch, size]
  Buffer<float> input_;                          // [batch, image]
  Buffer<std::uint8_t> target_;                  // [batch]
  Buffer<float> headroom_;                       // of all synapse layers, one after the other
  Buffer<int> headroom_layer_;                   // whose each is
};

}  // namespace

void queue_update(Storage& s, const StepForm& form, const HeadroomView& headroom) {
  Device& device = s.memory.device();
  const auto trained = static_cast<Index>(s.model.parameters.trained_count());
  const int tensors = static_cast<int>(s.watched.size());
  device.launch(CheckFinite{s.gradients.data(), s.ranges.data(), tensors, s.flags.data()});
  if (form.clip_norm > 0) device.launch(SquaredNorm{s.gradients.data(), trained, s.norm_parts.data()});
  device.launch(Judge{.control = s.control.data(),
                      .largest_loss = form.largest_loss,
                      .flags = s.flags.data(),
                      .tensors = tensors,
                      .headroom = headroom.values,
                      .headroom_count = headroom.count,
                      .headroom_layer = headroom.layers,
                      .norm_parts = form.clip_norm > 0 ? s.norm_parts.data() : nullptr,
                      .clip_norm = form.clip_norm});
  device.launch(Update{.control = s.control.data(),
                       .form = form.update,
                       .values = s.values.data(),
                       .momenta = s.momenta.data(),
                       .squares = s.squares.data(),
                       .gradients = s.gradients.data(),
                       .moving = s.moving.data(),
                       .frozen = s.frozen_mask(form),
                       .trained = trained,
                       .count = static_cast<Index>(s.model.parameters.float_count()),
                       .towards = static_cast<float>(kBatchNormMomentum)});
}

std::unique_ptr<Network> make_plain_network(Storage& storage) {
  return std::make_unique<PlainNetwork>(storage);
}

}  // namespace synann::compute::cuda
