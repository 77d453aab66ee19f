// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>

#include "engine/compute/eigen/layers.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;

// The maximum of each channel, the first of equal ones; as with windows, the last NaN stays visible.
class GlobalMaxPool2d final : public EigenLayer {
 public:
  explicit GlobalMaxPool2d(const Layer& l) : channels_(l.in.channels), places_(l.in.rows * l.in.columns) {}
  void prepare(const Pass& p) override { where_.resize(size(p.batch, channels_)); }
  void forward_chunk(const Pass& p, Chunk c, int) override {
    for (std::size_t plane = size(c.first, channels_); plane < size(c.first + c.count, channels_); ++plane) {
      const float* x = p.x + plane * static_cast<std::size_t>(places_);
      int best = 0;
      for (int k = 1; k < places_; ++k) best = (x[k] > x[best]) | (x[k] != x[k]) ? k : best;
      p.y[plane] = x[best];
      where_[plane] = best;
    }
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    for (std::size_t plane = size(c.first, channels_); plane < size(c.first + c.count, channels_); ++plane) {
      float* dx = p.dx + plane * static_cast<std::size_t>(places_);
      std::fill_n(dx, places_, 0.0f);
      dx[where_[plane]] = p.dy[plane];
    }
  }

 private:
  int channels_, places_;
  std::vector<std::int32_t> where_;  // [batch, channels]: inside the channel
};

class GlobalAvgPool2d final : public EigenLayer {
 public:
  explicit GlobalAvgPool2d(const Layer& l) : channels_(l.in.channels), places_(l.in.rows * l.in.columns) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    for (std::size_t plane = size(c.first, channels_); plane < size(c.first + c.count, channels_); ++plane) {
      const float* x = p.x + plane * static_cast<std::size_t>(places_);
      double sum = 0;
      for (int k = 0; k < places_; ++k) sum += static_cast<double>(x[k]);
      p.y[plane] = static_cast<float>(sum / places_);
    }
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    for (std::size_t plane = size(c.first, channels_); plane < size(c.first + c.count, channels_); ++plane)
      std::fill_n(p.dx + plane * static_cast<std::size_t>(places_), places_,
                  p.dy[plane] / static_cast<float>(places_));
  }

 private:
  int channels_, places_;
};

}  // namespace

std::unique_ptr<EigenLayer> make_global_max_pool2d(const Layer& l) {
  return std::make_unique<GlobalMaxPool2d>(l);
}
std::unique_ptr<EigenLayer> make_global_avg_pool2d(const Layer& l) {
  return std::make_unique<GlobalAvgPool2d>(l);
}

}  // namespace synann::compute::eigen
