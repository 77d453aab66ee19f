// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/eigen/layers.h"

#include <algorithm>
#include <cmath>

namespace synann::compute::eigen {
namespace {

using model::Layer;

class Relu final : public EigenLayer {
 public:
  Relu(const Layer& l, const Kernels& kernels) : kernels_(kernels), n_(l.in.size()) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    const std::size_t first = size(c.first, n_);
    kernels_.relu(long{c.count} * n_, p.x + first, p.y + first);
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    const std::size_t first = size(c.first, n_);
    kernels_.relu_gradient(long{c.count} * n_, p.x + first, p.dy + first, p.dx + first);
  }

 private:
  const Kernels& kernels_;
  int n_;
};

// Dropout of single elements (group = 1) or whole channels (group = pixels of a channel).
class Dropout final : public EigenLayer {
 public:
  Dropout(const Layer& l, int group, int index) : l_(l), group_(group), index_(index) {}
  void forward_chunk(const Pass& p, Chunk c, int) override { apply(p, c, p.x, p.y); }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx != nullptr) apply(p, c, p.dy, p.dx);
  }

 private:
  void apply(const Pass& p, Chunk c, const float* in, float* out) const {
    const int groups = l_.in.size() / group_;
    const std::size_t begin = size(c.first, l_.in.size());
    if (!p.draws.enabled || p.mode == Mode::Evaluation) {
      std::copy_n(in + begin, size(c.count, l_.in.size()), out + begin);
      return;
    }
    const RandomStream stream = p.draws.stream(index_);
    const std::uint32_t threshold = dropout_threshold(l_.p);
    const auto scale = static_cast<float>(1.0 / (1.0 - l_.p));
    const auto first = static_cast<std::uint32_t>(c.first * groups);
    const std::uint32_t end = first + static_cast<std::uint32_t>(c.count * groups);
    Philox4 words = stream.block(first / 4);
    for (std::uint32_t g = first; g < end; ++g) {
      if (g % 4 == 0) words = stream.block(g / 4);
      const float factor = words.v[g % 4] >= threshold ? scale : 0.0f;
      const std::size_t k = static_cast<std::size_t>(g) * static_cast<std::size_t>(group_);
      for (std::size_t e = k; e < k + static_cast<std::size_t>(group_); ++e)
        out[e] = factor == 0.0f ? 0.0f : in[e] * factor;
    }
  }

  Layer l_;
  int group_, index_;
};

// Rows of outputs share the weight gradient: each task computes its rows over the whole batch, so no partial
// sums. Large layers go forward in such rows as well: a product packs its weights once, and a chunk of
// samples is too few to pay for all of them.
class Linear final : public EigenLayer {
 public:
  Linear(const model::Model& model, const Layer& l, const Kernels& kernels)
      : kernels_(kernels),
        at_(model, l),
        in_(l.in.size()),
        out_(l.result.size()),
        bias_(l.bias),
        by_rows_(size(in_, out_) >= kLarge) {}
  int forward_tasks(const Pass& p) const override { return by_rows_ ? gradient_tasks(p) : 0; }
  void forward_task(const Pass& p, int task, int) override {
    const int first = task * kRows, rows = std::min(kRows, out_ - first);
    for (int s = 0; bias_ && s < p.batch; ++s)
      std::copy_n(p.values + at_.bias + first, rows, p.y + size(s, out_) + first);
    kernels_.multiply_bt(p.batch, rows, in_, p.x, p.values + at_.weight + size(first, in_), p.y + first, out_,
                         bias_);
  }
  void forward_chunk(const Pass& p, Chunk c, int) override {
    if (by_rows_) return;
    float* y = p.y + size(c.first, out_);
    for (int s = 0; bias_ && s < c.count; ++s) std::copy_n(p.values + at_.bias, out_, y + size(s, out_));
    kernels_.multiply_bt(c.count, out_, in_, p.x + size(c.first, in_), p.values + at_.weight, y, out_, bias_);
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    kernels_.multiply(c.count, in_, out_, p.dy + size(c.first, out_), p.values + at_.weight,
                      p.dx + size(c.first, in_), false);
  }
  std::vector<Written> forward_written(const Pass& p) override {
    return {Written::columns(p.y, p.batch, size(out_, 1), bounds_of(gradient_tasks(p), kRows, out_))};
  }
  int gradient_tasks(const Pass&) const override { return (out_ + kRows - 1) / kRows; }
  bool gradient_sees_batch() const override { return true; }
  std::vector<Written> gradient_written(const Pass& p) override {
    const std::vector<int> bounds = bounds_of(gradient_tasks(p), kRows, out_);
    std::vector<Written> written = {Written::blocks(p.gradients + at_.weight, size(in_, 1), bounds)};
    if (bias_) written.push_back(Written::blocks(p.gradients + at_.bias, 1, bounds));
    return written;
  }
  void gradient_task(const Pass& p, int task, int) override {
    const int first = task * kRows, rows = std::min(kRows, out_ - first);
    kernels_.multiply_at(rows, in_, p.batch, p.dy + first, out_, p.x,
                         p.gradients + at_.weight + size(first, in_), false);
    for (int o = first; bias_ && o < first + rows; ++o) {
      float sum = 0;
      for (int s = 0; s < p.batch; ++s) sum += p.dy[size(s, out_) + static_cast<std::size_t>(o)];
      p.gradients[at_.bias + static_cast<std::size_t>(o)] = sum;
    }
  }

 private:
  static constexpr int kRows = 32;
  static constexpr std::size_t kLarge = 65536;  // weights
  const Kernels& kernels_;
  Offsets at_;
  int in_, out_;
  bool bias_, by_rows_;
};

class Softmax final : public EigenLayer {
 public:
  explicit Softmax(const Layer& l) : n_(l.in.size()) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    for (int s = c.first; s < c.first + c.count; ++s) {
      const float* x = p.x + size(s, n_);
      float* y = p.y + size(s, n_);
      const float top = *std::max_element(x, x + n_);
      double sum = 0;
      for (int i = 0; i < n_; ++i) {
        y[i] = std::exp(x[i] - top);
        sum += static_cast<double>(y[i]);
      }
      for (int i = 0; i < n_; ++i) y[i] = static_cast<float>(static_cast<double>(y[i]) / sum);
    }
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    for (int s = c.first; s < c.first + c.count; ++s) {
      const float *y = p.y + size(s, n_), *dy = p.dy + size(s, n_);
      float* dx = p.dx + size(s, n_);
      double dot = 0;
      for (int i = 0; i < n_; ++i) dot += static_cast<double>(dy[i]) * static_cast<double>(y[i]);
      for (int i = 0; i < n_; ++i)
        dx[i] = static_cast<float>(static_cast<double>(y[i]) * (static_cast<double>(dy[i]) - dot));
    }
  }

 private:
  int n_;
};

class BatchNorm1d final : public EigenLayer {
 public:
  BatchNorm1d(const model::Model& model, const Layer& l)
      : at_(model, l),
        running_mean_(model.parameters.find(l.name + ".running_mean")->offset),
        running_var_(model.parameters.find(l.name + ".running_var")->offset),
        n_(l.in.size()),
        mean_(static_cast<std::size_t>(n_)),
        inverse_(static_cast<std::size_t>(n_)) {}

  int forward_tasks(const Pass& p) const override { return p.mode == Mode::Training ? tasks() : 0; }
  void forward_task(const Pass& p, int task, int) override {
    for (int i = task * kFeatures; i < std::min(n_, (task + 1) * kFeatures); ++i) {
      const auto f = static_cast<std::size_t>(i);
      double sum = 0, squares = 0;
      for (int s = 0; s < p.batch; ++s) sum += static_cast<double>(p.x[size(s, n_) + f]);
      const double mean = sum / p.batch;
      for (int s = 0; s < p.batch; ++s) {
        const double d = static_cast<double>(p.x[size(s, n_) + f]) - mean;
        squares += d * d;
      }
      const double inverse = 1.0 / std::sqrt(squares / p.batch + kBatchNormEpsilon);
      mean_[f] = mean;
      inverse_[f] = inverse;
      p.gradients[running_mean_ + f] = static_cast<float>(mean);
      p.gradients[running_var_ + f] = static_cast<float>(squares / std::max(1, p.batch - 1));
      const double weight = static_cast<double>(p.values[at_.weight + f]) * inverse,
                   bias = static_cast<double>(p.values[at_.bias + f]);
      for (int s = 0; s < p.batch; ++s) {
        const std::size_t k = size(s, n_) + f;
        p.y[k] = static_cast<float>(weight * (static_cast<double>(p.x[k]) - mean) + bias);
      }
    }
  }
  void forward_chunk(const Pass& p, Chunk c, int) override {
    if (p.mode == Mode::Training) return;
    for (int i = 0; i < n_; ++i) {
      const auto f = static_cast<std::size_t>(i);
      const double weight = static_cast<double>(p.values[at_.weight + f]),
                   bias = static_cast<double>(p.values[at_.bias + f]),
                   mean = static_cast<double>(p.values[running_mean_ + f]),
                   variance = static_cast<double>(p.values[running_var_ + f]),
                   inverse = 1.0 / std::sqrt(variance + kBatchNormEpsilon);
      for (int s = c.first; s < c.first + c.count; ++s) {
        const std::size_t k = size(s, n_) + f;
        p.y[k] = static_cast<float>(weight * (static_cast<double>(p.x[k]) - mean) * inverse + bias);
      }
    }
  }

  bool has_backward_chunks() const override { return false; }
  int backward_tasks(const Pass&) const override { return tasks(); }
  void backward_task(const Pass& p, int task, int) override {
    for (int i = task * kFeatures; i < std::min(n_, (task + 1) * kFeatures); ++i) {
      const auto f = static_cast<std::size_t>(i);
      double sum = 0, dot = 0;
      for (int s = 0; s < p.batch; ++s) {
        const std::size_t k = size(s, n_) + f;
        sum += static_cast<double>(p.dy[k]);
        dot += static_cast<double>(p.dy[k]) * (static_cast<double>(p.x[k]) - mean_[f]);
      }
      dot *= inverse_[f];
      p.gradients[at_.weight + f] = static_cast<float>(dot);
      p.gradients[at_.bias + f] = static_cast<float>(sum);
      if (p.dx == nullptr) continue;
      const double scale = static_cast<double>(p.values[at_.weight + f]) * inverse_[f],
                   mean_dy = sum / p.batch, slope = inverse_[f] * dot / p.batch;
      for (int s = 0; s < p.batch; ++s) {
        const std::size_t k = size(s, n_) + f;
        p.dx[k] = static_cast<float>(scale * (static_cast<double>(p.dy[k]) - mean_dy -
                                              (static_cast<double>(p.x[k]) - mean_[f]) * slope));
      }
    }
  }

 private:
  static constexpr int kFeatures = 16;  // per task
  int tasks() const { return (n_ + kFeatures - 1) / kFeatures; }
  Offsets at_;
  std::size_t running_mean_, running_var_;
  int n_;
  // [n]; double, because a layer of nearly equal outputs is all mean and little deviation
  std::vector<double> mean_, inverse_;
};

// With the loss behind it: y = log-probabilities, dx = (softmax − onehot) / batch is written by the network.
class LogSoftmax final : public EigenLayer {
 public:
  explicit LogSoftmax(const Layer& l) : n_(l.in.size()) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    for (int s = c.first; s < c.first + c.count; ++s) {
      const float* x = p.x + size(s, n_);
      float* y = p.y + size(s, n_);
      const double top = static_cast<double>(*std::max_element(x, x + n_));
      double sum = 0;
      for (int i = 0; i < n_; ++i) sum += std::exp(static_cast<double>(x[i]) - top);
      const double shift = top + std::log(sum);
      for (int i = 0; i < n_; ++i) y[i] = static_cast<float>(static_cast<double>(x[i]) - shift);
    }
  }

 private:
  int n_;
};

}  // namespace

std::unique_ptr<EigenLayer> make_layer(const model::Model& model, std::size_t index, int threads,
                                       const Kernels& kernels) {
  const Layer& l = model.layers[index];
  const int stream = static_cast<int>(index);
  switch (l.kind) {
    case model::LayerKind::AvgPool2d:
      return make_avg_pool2d(l);
    case model::LayerKind::Conv2d:
      if (is_wide_conv2d(l, index == 0)) return make_wide_conv2d(model, l, threads, kernels);
      if (l.step() == 1 && l.padding == 0 && l.groups == 1 && l.bias)
        return make_conv2d(model, l, threads, kernels);
      return make_any_conv2d(model, l, threads, kernels);
    case model::LayerKind::MaxPool2d:
      return make_max_pool2d(l);
    case model::LayerKind::GlobalAvgPool2d:
      return make_global_avg_pool2d(l);
    case model::LayerKind::GlobalMaxPool2d:
      return make_global_max_pool2d(l);
    case model::LayerKind::Relu:
      return std::make_unique<Relu>(l, kernels);
    case model::LayerKind::Sigmoid:
    case model::LayerKind::Tanh:
    case model::LayerKind::Clamp:
    case model::LayerKind::Glu:
    case model::LayerKind::ResidualBegin:
    case model::LayerKind::ResidualEnd:
      return make_activation(l);
    case model::LayerKind::Dropout2d:
      return std::make_unique<Dropout>(l, l.in.rows * l.in.columns, stream);
    case model::LayerKind::Dropout:
      return std::make_unique<Dropout>(l, 1, stream);
    case model::LayerKind::Linear:
      return std::make_unique<Linear>(model, l, kernels);
    case model::LayerKind::Softmax:
      if (l.temperature == 1 && l.scale == 1) return std::make_unique<Softmax>(l);
      return make_activation(l);
    case model::LayerKind::Synapse:
      if (l.is_plain_synapse()) return make_synapse(model, l, threads, kernels);
      return make_any_synapse(model, l, threads, kernels);
    case model::LayerKind::BatchNorm1d:
      return std::make_unique<BatchNorm1d>(model, l);
    case model::LayerKind::BatchNorm2d:
      return make_batch_norm2d(model, l, kernels);
    case model::LayerKind::SynaRnn:
      return make_syna_rnn(model, l, threads, kernels);
    case model::LayerKind::LogSoftmax:
      return std::make_unique<LogSoftmax>(l);
  }
  return nullptr;
}

}  // namespace synann::compute::eigen
