// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/plain_layers.h"

#include "engine/compute/batch.h"

namespace synann::compute::cuda {
namespace {

using model::Layer;

class PlainRelu final : public PlainLayer {
 public:
  PlainRelu(Storage& s, const Layer& l) : device_(s.memory.device()), n_(l.in.size()) {}
  void forward(const Pass& p) override { device_.launch(Relu{p.x, p.y, Index{p.count} * n_}); }
  void backward(const Pass& p) override {
    if (p.dx != nullptr) device_.launch(ReluBackward{p.x, p.dy, p.dx, Index{p.count} * n_});
  }

 private:
  Device& device_;
  int n_;
};

// Dropout of single elements (group = 1) or whole channels (group = pixels of a channel).
class PlainDropout final : public PlainLayer {
 public:
  PlainDropout(Storage& s, const Layer& l, int index, int group)
      : storage_(s), l_(l), index_(index), group_(group) {}
  void forward(const Pass& p) override { apply(p, p.x, p.y); }
  void backward(const Pass& p) override {
    if (p.dx != nullptr) apply(p, p.dy, p.dx);
  }

 private:
  void apply(const Pass& p, const float* from, float* to) {
    storage_.memory.device().launch(DropoutMask{.x = from,
                                                .y = to,
                                                .count = Index{p.count} * l_.in.size(),
                                                .control = storage_.control.data(),
                                                .layer = index_,
                                                .group = group_,
                                                .enabled = p.dropout ? 1 : 0,
                                                .threshold = dropout_threshold(l_.p),
                                                .scale = static_cast<float>(1.0 / (1.0 - l_.p))});
  }
  Storage& storage_;
  Layer l_;
  int index_, group_;
};

// y = x Wᵀ + b, or without b
class PlainLinear final : public PlainLayer {
 public:
  PlainLinear(Storage& s, const Layer& l) : storage_(s), l_(l), in_(l.in.size()), out_(l.result.size()) {}
  void forward(const Pass& p) override {
    device().launch(MatMul{.a = {p.x, in_, 1},
                           .b = {value(storage_, l_, ".weight"), 1, in_},
                           .bias = value(storage_, l_, ".bias"),
                           .out = p.y,
                           .m = p.count,
                           .n = out_,
                           .k = in_,
                           .splits = 1,
                           .accumulate = 0});
  }
  void backward(const Pass& p) override {
    device().launch(MatMul{.a = {p.dy, 1, out_},
                           .b = {p.x, in_, 1},
                           .bias = nullptr,
                           .out = gradient(storage_, l_, ".weight"),
                           .m = out_,
                           .n = in_,
                           .k = p.count,
                           .splits = 1,
                           .accumulate = 0});
    if (l_.bias) device().launch(ColumnSum{p.dy, nullptr, p.count, out_, gradient(storage_, l_, ".bias")});
    if (p.dx == nullptr) return;
    device().launch(MatMul{.a = {p.dy, out_, 1},
                           .b = {value(storage_, l_, ".weight"), in_, 1},
                           .bias = nullptr,
                           .out = p.dx,
                           .m = p.count,
                           .n = in_,
                           .k = out_,
                           .splits = 1,
                           .accumulate = 0});
  }

 private:
  Device& device() { return storage_.memory.device(); }
  Storage& storage_;
  Layer l_;
  int in_, out_;
};

// The last layer; the gradient by its input comes from the loss.
class PlainLogSoftmax final : public PlainLayer {
 public:
  PlainLogSoftmax(Storage& s, const Layer& l) : device_(s.memory.device()), n_(l.in.size()) {}
  void forward(const Pass& p) override { device_.launch(LogSoftmaxForward{p.x, p.y, p.count, n_}); }
  void backward(const Pass&) override {}

 private:
  Device& device_;
  int n_;
};

}  // namespace

const float* find_tensor(const Storage& storage, const Layer& l, const char* suffix,
                         const Buffer<float>& block) {
  const Parameter* p = storage.model.parameters.find(l.name + suffix);
  return p == nullptr ? nullptr : block.data() + p->offset;
}

std::unique_ptr<PlainLayer> make_plain_layer(Storage& s, int index) {
  const Layer& l = s.model.layers[static_cast<std::size_t>(index)];
  switch (l.kind) {
    case model::LayerKind::Conv2d:
      return make_plain_conv(s, index);
    case model::LayerKind::MaxPool2d:
    case model::LayerKind::AvgPool2d:
    case model::LayerKind::GlobalMaxPool2d:
    case model::LayerKind::GlobalAvgPool2d:
      return make_plain_pool(s, l);
    case model::LayerKind::Sigmoid:
    case model::LayerKind::Tanh:
    case model::LayerKind::Clamp:
      return make_plain_pointwise(s, l);
    case model::LayerKind::Glu:
      return make_plain_glu(s, l);
    case model::LayerKind::ResidualBegin:
    case model::LayerKind::ResidualEnd:
      return make_plain_residual(s, l);
    case model::LayerKind::Relu:
      return std::make_unique<PlainRelu>(s, l);
    case model::LayerKind::Dropout2d:
      return std::make_unique<PlainDropout>(s, l, index, l.in.rows * l.in.columns);
    case model::LayerKind::Dropout:
      return std::make_unique<PlainDropout>(s, l, index, 1);
    case model::LayerKind::Linear:
      return std::make_unique<PlainLinear>(s, l);
    case model::LayerKind::Softmax:
      return make_plain_softmax(s, l);
    case model::LayerKind::Synapse:
      return make_plain_synapse(s, l);
    case model::LayerKind::BatchNorm1d:
    case model::LayerKind::BatchNorm2d:
      return make_plain_norm(s, l);
    case model::LayerKind::SynaRnn:
      return make_plain_rnn(s, l);
    case model::LayerKind::LogSoftmax:
      return std::make_unique<PlainLogSoftmax>(s, l);
  }
  return nullptr;
}

}  // namespace synann::compute::cuda
