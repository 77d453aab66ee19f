// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "engine/compute/eigen/layers.h"
#include "engine/compute/exact/index.h"

namespace synann::compute::eigen {
namespace {

using exact::wide;
using model::Layer;

// Σ term(k), in eight sums side by side that need not wait for each other.
template <class Term>
double sum_of(int count, const Term& term) {
  constexpr int kSums = 8;
  double sums[kSums] = {}, sum = 0;
  int k = 0;
  for (; k + kSums <= count; k += kSums)
    for (int l = 0; l < kSums; ++l) sums[l] += term(k + l);
  for (; k < count; ++k) sum += term(k);
  for (const double part : sums) sum += part;
  return sum;
}

// A task is a channel: its statistics are those of batch · rows · columns numbers.
class BatchNorm2d final : public EigenLayer {
 public:
  BatchNorm2d(const model::Model& model, const Layer& l)
      : at_(model, l),
        running_mean_(model.parameters.find(l.name + ".running_mean")->offset),
        running_var_(model.parameters.find(l.name + ".running_var")->offset),
        channels_(l.in.channels),
        places_(l.in.rows * l.in.columns),
        mean_(static_cast<std::size_t>(channels_)),
        inverse_(mean_.size()) {}

  int forward_tasks(const Pass& p) const override { return p.mode == Mode::Training ? channels_ : 0; }
  void forward_task(const Pass& p, int channel, int) override {
    const auto f = static_cast<std::size_t>(channel);
    const double count = static_cast<double>(p.batch) * places_;
    double sum = 0, squares = 0;
    for (int s = 0; s < p.batch; ++s) {
      const float* x = p.x + plane(s, channel);
      sum += sum_of(places_, [&](int k) { return wide(x[k]); });
    }
    const double mean = sum / count;
    for (int s = 0; s < p.batch; ++s) {
      const float* x = p.x + plane(s, channel);
      squares += sum_of(places_, [&](int k) { return (wide(x[k]) - mean) * (wide(x[k]) - mean); });
    }
    mean_[f] = mean;
    inverse_[f] = 1.0 / std::sqrt(squares / count + kBatchNormEpsilon);
    p.gradients[running_mean_ + f] = static_cast<float>(mean);
    p.gradients[running_var_ + f] = static_cast<float>(squares / std::max(1.0, count - 1));
    for (int s = 0; s < p.batch; ++s) normalise(p, s, channel, mean, inverse_[f]);
  }
  void forward_chunk(const Pass& p, Chunk c, int) override {
    if (p.mode == Mode::Training) return;
    for (int channel = 0; channel < channels_; ++channel) {
      const auto f = static_cast<std::size_t>(channel);
      const double inverse =
          1.0 / std::sqrt(static_cast<double>(p.values[running_var_ + f]) + kBatchNormEpsilon);
      for (int s = c.first; s < c.first + c.count; ++s)
        normalise(p, s, channel, static_cast<double>(p.values[running_mean_ + f]), inverse);
    }
  }

  int backward_tasks(const Pass&) const override { return channels_; }
  // dx = w inverse (dy − mean(dy) − x̂ mean(dy x̂))
  void backward_task(const Pass& p, int channel, int) override {
    const auto f = static_cast<std::size_t>(channel);
    const double count = static_cast<double>(p.batch) * places_, mean = mean_[f], inverse = inverse_[f];
    double sum = 0, dot = 0;
    for (int s = 0; s < p.batch; ++s) {
      const float *x = p.x + plane(s, channel), *dy = p.dy + plane(s, channel);
      sum += sum_of(places_, [&](int k) { return wide(dy[k]); });
      dot += sum_of(places_, [&](int k) { return wide(dy[k]) * (wide(x[k]) - mean); });
    }
    dot *= inverse;
    p.gradients[at_.weight + f] = static_cast<float>(dot);
    p.gradients[at_.bias + f] = static_cast<float>(sum);
    if (p.dx == nullptr) return;
    const double scale = static_cast<double>(p.values[at_.weight + f]) * inverse, mean_dy = sum / count,
                 slope = inverse * dot / count;
    for (int s = 0; s < p.batch; ++s) {
      const float *x = p.x + plane(s, channel), *dy = p.dy + plane(s, channel);
      float* dx = p.dx + plane(s, channel);
      for (int k = 0; k < places_; ++k)
        dx[k] = static_cast<float>(
            scale * (static_cast<double>(dy[k]) - mean_dy - (static_cast<double>(x[k]) - mean) * slope));
    }
  }

 private:
  std::size_t plane(int sample, int channel) const {
    return size(sample, channels_ * places_) + size(channel, places_);
  }
  void normalise(const Pass& p, int sample, int channel, double mean, double inverse) const {
    const auto f = static_cast<std::size_t>(channel);
    const double weight = static_cast<double>(p.values[at_.weight + f]) * inverse,
                 bias = static_cast<double>(p.values[at_.bias + f]);
    const float* x = p.x + plane(sample, channel);
    float* y = p.y + plane(sample, channel);
    for (int k = 0; k < places_; ++k)
      y[k] = static_cast<float>(weight * (static_cast<double>(x[k]) - mean) + bias);
  }

  Offsets at_;
  std::size_t running_mean_, running_var_;
  int channels_, places_;
  std::vector<double> mean_, inverse_;  // [channels]
};

}  // namespace

std::unique_ptr<EigenLayer> make_batch_norm2d(const model::Model& model, const Layer& l) {
  return std::make_unique<BatchNorm2d>(model, l);
}

}  // namespace synann::compute::eigen
