// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/batch.h"
#include "engine/compute/cuda/plain_layers.h"

namespace synann::compute::cuda {
namespace {

using model::Layer;

class PlainNorm final : public PlainLayer {
 public:
  PlainNorm(Storage& s, const Layer& l) : storage_(s), l_(l), n_(l.in.size()) {
    mean_.reserve(s.memory, n_, l.name + " mean");
    inverse_.reserve(s.memory, n_, l.name + " inverse");
  }
  void forward(const Pass& p) override {
    const float *w = value(storage_, l_, ".weight"), *b = value(storage_, l_, ".bias");
    if (p.training) {
      device().launch(NormForward{.x = p.x,
                                  .w = w,
                                  .b = b,
                                  .y = p.y,
                                  .mean = mean_.data(),
                                  .inverse = inverse_.data(),
                                  .observed_mean = gradient(storage_, l_, ".running_mean"),
                                  .observed_variance = gradient(storage_, l_, ".running_var"),
                                  .batch = p.count,
                                  .n = n_,
                                  .epsilon = kBatchNormEpsilon});
    } else {
      device().launch(NormEvaluate{.x = p.x,
                                   .w = w,
                                   .b = b,
                                   .running_mean = value(storage_, l_, ".running_mean"),
                                   .running_var = value(storage_, l_, ".running_var"),
                                   .y = p.y,
                                   .batch = p.count,
                                   .n = n_,
                                   .epsilon = static_cast<float>(kBatchNormEpsilon)});
    }
  }
  void backward(const Pass& p) override {
    device().launch(NormBackward{.x = p.x,
                                 .w = value(storage_, l_, ".weight"),
                                 .dy = p.dy,
                                 .mean = mean_.data(),
                                 .inverse = inverse_.data(),
                                 .dx = p.dx,
                                 .dw = gradient(storage_, l_, ".weight"),
                                 .db = gradient(storage_, l_, ".bias"),
                                 .batch = p.count,
                                 .n = n_});
  }

 private:
  Device& device() { return storage_.memory.device(); }
  Storage& storage_;
  Layer l_;
  int n_;
  Buffer<double> mean_;
  Buffer<float> inverse_;
};

// The same for each channel.
class PlainChannelNorm final : public PlainLayer {
 public:
  PlainChannelNorm(Storage& s, const Layer& l) : storage_(s), l_(l) {
    mean_.reserve(s.memory, l.in.channels, l.name + " mean");
    inverse_.reserve(s.memory, l.in.channels, l.name + " inverse");
    sums_.reserve(s.memory, 2 * Index{l.in.channels}, l.name + " sums");
  }
  void forward(const Pass& p) override {
    const float *w = value(storage_, l_, ".weight"), *b = value(storage_, l_, ".bias");
    if (!p.training) {
      device().launch(ChannelNormEvaluate{.s = shape(p),
                                          .x = p.x,
                                          .w = w,
                                          .b = b,
                                          .running_mean = value(storage_, l_, ".running_mean"),
                                          .running_var = value(storage_, l_, ".running_var"),
                                          .y = p.y,
                                          .epsilon = static_cast<float>(kBatchNormEpsilon)});
      return;
    }
    device().launch(ChannelMoments{.s = shape(p),
                                   .x = p.x,
                                   .mean = mean_.data(),
                                   .inverse = inverse_.data(),
                                   .observed_mean = gradient(storage_, l_, ".running_mean"),
                                   .observed_variance = gradient(storage_, l_, ".running_var"),
                                   .epsilon = kBatchNormEpsilon});
    device().launch(ChannelNorm{shape(p), p.x, w, b, mean_.data(), inverse_.data(), p.y});
  }
  void backward(const Pass& p) override {
    device().launch(ChannelNormSums{.s = shape(p),
                                    .x = p.x,
                                    .dy = p.dy,
                                    .mean = mean_.data(),
                                    .inverse = inverse_.data(),
                                    .sums = sums_.data(),
                                    .dw = gradient(storage_, l_, ".weight"),
                                    .db = gradient(storage_, l_, ".bias")});
    if (p.dx == nullptr) return;
    device().launch(ChannelNormBackward{.s = shape(p),
                                        .x = p.x,
                                        .w = value(storage_, l_, ".weight"),
                                        .dy = p.dy,
                                        .mean = mean_.data(),
                                        .inverse = inverse_.data(),
                                        .sums = sums_.data(),
                                        .dx = p.dx});
  }

 private:
  Device& device() { return storage_.memory.device(); }
  ChannelShape shape(const Pass& p) const { return {p.count, l_.in.channels, l_.in.rows * l_.in.columns}; }

  Storage& storage_;
  Layer l_;
  Buffer<double> mean_, inverse_, sums_;  // [channels], [channels], [2, channels]
};

}  // namespace

std::unique_ptr<PlainLayer> make_plain_norm(Storage& storage, const Layer& l) {
  if (l.kind == model::LayerKind::BatchNorm2d) return std::make_unique<PlainChannelNorm>(storage, l);
  return std::make_unique<PlainNorm>(storage, l);
}

}  // namespace synann::compute::cuda
