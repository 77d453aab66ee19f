// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "engine/compute/eigen/layers.h"
#include "engine/compute/eigen/synapse_parameters.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;
using model::LayerKind;

// One number of each number: value(x), and slope(x, y) = dy/dx.
template <class Value, class Slope>
class ElementWise final : public EigenLayer {
 public:
  ElementWise(const Layer& l, Value value, Slope slope) : n_(l.in.size()), value_(value), slope_(slope) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    const std::size_t end = size(c.first + c.count, n_);
    for (std::size_t k = size(c.first, n_); k < end; ++k) p.y[k] = value_(p.x[k]);
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    const std::size_t end = size(c.first + c.count, n_);
    for (std::size_t k = size(c.first, n_); k < end; ++k) p.dx[k] = p.dy[k] * slope_(p.x[k], p.y[k]);
  }

 private:
  int n_;
  Value value_;
  Slope slope_;
};

std::unique_ptr<EigenLayer> make_sigmoid(const Layer& l) {
  const auto value = [](float x) { return sigmoid_of(x); };
  const auto slope = [](float, float y) { return y * (1 - y); };
  return std::make_unique<ElementWise<decltype(value), decltype(slope)>>(l, value, slope);
}

std::unique_ptr<EigenLayer> make_tanh(const Layer& l) {
  const auto value = [](float x) { return std::tanh(x); };
  const auto slope = [](float, float y) { return 1 - y * y; };
  return std::make_unique<ElementWise<decltype(value), decltype(slope)>>(l, value, slope);
}

// A NaN is between no bounds, and passes.
std::unique_ptr<EigenLayer> make_clamp(const Layer& l) {
  const auto least = static_cast<float>(l.least), most = static_cast<float>(l.most);
  const auto value = [least, most](float x) { return std::clamp(x, least, most); };
  const auto slope = [least, most](float x, float) { return x >= least && x <= most ? 1.0f : 0.0f; };
  return std::make_unique<ElementWise<decltype(value), decltype(slope)>>(l, value, slope);
}

// y = a σ(b), where a is the first half of a sample's features and b the second.
class Glu final : public EigenLayer {
 public:
  explicit Glu(const Layer& l) : half_(l.result.size()) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    for (int s = c.first; s < c.first + c.count; ++s) {
      const float *a = p.x + 2 * size(s, half_), *b = a + half_;
      float* y = p.y + size(s, half_);
      for (int i = 0; i < half_; ++i) y[i] = a[i] * sigmoid_of(b[i]);
    }
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    for (int s = c.first; s < c.first + c.count; ++s) {
      const float *a = p.x + 2 * size(s, half_), *b = a + half_, *dy = p.dy + size(s, half_);
      float *da = p.dx + 2 * size(s, half_), *db = da + half_;
      for (int i = 0; i < half_; ++i) {
        const float gate = sigmoid_of(b[i]);
        da[i] = dy[i] * gate;
        db[i] = dy[i] * a[i] * gate * (1 - gate);
      }
    }
  }

 private:
  int half_;
};

// y = scale · p with p = softmax(x / temperature).
class ScaledSoftmax final : public EigenLayer {
 public:
  explicit ScaledSoftmax(const Layer& l)
      : n_(l.in.size()),
        coldness_(static_cast<float>(1 / l.temperature)),
        scale_(l.scale),
        slope_(1 / l.temperature) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    for (int s = c.first; s < c.first + c.count; ++s) {
      const float* x = p.x + size(s, n_);
      float* y = p.y + size(s, n_);
      const float top = *std::max_element(x, x + n_);
      double sum = 0;
      for (int i = 0; i < n_; ++i) {
        y[i] = std::exp((x[i] - top) * coldness_);
        sum += static_cast<double>(y[i]);
      }
      for (int i = 0; i < n_; ++i) y[i] = static_cast<float>(static_cast<double>(y[i]) / sum * scale_);
    }
  }
  // dx_i = y_i (dy_i − Σ_k dy_k p_k) / temperature
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    for (int s = c.first; s < c.first + c.count; ++s) {
      const float *y = p.y + size(s, n_), *dy = p.dy + size(s, n_);
      float* dx = p.dx + size(s, n_);
      double dot = 0;
      for (int i = 0; i < n_; ++i) dot += static_cast<double>(dy[i]) * static_cast<double>(y[i]);
      if (scale_ != 0) dot /= scale_;
      for (int i = 0; i < n_; ++i)
        dx[i] = static_cast<float>(slope_ * static_cast<double>(y[i]) * (static_cast<double>(dy[i]) - dot));
    }
  }

 private:
  int n_;
  float coldness_;
  double scale_, slope_;
};

// y = x; behind it the gradient comes on two ways, through the block and past it.
class ResidualBegin final : public EigenLayer {
 public:
  explicit ResidualBegin(const Layer& l) : n_(l.in.size()) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    const std::size_t begin = size(c.first, n_);
    std::copy_n(p.x + begin, size(c.count, n_), p.y + begin);
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    const std::size_t end = size(c.first + c.count, n_);
    for (std::size_t k = size(c.first, n_); k < end; ++k) p.dx[k] = p.dy[k] + p.kept[k];
  }

 private:
  int n_;
};

class ResidualEnd final : public EigenLayer {
 public:
  explicit ResidualEnd(const Layer& l) : n_(l.in.size()) {}
  void forward_chunk(const Pass& p, Chunk c, int) override {
    const std::size_t end = size(c.first + c.count, n_);
    for (std::size_t k = size(c.first, n_); k < end; ++k) p.y[k] = p.x[k] + p.kept[k];
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    const std::size_t begin = size(c.first, n_);
    std::copy_n(p.dy + begin, size(c.count, n_), p.dx + begin);  // a begin stands before it, so dx is there
  }

 private:
  int n_;
};

}  // namespace

std::unique_ptr<EigenLayer> make_activation(const Layer& l) {
  switch (l.kind) {
    case LayerKind::Sigmoid:
      return make_sigmoid(l);
    case LayerKind::Tanh:
      return make_tanh(l);
    case LayerKind::Clamp:
      return make_clamp(l);
    case LayerKind::Glu:
      return std::make_unique<Glu>(l);
    case LayerKind::Softmax:
      return std::make_unique<ScaledSoftmax>(l);
    case LayerKind::ResidualBegin:
      return std::make_unique<ResidualBegin>(l);
    case LayerKind::ResidualEnd:
      return std::make_unique<ResidualEnd>(l);
    case LayerKind::AvgPool2d:
    case LayerKind::Conv2d:
    case LayerKind::MaxPool2d:
    case LayerKind::GlobalAvgPool2d:
    case LayerKind::GlobalMaxPool2d:
    case LayerKind::Relu:
    case LayerKind::Dropout2d:
    case LayerKind::Dropout:
    case LayerKind::Linear:
    case LayerKind::Synapse:
    case LayerKind::BatchNorm1d:
    case LayerKind::BatchNorm2d:
    case LayerKind::SynaRnn:
    case LayerKind::LogSoftmax:
      break;  // none of these
  }
  return nullptr;
}

}  // namespace synann::compute::eigen
