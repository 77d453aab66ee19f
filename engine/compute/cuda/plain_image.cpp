// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/compute/cuda/plain_layers.h"
#include "engine/compute/exact/close_calls.h"

namespace synann::compute::cuda {
namespace {

using model::Layer;

ImageShape image_shape(const Layer& l) {
  return {l.in.channels, l.in.rows,        l.in.columns, l.result.channels,
          l.result.rows, l.result.columns, l.kernel};
}

// Two samples a chunk of the weights' gradient, and more where the partial sums would fill the memory.
int chunk_size(int batch, int part_size) {
  constexpr int kMostChunks = 128, kMostParts = 1 << 24;
  return std::max(2, ceil_div(batch, std::clamp(kMostParts / part_size, 1, kMostChunks)));
}

// The most chunks that a batch of up to `batch` samples has: smaller ones may have more than it.
int most_chunks(int batch, int part_size) {
  int most = 0;
  for (int count = 1; count <= batch; ++count)
    most = std::max(most, ceil_div(count, chunk_size(count, part_size)));
  return most;
}

// What both kinds of convolution have: parameters, and the parts of their gradient. A layer without bias has
// one of zeros.
class PlainConvolution : public PlainLayer {
 public:
  PlainConvolution(Storage& s, const Layer& l)
      : storage_(s),
        l_(l),
        shape_(image_shape(l)),
        weights_(l.in.channels / l.groups * l.kernel * l.kernel),
        part_size_(l.out * (weights_ + 1)) {
    if (l.bias) return;
    no_bias_.reserve(s.memory, l.out, l.name + " no bias");
    s.memory.device().fill(no_bias_.data(), 0, no_bias_.bytes());
  }
  void reserve(int batch) override {
    parts_.reserve(storage_.memory, Index{most_chunks(batch, part_size_)} * part_size_, l_.name + " parts");
  }

 protected:
  void sum_parts(int chunks) {
    const Index weights = Index{shape_.out} * weights_;
    device().launch(SumParts{parts_.data(), part_size_, weights, chunks, gradient(storage_, l_, ".weight")});
    if (l_.bias)
      device().launch(
          SumParts{parts_.data() + weights, part_size_, shape_.out, chunks, gradient(storage_, l_, ".bias")});
  }
  int chunk(const Pass& p) const { return chunk_size(p.count, part_size_); }
  const float* weight() const { return value(storage_, l_, ".weight"); }
  const float* bias() const { return l_.bias ? value(storage_, l_, ".bias") : no_bias_.data(); }
  Device& device() { return storage_.memory.device(); }

  Storage& storage_;
  Layer l_;
  ImageShape shape_;
  int weights_, part_size_;  // of one output, and of the layer with its biases
  Buffer<float> parts_;

 private:
  Buffer<float> no_bias_;  // [out], zero
};

// Valid convolution of stride 1 over all channels.
class PlainConv final : public PlainConvolution {
 public:
  PlainConv(Storage& s, std::size_t index)
      : PlainConvolution(s, s.model.layers[index]), window_(exact::CloseCalls(s.model).window(index)) {}

  void forward(const Pass& p) override {
    device().launch(
        ConvForward{.s = shape_, .x = p.x, .w = weight(), .b = bias(), .y = p.y, .batch = p.count});
    if (window_ == 0 || !p.training) return;
    device().launch(SettleWindows{
        .s = shape_, .x = p.x, .w = weight(), .b = bias(), .y = p.y, .batch = p.count, .side = window_});
  }
  void backward(const Pass& p) override {
    const ConvBackwardWeight kernel{shape_, p.x, p.dy, parts_.data(), p.count, chunk(p)};
    device().launch(kernel);
    sum_parts(kernel.chunks());
    if (p.dx == nullptr) return;
    device().launch(ConvBackwardInput{.s = shape_, .dy = p.dy, .w = weight(), .dx = p.dx, .batch = p.count});
  }

 private:
  int window_;  // of the pool behind, 0 for none
};

// With stride, padding or groups.
class PlainAnyConv final : public PlainConvolution {
 public:
  PlainAnyConv(Storage& s, const Layer& l) : PlainConvolution(s, l), steps_{l.step(), l.padding, l.groups} {}

  void forward(const Pass& p) override {
    device().launch(AnyConvForward{
        .s = shape_, .f = steps_, .x = p.x, .w = weight(), .b = bias(), .y = p.y, .batch = p.count});
  }
  void backward(const Pass& p) override {
    const AnyConvBackwardWeight kernel{shape_, steps_, p.x, p.dy, parts_.data(), p.count, chunk(p)};
    device().launch(kernel);
    sum_parts(kernel.chunks());
    if (p.dx == nullptr) return;
    device().launch(AnyConvBackwardInput{
        .s = shape_, .f = steps_, .dy = p.dy, .w = weight(), .dx = p.dx, .batch = p.count});
  }

 private:
  ConvSteps steps_;
};

// Windows side by side.
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

bool is_global(const Layer& l) {
  return l.kind == model::LayerKind::GlobalAvgPool2d || l.kind == model::LayerKind::GlobalMaxPool2d;
}

// Windows of any stride, or one over the whole image.
class PlainAnyPool final : public PlainLayer {
 public:
  PlainAnyPool(Storage& s, const Layer& l)
      : storage_(s),
        shape_(image_shape(l)),
        window_(is_global(l) ? PoolWindow{l.in.rows, l.in.columns, 1}
                             : PoolWindow{l.kernel, l.kernel, l.step()}),
        mean_(l.kind == model::LayerKind::AvgPool2d || l.kind == model::LayerKind::GlobalAvgPool2d) {}

  void reserve(int batch) override {
    if (!mean_) where_.reserve(storage_.memory, Index{batch} * shape_.out_size(), "maxima");
  }
  void forward(const Pass& p) override {
    if (mean_) {
      device().launch(AnyAvgPoolForward{shape_, window_, p.x, p.y, p.count});
    } else {
      device().launch(AnyMaxPoolForward{shape_, window_, p.x, p.y, where_.data(), p.count});
    }
  }
  void backward(const Pass& p) override {
    if (p.dx != nullptr)
      device().launch(AnyPoolBackward{shape_, window_, p.dy, mean_ ? nullptr : where_.data(), p.dx, p.count});
  }

 private:
  Device& device() { return storage_.memory.device(); }
  Storage& storage_;
  ImageShape shape_;
  PoolWindow window_;
  bool mean_;
  Buffer<int> where_;
};

}  // namespace

std::unique_ptr<PlainLayer> make_plain_conv(Storage& storage, int index) {
  const Layer& l = storage.model.layers[static_cast<std::size_t>(index)];
  if (l.step() != 1 || l.padding != 0 || l.groups != 1) return std::make_unique<PlainAnyConv>(storage, l);
  return std::make_unique<PlainConv>(storage, static_cast<std::size_t>(index));
}
std::unique_ptr<PlainLayer> make_plain_pool(Storage& storage, const Layer& l) {
  if (is_global(l) || l.step() != l.kernel) return std::make_unique<PlainAnyPool>(storage, l);
  return std::make_unique<PlainPool>(storage, l);
}

}  // namespace synann::compute::cuda
