// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "engine/compute/eigen/layers.h"
#include "engine/compute/exact/index.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;

// Plain convolution as im2col and a matrix product per sample; each chunk sums its own gradient.
class Conv2d final : public EigenLayer {
 public:
  Conv2d(const model::Model& model, const Layer& l, int threads, const Kernels& kernels)
      : kernels_(kernels),
        l_(l),
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
      kernels_.multiply(l_.result.channels, places_, patch_, p.values + at_.weight, columns, y, true);
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
      kernels_.multiply_bt(l_.result.channels, patch_, places_, dy, columns, weight_sum, patch_, true);
      for (int o = 0; o < l_.result.channels; ++o) {
        float sum = 0;
        for (int k = 0; k < places_; ++k) sum += dy[size(o, places_) + static_cast<std::size_t>(k)];
        bias_sum[o] += sum;
      }
      if (p.dx == nullptr) continue;
      kernels_.multiply_at(patch_, places_, l_.result.channels, p.values + at_.weight, patch_, dy, delta,
                           false);
      scatter_patches(delta, p.dx + size(s, l_.in.size()));
    }
  }

  void prepare(const Pass& p) override {
    partials_.resize(static_cast<std::size_t>(p.chunks) * partial_size());
  }
  std::vector<Written> chunks_written(const Pass& p) override {
    return {Written::blocks(partials_.data(), partial_size(), Written::each(p.chunks))};
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
            std::copy_n(x + exact::at(i, r + u, v, l_.in.rows, l_.in.columns), l_.result.columns, columns);
          }
  }
  void scatter_patches(const float* columns, float* x) const {
    std::fill_n(x, l_.in.size(), 0.0f);
    for (int i = 0; i < l_.in.channels; ++i)
      for (int u = 0; u < l_.kernel; ++u)
        for (int v = 0; v < l_.kernel; ++v)
          for (int r = 0; r < l_.result.rows; ++r, columns += l_.result.columns) {
            float* row = x + exact::at(i, r + u, v, l_.in.rows, l_.in.columns);
            for (int c = 0; c < l_.result.columns; ++c) row[c] += columns[c];
          }
  }
  std::size_t partial_size() const { return size(l_.result.channels, patch_ + 1); }
  float* partial(const Pass&, int chunk) {
    return partials_.data() + static_cast<std::size_t>(chunk) * partial_size();
  }

  const Kernels& kernels_;
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
    if (p.dx == nullptr) return;
    const auto outputs = static_cast<std::size_t>(l_.result.size());
    for (int s = c.first; s < c.first + c.count; ++s) {
      const std::int32_t* where = where_.data() + size(s, l_.result.size());
      const float* dy = p.dy + size(s, l_.result.size());
      float* dx = p.dx + size(s, l_.in.size());
      std::fill_n(dx, l_.in.size(), 0.0f);
      for (std::size_t k = 0; k < outputs; ++k) dx[where[k]] += dy[k];
    }
  }

 private:
  // The first largest, or the last NaN, with selections in place of branches, which the noise of pixels would
  // mispredict.
  void pool(const float* x, float* y, std::int32_t* where) const {
    const int k = l_.kernel, step = l_.step(), width = l_.in.columns;
    for (int ch = 0; ch < l_.in.channels; ++ch)
      for (int r = 0; r < l_.result.rows; ++r)
        for (int c = 0; c < l_.result.columns; ++c) {
          const int corner = (ch * l_.in.rows + r * step) * width + c * step;
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

class AvgPool2d final : public EigenLayer {
 public:
  explicit AvgPool2d(const Layer& l) : l_(l) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    for (int s = c.first; s < c.first + c.count; ++s) {
      const float* x = p.x + size(s, l_.in.size());
      float* y = p.y + size(s, l_.result.size());
      each_window([&](int corner) {
        float sum = 0;
        each_pixel(corner, [&](int pixel) { sum += x[pixel]; });
        *y++ = sum / static_cast<float>(l_.kernel * l_.kernel);
      });
    }
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    const bool overlap = l_.step() < l_.kernel;
    for (int s = c.first; s < c.first + c.count; ++s) {
      const float* dy = p.dy + size(s, l_.result.size());
      float* dx = p.dx + size(s, l_.in.size());
      std::fill_n(dx, l_.in.size(), 0.0f);  // what no window covers has no gradient
      if (overlap) {
        each_window([&](int corner) {
          const float share = *dy++ / static_cast<float>(l_.kernel * l_.kernel);
          each_pixel(corner, [&](int pixel) { dx[pixel] += share; });
        });
      } else {
        each_window([&](int corner) {
          const float share = *dy++ / static_cast<float>(l_.kernel * l_.kernel);
          each_pixel(corner, [&](int pixel) { dx[pixel] = share; });
        });
      }
    }
  }

 private:
  // In the order of the outputs, each with the place of its window's first pixel.
  template <class Visit>
  void each_window(const Visit& visit) const {
    const int step = l_.step();
    for (int ch = 0; ch < l_.in.channels; ++ch)
      for (int r = 0; r < l_.result.rows; ++r)
        for (int c = 0; c < l_.result.columns; ++c)
          visit((ch * l_.in.rows + r * step) * l_.in.columns + c * step);
  }
  template <class Visit>
  void each_pixel(int corner, const Visit& visit) const {
    for (int u = 0; u < l_.kernel; ++u)
      for (int v = 0; v < l_.kernel; ++v) visit(corner + u * l_.in.columns + v);
  }

  Layer l_;
};

}  // namespace

std::unique_ptr<EigenLayer> make_conv2d(const model::Model& model, const Layer& l, int threads,
                                        const Kernels& kernels) {
  return std::make_unique<Conv2d>(model, l, threads, kernels);
}
std::unique_ptr<EigenLayer> make_max_pool2d(const Layer& l) {
  return std::make_unique<MaxPool2d>(l);
}
std::unique_ptr<EigenLayer> make_avg_pool2d(const Layer& l) {
  return std::make_unique<AvgPool2d>(l);
}

}  // namespace synann::compute::eigen
