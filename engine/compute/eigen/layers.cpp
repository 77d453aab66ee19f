// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/eigen/layers.h"

#include <algorithm>
#include <cmath>

#include "engine/compute/eigen/kernels.h"
#include "engine/compute/reference/layers.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;

std::size_t size(int a, int b) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b);
}

// Where a layer's tensors live in the flat blocks.
struct Offsets {
  std::size_t weight, bias;
  Offsets(const model::Model& model, const Layer& l)
      : weight(model.parameters.find(l.name + ".weight")->offset),
        bias(model.parameters.find(l.name + ".bias")->offset) {}
};

// Convolution as im2col and a matrix product per sample; each chunk sums its own gradient.
class Conv2d final : public EigenLayer {
 public:
  Conv2d(const model::Model& model, const Layer& l, int threads)
      : l_(l),
        at_(model, l),
        patch_(l.in.channels * l.kernel * l.kernel),
        places_(l.result.rows * l.result.columns),
        columns_(static_cast<std::size_t>(threads), std::vector<float>(size(patch_, places_))),
        deltas_(static_cast<std::size_t>(threads), std::vector<float>(size(patch_, places_))) {}

  void forward_chunk(const Pass& p, Chunk c, int thread) override {
    float* columns = columns_[static_cast<std::size_t>(thread)].data();
    const float* bias = p.values + at_.bias;
    for (int s = c.first; s < c.first + c.count; ++s) {
      gather_patches(p.x + size(s, l_.in.size()), columns);
      float* y = p.y + size(s, l_.result.size());
      for (int o = 0; o < l_.result.channels; ++o) std::fill_n(y + size(o, places_), places_, bias[o]);
      kernels().multiply(l_.result.channels, places_, patch_, p.values + at_.weight, columns, y, true);
    }
  }

  void backward_chunk(const Pass& p, Chunk c, int thread) override {
    float* columns = columns_[static_cast<std::size_t>(thread)].data();
    float* delta = deltas_[static_cast<std::size_t>(thread)].data();
    float* weight_sum = partial(p, c.index);
    float* bias_sum = weight_sum + size(l_.result.channels, patch_);
    std::fill_n(weight_sum, partial_size(), 0.0f);
    for (int s = c.first; s < c.first + c.count; ++s) {
      const float* dy = p.dy + size(s, l_.result.size());
      gather_patches(p.x + size(s, l_.in.size()), columns);
      kernels().multiply_bt(l_.result.channels, patch_, places_, dy, columns, weight_sum, true);
      for (int o = 0; o < l_.result.channels; ++o) {
        float sum = 0;
        for (int k = 0; k < places_; ++k) sum += dy[size(o, places_) + static_cast<std::size_t>(k)];
        bias_sum[o] += sum;
      }
      if (p.dx == nullptr) continue;
      kernels().multiply_at(patch_, places_, l_.result.channels, p.values + at_.weight, patch_, dy, delta,
                            false);
      scatter_patches(delta, p.dx + size(s, l_.in.size()));
    }
  }

  void prepare(const Pass& p) override {
    partials_.resize(static_cast<std::size_t>(p.chunks) * partial_size());
  }
  int gradient_tasks(const Pass&) const override { return 1; }
  void gradient_task(const Pass& p, int, int) override {
    const std::size_t weights = size(l_.result.channels, patch_);
    float *weight = p.gradients + at_.weight, *bias = p.gradients + at_.bias;
    std::fill_n(weight, weights, 0.0f);
    std::fill_n(bias, l_.result.channels, 0.0f);
    for (int c = 0; c < p.chunks; ++c) {
      const float* sums = partial(p, c);
      for (std::size_t k = 0; k < weights; ++k) weight[k] += sums[k];
      for (int o = 0; o < l_.result.channels; ++o) bias[o] += sums[weights + static_cast<std::size_t>(o)];
    }
  }

 private:
  // columns [patch, places]: row (i, u, v) holds x[i, r + u, c + v] for every place (r, c).
  void gather_patches(const float* x, float* columns) const {
    for (int i = 0; i < l_.in.channels; ++i)
      for (int u = 0; u < l_.kernel; ++u)
        for (int v = 0; v < l_.kernel; ++v)
          for (int r = 0; r < l_.result.rows; ++r, columns += l_.result.columns) {
            std::copy_n(x + reference::at(i, r + u, v, l_.in.rows, l_.in.columns), l_.result.columns,
                        columns);
          }
  }
  void scatter_patches(const float* columns, float* x) const {
    std::fill_n(x, l_.in.size(), 0.0f);
    for (int i = 0; i < l_.in.channels; ++i)
      for (int u = 0; u < l_.kernel; ++u)
        for (int v = 0; v < l_.kernel; ++v)
          for (int r = 0; r < l_.result.rows; ++r, columns += l_.result.columns) {
            float* row = x + reference::at(i, r + u, v, l_.in.rows, l_.in.columns);
            for (int c = 0; c < l_.result.columns; ++c) row[c] += columns[c];
          }
  }
  std::size_t partial_size() const { return size(l_.result.channels, patch_ + 1); }
  float* partial(const Pass&, int chunk) {
    return partials_.data() + static_cast<std::size_t>(chunk) * partial_size();
  }

  Layer l_;
  Offsets at_;
  int patch_, places_;
  std::vector<std::vector<float>> columns_, deltas_;  // per thread
  std::vector<float> partials_;                       // [chunks, weights + biases]
};

class MaxPool2d final : public EigenLayer {
 public:
  explicit MaxPool2d(const Layer& l) : l_(l) {}
  void prepare(const Pass& p) override { where_.resize(size(p.batch, l_.result.size())); }
  void forward_chunk(const Pass& p, Chunk c, int) override {
    for (int s = c.first; s < c.first + c.count; ++s) {
      pool(p.x + size(s, l_.in.size()), p.y + size(s, l_.result.size()),
           where_.data() + size(s, l_.result.size()));
    }
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    reference::max_pool2d_backward(l_, c.count, where_.data() + size(c.first, l_.result.size()),
                                   p.dy + size(c.first, l_.result.size()),
                                   p.dx + size(c.first, l_.in.size()));
  }

 private:
  // The reference's rule with selections in place of branches, which the noise of pixels would mispredict.
  void pool(const float* x, float* y, std::int32_t* where) const {
    const int k = l_.kernel, width = l_.in.columns;
    for (int ch = 0; ch < l_.in.channels; ++ch)
      for (int r = 0; r < l_.result.rows; ++r)
        for (int c = 0; c < l_.result.columns; ++c) {
          const int corner = (ch * l_.in.rows + r * k) * width + c * k;
          float top = x[corner];
          int place = corner;
          for (int u = 0; u < k; ++u)
            for (int v = 0; v < k; ++v) {
              const float candidate = x[corner + u * width + v];
              const bool better = (candidate > top) | (candidate != candidate);
              top = better ? candidate : top;
              place = better ? corner + u * width + v : place;
            }
          *y++ = top;
          *where++ = place;
        }
  }

  Layer l_;
  std::vector<std::int32_t> where_;  // [batch, result]
};

class Relu final : public EigenLayer {
 public:
  explicit Relu(const Layer& l) : n_(l.in.size()) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    const std::size_t end = size(c.first + c.count, n_);
    // Written so that a NaN passes through: a broken number must stay visible.
    for (std::size_t k = size(c.first, n_); k < end; ++k) p.y[k] = p.x[k] < 0 ? 0.0f : p.x[k];
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    const std::size_t end = size(c.first + c.count, n_);
    for (std::size_t k = size(c.first, n_); k < end; ++k) p.dx[k] = p.x[k] > 0 ? p.dy[k] : 0.0f;
  }

 private:
  int n_;
};

// Dropout of single elements (group = 1) or whole channels (group = pixels of a channel).
class Dropout final : public EigenLayer {
 public:
  Dropout(const Layer& l, int group, int index) : l_(l), group_(group), index_(index) {}
  void forward_chunk(const Pass& p, Chunk c, int) override { apply(p, c, p.x, p.y); }
  void backward_chunk(const Pass& p, Chunk c, int) override { apply(p, c, p.dy, p.dx); }

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
    for (int g = c.first * groups; g < (c.first + c.count) * groups; ++g) {
      const float factor = stream.word(static_cast<std::uint32_t>(g)) >= threshold ? scale : 0.0f;
      const std::size_t k = size(g, group_);
      for (std::size_t e = k; e < k + static_cast<std::size_t>(group_); ++e)
        out[e] = factor == 0.0f ? 0.0f : in[e] * factor;
    }
  }

  Layer l_;
  int group_, index_;
};

// Rows of outputs share the weight gradient: each task computes its rows over the whole batch, so no partial
// sums.
class Linear final : public EigenLayer {
 public:
  Linear(const model::Model& model, const Layer& l)
      : at_(model, l), in_(l.in.size()), out_(l.result.size()) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    float* y = p.y + size(c.first, out_);
    for (int s = 0; s < c.count; ++s) std::copy_n(p.values + at_.bias, out_, y + size(s, out_));
    kernels().multiply_bt(c.count, out_, in_, p.x + size(c.first, in_), p.values + at_.weight, y, true);
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    kernels().multiply(c.count, in_, out_, p.dy + size(c.first, out_), p.values + at_.weight,
                       p.dx + size(c.first, in_), false);
  }
  int gradient_tasks(const Pass&) const override { return (out_ + kRows - 1) / kRows; }
  void gradient_task(const Pass& p, int task, int) override {
    const int first = task * kRows, rows = std::min(kRows, out_ - first);
    kernels().multiply_at(rows, in_, p.batch, p.dy + first, out_, p.x,
                          p.gradients + at_.weight + size(first, in_), false);
    for (int o = first; o < first + rows; ++o) {
      float sum = 0;
      for (int s = 0; s < p.batch; ++s) sum += p.dy[size(s, out_) + static_cast<std::size_t>(o)];
      p.gradients[at_.bias + static_cast<std::size_t>(o)] = sum;
    }
  }

 private:
  static constexpr int kRows = 32;
  Offsets at_;
  int in_, out_;
};

class Softmax final : public EigenLayer {
 public:
  explicit Softmax(const Layer& l) : n_(l.in.size()) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    reference::softmax_forward(c.count, n_, p.x + size(c.first, n_), p.y + size(c.first, n_));
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    reference::softmax_backward(c.count, n_, p.y + size(c.first, n_), p.dy + size(c.first, n_),
                                p.dx + size(c.first, n_));
  }

 private:
  int n_;
};

// Outputs in blocks of kLanes. Backward tasks are groups of blocks: each owns its rows of dβ and sums dx on
// its own.
class Synapse final : public EigenLayer {
 public:
  Synapse(const model::Model& model, const Layer& l, int threads)
      : at_(model, l),
        n_(l.in.size()),
        blocks_((n_ + kLanes - 1) / kLanes),
        groups_(std::min(blocks_, kLargestGroups)),
        beta_(size(blocks_, n_) * kLanes),
        scratch_(static_cast<std::size_t>(threads), std::vector<float>(2 * size(n_, kLanes))) {}

  void prepare(const Pass& p) override {
    std::fill(beta_.begin(), beta_.end(), 0.0f);
    for (int i = 0; i < n_; ++i)
      for (int j = 0; j < n_; ++j) {
        beta_[reference::at(i / kLanes, j, i % kLanes, n_, kLanes)] =
            p.values[at_.weight + size(i, n_) + static_cast<std::size_t>(j)];
      }
    if (p.mode == Mode::Training) partial_dx_.resize(static_cast<std::size_t>(groups_) * size(p.batch, n_));
  }

  void forward_chunk(const Pass& p, Chunk c, int) override {
    for (int b = 0; b < blocks_; ++b) {
      kernels().synapse_forward(c.count, n_, b * kLanes, lanes(b), block(b), p.x + size(c.first, n_),
                                p.y + size(c.first, n_));
    }
  }

  int backward_tasks(const Pass&) const override { return groups_; }
  void backward_task(const Pass& p, int group, int thread) override {
    float* scratch = scratch_[static_cast<std::size_t>(thread)].data();
    float* dbeta = scratch + size(n_, kLanes);
    float* dx = partial_dx_.data() + static_cast<std::size_t>(group) * size(p.batch, n_);
    std::fill_n(dx, size(p.batch, n_), 0.0f);
    for (int b = blocks_ * group / groups_; b < blocks_ * (group + 1) / groups_; ++b) {
      kernels().synapse_backward(p.batch, n_, b * kLanes, lanes(b), block(b), p.x, p.dy, dx, dbeta, scratch);
      for (int l = 0; l < lanes(b); ++l)
        for (int j = 0; j < n_; ++j) {
          p.gradients[at_.weight + size(b * kLanes + l, n_) + static_cast<std::size_t>(j)] =
              dbeta[size(j, kLanes) + static_cast<std::size_t>(l)];
        }
    }
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    for (std::size_t k = size(c.first, n_); k < size(c.first + c.count, n_); ++k) {
      float sum = 0;
      for (int g = 0; g < groups_; ++g)
        sum += partial_dx_[static_cast<std::size_t>(g) * size(p.batch, n_) + k];
      p.dx[k] = sum;
    }
  }

 private:
  static constexpr int kLargestGroups = 16;  // bounds the memory of partial_dx_ for large n
  int lanes(int b) const { return std::min(kLanes, n_ - b * kLanes); }
  const float* block(int b) const { return beta_.data() + size(b, n_) * kLanes; }

  Offsets at_;
  int n_, blocks_, groups_;
  std::vector<float> beta_;                  // [blocks, n, kLanes]
  std::vector<std::vector<float>> scratch_;  // per thread [2, n, kLanes]
  std::vector<float> partial_dx_;            // [groups, batch, n]
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
      mean_[f] = static_cast<float>(mean);
      inverse_[f] = static_cast<float>(inverse);
      p.gradients[running_mean_ + f] = mean_[f];
      p.gradients[running_var_ + f] = static_cast<float>(squares / std::max(1, p.batch - 1));
      for (int s = 0; s < p.batch; ++s) {
        const std::size_t k = size(s, n_) + f;
        p.y[k] = p.values[at_.weight + f] * ((p.x[k] - mean_[f]) * inverse_[f]) + p.values[at_.bias + f];
      }
    }
  }
  void forward_chunk(const Pass& p, Chunk c, int) override {
    if (p.mode == Mode::Training) return;
    reference::batch_norm_evaluate(c.count, n_, p.x + size(c.first, n_), p.values + at_.weight,
                                   p.values + at_.bias, p.values + running_mean_, p.values + running_var_,
                                   p.y + size(c.first, n_));
  }

  int backward_tasks(const Pass&) const override { return tasks(); }
  void backward_task(const Pass& p, int task, int) override {
    for (int i = task * kFeatures; i < std::min(n_, (task + 1) * kFeatures); ++i) {
      const auto f = static_cast<std::size_t>(i);
      double sum = 0, dot = 0;
      for (int s = 0; s < p.batch; ++s) {
        const std::size_t k = size(s, n_) + f;
        sum += static_cast<double>(p.dy[k]);
        dot += static_cast<double>(p.dy[k] * ((p.x[k] - mean_[f]) * inverse_[f]));
      }
      p.gradients[at_.weight + f] = static_cast<float>(dot);
      p.gradients[at_.bias + f] = static_cast<float>(sum);
      if (p.dx == nullptr) continue;
      const float scale = p.values[at_.weight + f] * inverse_[f];
      const auto mean_dy = static_cast<float>(sum / p.batch), mean_dot = static_cast<float>(dot / p.batch);
      for (int s = 0; s < p.batch; ++s) {
        const std::size_t k = size(s, n_) + f;
        p.dx[k] = scale * (p.dy[k] - mean_dy - (p.x[k] - mean_[f]) * inverse_[f] * mean_dot);
      }
    }
  }

 private:
  static constexpr int kFeatures = 16;  // per task
  int tasks() const { return (n_ + kFeatures - 1) / kFeatures; }
  Offsets at_;
  std::size_t running_mean_, running_var_;
  int n_;
  std::vector<float> mean_, inverse_;  // [n]
};

// With the loss behind it: y = log-probabilities, dx = (softmax − onehot) / batch is written by the network.
class LogSoftmax final : public EigenLayer {
 public:
  explicit LogSoftmax(const Layer& l) : n_(l.in.size()) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    reference::log_softmax_forward(c.count, n_, p.x + size(c.first, n_), p.y + size(c.first, n_));
  }

 private:
  int n_;
};

}  // namespace

std::unique_ptr<EigenLayer> make_layer(const model::Model& model, std::size_t index, int threads) {
  const Layer& l = model.layers[index];
  using enum model::LayerKind;
  switch (l.kind) {
    case model::LayerKind::Conv2d:
      return std::make_unique<eigen::Conv2d>(model, l, threads);
    case model::LayerKind::MaxPool2d:
      return std::make_unique<eigen::MaxPool2d>(l);
    case model::LayerKind::Relu:
      return std::make_unique<eigen::Relu>(l);
    case Dropout2d:
      return std::make_unique<eigen::Dropout>(l, l.in.rows * l.in.columns, static_cast<int>(index));
    case model::LayerKind::Dropout:
      return std::make_unique<eigen::Dropout>(l, 1, static_cast<int>(index));
    case model::LayerKind::Linear:
      return std::make_unique<eigen::Linear>(model, l);
    case model::LayerKind::Softmax:
      return std::make_unique<eigen::Softmax>(l);
    case model::LayerKind::Synapse:
      return std::make_unique<eigen::Synapse>(model, l, threads);
    case model::LayerKind::BatchNorm1d:
      return std::make_unique<eigen::BatchNorm1d>(model, l);
    case model::LayerKind::LogSoftmax:
      return std::make_unique<eigen::LogSoftmax>(l);
  }
  return nullptr;
}

}  // namespace synann::compute::eigen
