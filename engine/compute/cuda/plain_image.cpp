// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/plain_layers.h"
#include "engine/compute/exact/close_calls.h"

namespace synann::compute::cuda {
namespace {

using model::Layer;

ImageShape image_shape(const Layer& l) {
  return {l.in.channels, l.in.rows,        l.in.columns, l.result.channels,
          l.result.rows, l.result.columns, l.kernel};
}

class PlainConv final : public PlainLayer {
 public:
  PlainConv(Storage& s, std::size_t index)
      : storage_(s),
        l_(s.model.layers[index]),
        shape_(image_shape(l_)),
        window_(exact::CloseCalls(s.model).window(index)) {}

  void reserve(int batch) override {
    const ConvBackwardWeight kernel = backward_weight(nullptr, nullptr, batch);
    parts_.reserve(storage_.memory, Index{kernel.chunks()} * kernel.part_size(), l_.name + " parts");
  }
  void forward(const Pass& p) override {
    device().launch(ConvForward{.s = shape_,
                                .x = p.x,
                                .w = value(storage_, l_, ".weight"),
                                .b = value(storage_, l_, ".bias"),
                                .y = p.y,
                                .batch = p.count});
    if (window_ == 0 || !p.training) return;
    device().launch(SettleWindows{.s = shape_,
                                  .x = p.x,
                                  .w = value(storage_, l_, ".weight"),
                                  .b = value(storage_, l_, ".bias"),
                                  .y = p.y,
                                  .batch = p.count,
                                  .side = window_});
  }
  void backward(const Pass& p) override {
    const ConvBackwardWeight kernel = backward_weight(p.x, p.dy, p.count);
    device().launch(kernel);
    const Index weights = Index{shape_.out} * kernel.weights();
    device().launch(SumParts{parts_.data(), kernel.part_size(), weights, kernel.chunks(),
                             gradient(storage_, l_, ".weight")});
    device().launch(SumParts{parts_.data() + weights, kernel.part_size(), shape_.out, kernel.chunks(),
                             gradient(storage_, l_, ".bias")});
    if (p.dx == nullptr) return;
    device().launch(ConvBackwardInput{
        .s = shape_, .dy = p.dy, .w = value(storage_, l_, ".weight"), .dx = p.dx, .batch = p.count});
  }

 private:
  // Two samples a chunk, and more where the partial sums of a large batch would fill the memory.
  ConvBackwardWeight backward_weight(const float* x, const float* dy, int batch) const {
    constexpr int kMostChunks = 128;
    return {shape_, x, dy, parts_.data(), batch, std::max(2, ceil_div(batch, kMostChunks))};
  }
  Device& device() { return storage_.memory.device(); }

  Storage& storage_;
  Layer l_;
  ImageShape shape_;
  int window_;  // of the pool behind, 0 for none
  Buffer<float> parts_;
};

class PlainPool final : public PlainLayer {
 public:
  PlainPool(Storage& s, const Layer& l)
      : storage_(s), shape_(image_shape(l)), mean_(l.kind == model::LayerKind::AvgPool2d) {}

  void reserve(int batch) override {
    if (!mean_) where_.reserve(storage_.memory, Index{batch} * shape_.out_size(), "maxima");
  }
  void forward(const Pass& p) override {
    if (mean_) {
      device().launch(AvgPoolForward{shape_, p.x, p.y, p.count});
    } else {
      device().launch(MaxPoolForward{shape_, p.x, p.y, where_.data(), p.count});
    }
  }
  void backward(const Pass& p) override {
    if (p.dx != nullptr)
      device().launch(PoolBackward{shape_, p.dy, mean_ ? nullptr : where_.data(), p.dx, p.count});
  }

 private:
  Device& device() { return storage_.memory.device(); }
  Storage& storage_;
  ImageShape shape_;
  bool mean_;
  Buffer<int> where_;
};

}  // namespace

std::unique_ptr<PlainLayer> make_plain_conv(Storage& storage, int index) {
  return std::make_unique<PlainConv>(storage, static_cast<std::size_t>(index));
}
std::unique_ptr<PlainLayer> make_plain_pool(Storage& storage, const Layer& l) {
  return std::make_unique<PlainPool>(storage, l);
}

}  // namespace synann::compute::cuda
