// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "engine/compute/eigen/layers.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;

// The statistics of a channel are those of batch · rows · columns numbers: sums of each sample, added in the
// order of the samples.
class BatchNorm2d final : public EigenLayer {
 public:
  BatchNorm2d(const model::Model& model, const Layer& l, const Kernels& kernels)
      : kernels_(kernels),
        at_(model, l),
        running_mean_(model.parameters.find(l.name + ".running_mean")->offset),
        running_var_(model.parameters.find(l.name + ".running_var")->offset),
        channels_(l.in.channels),
        places_(l.in.rows * l.in.columns),
        mean_(static_cast<std::size_t>(channels_)),
        inverse_(mean_.size()),
        mean_dy_(mean_.size()),
        slope_(mean_.size()) {}

  void prepare(const Pass& p) override {
    if (p.mode == Mode::Training) sums_.resize(2 * size(p.batch, channels_));
  }

  // The mean; then the squares of what differs from it.
  int forward_rounds(const Pass& p) const override { return p.mode == Mode::Training ? 2 : 0; }
  void measure_forward(const Pass& p, int round, Chunk c) override {
    for (int s = c.first; s < c.first + c.count; ++s)
      for (int channel = 0; channel < channels_; ++channel) {
        const float* x = p.x + plane(s, channel);
        sums_of(s, channel)[0] = round == 0 ? kernels_.sum(places_, x)
                                            : kernels_.sum_of_squares(places_, x, mean_[size(channel, 1)]);
      }
  }
  void end_forward_round(const Pass& p, int round) override {
    const double count = static_cast<double>(p.batch) * places_;
    for (int channel = 0; channel < channels_; ++channel) {
      const auto f = static_cast<std::size_t>(channel);
      double sum = 0;
      for (int s = 0; s < p.batch; ++s) sum += sums_of(s, channel)[0];
      if (round == 0) {
        mean_[f] = sum / count;
        continue;
      }
      inverse_[f] = 1.0 / std::sqrt(sum / count + kBatchNormEpsilon);
      p.gradients[running_mean_ + f] = static_cast<float>(mean_[f]);
      p.gradients[running_var_ + f] = static_cast<float>(sum / std::max(1.0, count - 1));
    }
  }
  void forward_chunk(const Pass& p, Chunk c, int) override {
    for (int channel = 0; channel < channels_; ++channel) {
      const auto f = static_cast<std::size_t>(channel);
      double mean = mean_[f], inverse = inverse_[f];
      if (p.mode != Mode::Training) {
        mean = static_cast<double>(p.values[running_mean_ + f]);
        inverse = 1.0 / std::sqrt(static_cast<double>(p.values[running_var_ + f]) + kBatchNormEpsilon);
      }
      for (int s = c.first; s < c.first + c.count; ++s) normalise(p, s, channel, mean, inverse);
    }
  }

  // dx = w inverse (dy − mean(dy) − x̂ mean(dy x̂))
  bool has_backward_round() const override { return true; }
  void measure_backward(const Pass& p, Chunk c) override {
    for (int s = c.first; s < c.first + c.count; ++s)
      for (int channel = 0; channel < channels_; ++channel)
        kernels_.sums_of_gradient(places_, p.x + plane(s, channel), p.dy + plane(s, channel),
                                  mean_[size(channel, 1)], sums_of(s, channel));
  }
  void end_backward_round(const Pass& p) override {
    const double count = static_cast<double>(p.batch) * places_;
    for (int channel = 0; channel < channels_; ++channel) {
      const auto f = static_cast<std::size_t>(channel);
      double sum = 0, dot = 0;
      for (int s = 0; s < p.batch; ++s) {
        sum += sums_of(s, channel)[0];
        dot += sums_of(s, channel)[1];
      }
      dot *= inverse_[f];
      p.gradients[at_.weight + f] = static_cast<float>(dot);
      p.gradients[at_.bias + f] = static_cast<float>(sum);
      mean_dy_[f] = sum / count;
      slope_[f] = inverse_[f] * dot / count;
    }
  }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    for (int channel = 0; channel < channels_; ++channel) {
      const auto f = static_cast<std::size_t>(channel);
      const double scale = static_cast<double>(p.values[at_.weight + f]) * inverse_[f], mean = mean_[f],
                   mean_dy = mean_dy_[f], slope = slope_[f];
      for (int s = c.first; s < c.first + c.count; ++s)
        kernels_.normalise_gradient(places_, p.x + plane(s, channel), p.dy + plane(s, channel), scale, mean,
                                    mean_dy, slope, p.dx + plane(s, channel));
    }
  }

  std::vector<Written> measured(const Pass& p) override {
    return {Written::blocks(sums_.data(), 2 * size(channels_, 1), chunk_bounds(p.batch))};
  }

 private:
  std::size_t plane(int sample, int channel) const {
    return size(sample, channels_ * places_) + size(channel, places_);
  }
  double* sums_of(int sample, int channel) {
    return sums_.data() + 2 * (size(sample, channels_) + size(channel, 1));
  }
  void normalise(const Pass& p, int sample, int channel, double mean, double inverse) const {
    const auto f = static_cast<std::size_t>(channel);
    const double weight = static_cast<double>(p.values[at_.weight + f]) * inverse,
                 bias = static_cast<double>(p.values[at_.bias + f]);
    kernels_.normalise(places_, p.x + plane(sample, channel), weight, mean, bias,
                       p.y + plane(sample, channel));
  }

  const Kernels& kernels_;
  Offsets at_;
  std::size_t running_mean_, running_var_;
  int channels_, places_;
  std::vector<double> mean_, inverse_, mean_dy_, slope_;  // [channels]
  std::vector<double> sums_;                              // [batch, channels, 2]
};

}  // namespace

std::unique_ptr<EigenLayer> make_batch_norm2d(const model::Model& model, const Layer& l,
                                              const Kernels& kernels) {
  return std::make_unique<BatchNorm2d>(model, l, kernels);
}

}  // namespace synann::compute::eigen
