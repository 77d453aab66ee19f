// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/cell_effects.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/core/thread_pool.h"

namespace synann::infer {
namespace {

constexpr int kChunk = 32;                     // samples
constexpr std::size_t kWaveBytes = 32u << 20;  // of the sums that are in memory at a time
constexpr int kOrder = 8;                      // of the series below
constexpr double kNear = 0.1;  // |exponent| up to which the series is used: its error is below 1e-9 nats

// All cells of one sample. The product of a unit without one factor comes from the products before and behind
// it, so that factors of zero do no harm. With p the probabilities, a_k what a unit adds to logit k for each
// unit of its output, and d the change of that output, the loss changes by
//   log Σ_k p_k exp((a_k − a_t) d),   t the true class.
class SampleEffects {
 public:
  explicit SampleEffects(const CellEffects& e)
      : e_(e),
        n_(static_cast<std::size_t>(e.head.n)),
        classes_(static_cast<std::size_t>(e.head.classes)),
        x_(n_),
        y_(n_),
        prefix_(n_ + 1),
        change_(n_),
        probability_(classes_),
        slope_(classes_) {}

  // Adds this sample's changes to sums [n, n].
  void add(const float* x, int label, double* sums) {
    std::copy_n(x, n_, x_.begin());
    take_probabilities();
    for (std::size_t i = 0; i < n_; ++i) {
      const double reach = take_changes(i), steepest = take_slopes(i, static_cast<std::size_t>(label));
      double* row = sums + i * n_;
      take_series();
      if (reach * steepest <= kNear) {
        for (std::size_t j = 0; j < n_; ++j) row[j] += by_series(change_[j]);
      } else {
        for (std::size_t j = 0; j < n_; ++j)
          row[j] += std::abs(change_[j]) * steepest <= kNear ? by_series(change_[j]) : exactly(change_[j]);
      }
    }
  }

 private:
  double product_of(std::size_t i) const {
    const double* beta = &e_.beta[i * n_];
    double product = e_.alpha[i] * x_[i];
    for (std::size_t j = 0; j < n_; ++j) product *= 1 - beta[j] * x_[j];
    return product;
  }

  void take_probabilities() {
    for (std::size_t i = 0; i < n_; ++i) y_[i] = product_of(i);
    double top = -std::numeric_limits<double>::infinity(), total = 0;
    for (std::size_t k = 0; k < classes_; ++k) {
      double logit = e_.head.bias[k];
      for (std::size_t i = 0; i < n_; ++i) logit += e_.head.weight[k * n_ + i] * y_[i];
      probability_[k] = logit;
      top = std::max(top, logit);
    }
    for (double& p : probability_) total += p = std::exp(p - top);
    for (double& p : probability_) p /= total;
  }

  // change_[j]: of y_i when β_ij becomes the value; returns the largest |change|.
  double take_changes(std::size_t i) {
    const double *beta = &e_.beta[i * n_], own = e_.alpha[i] * x_[i];
    prefix_[0] = own;
    for (std::size_t j = 0; j < n_; ++j) prefix_[j + 1] = prefix_[j] * (1 - beta[j] * x_[j]);
    double behind = 1, reach = 0;
    for (std::size_t j = n_; j-- > 0;) {
      // (1 − v x) − (1 − β x), times all the others.
      change_[j] = prefix_[j] * behind * ((beta[j] - e_.value) * x_[j]);
      behind *= 1 - beta[j] * x_[j];
      reach = std::max(reach, std::abs(change_[j]));
    }
    return reach;
  }

  double take_slopes(std::size_t i, std::size_t label) {
    double steepest = 0;
    const double own = e_.head.weight[label * n_ + i];
    for (std::size_t k = 0; k < classes_; ++k) {
      slope_[k] = e_.head.weight[k * n_ + i] - own;
      steepest = std::max(steepest, std::abs(slope_[k]));
    }
    return steepest;
  }

  // log (1 + Σ_r m_r d^r) as a series in d, m_r = Σ_k p_k a_k^r / r!; its coefficients c follow from
  // r c_r = r m_r − Σ_{q<r} q c_q m_{r−q}.
  void take_series() {
    double m[kOrder + 1] = {}, *c = series_;
    for (std::size_t k = 0; k < classes_; ++k) {
      double term = probability_[k];
      for (int r = 1; r <= kOrder; ++r) m[r] += term *= slope_[k] / r;
    }
    for (int r = 1; r <= kOrder; ++r) {
      double rest = r * m[r];
      for (int q = 1; q < r; ++q) rest -= q * c[q] * m[r - q];
      c[r] = rest / r;
    }
  }

  double by_series(double d) const {
    double sum = series_[kOrder];
    for (int r = kOrder - 1; r >= 1; --r) sum = sum * d + series_[r];
    return sum * d;
  }

  double exactly(double d) const {
    double top = -std::numeric_limits<double>::infinity(), total = 0;
    for (std::size_t k = 0; k < classes_; ++k)
      if (probability_[k] > 0) top = std::max(top, slope_[k] * d);
    for (std::size_t k = 0; k < classes_; ++k)
      if (probability_[k] > 0) total += probability_[k] * std::exp(slope_[k] * d - top);
    return top + std::log(total);
  }

  const CellEffects& e_;
  std::size_t n_, classes_;
  std::vector<double> x_, y_, prefix_, change_;
  std::vector<double> probability_, slope_;
  double series_[kOrder + 1] = {};
};

}  // namespace

Result<std::vector<double>> sum_effects(const CellEffects& effects, std::span<const float> x,
                                        std::span<const std::uint8_t> labels, int threads, const Work& work) {
  const auto n = static_cast<std::size_t>(effects.head.n), cells = n * n;
  const int count = static_cast<int>(labels.size()), chunks = (count + kChunk - 1) / kChunk;
  ThreadPool pool(threads > 0 ? threads : hardware_threads());
  const auto fitting = static_cast<int>(std::min<std::size_t>(64, kWaveBytes / (cells * sizeof(double))));
  const int wave = std::max(1, std::min(chunks, std::max(fitting, pool.threads())));
  std::vector<double> sums(cells), parts(static_cast<std::size_t>(wave) * cells);
  std::vector<SampleEffects> samples(static_cast<std::size_t>(pool.threads()), SampleEffects(effects));
  for (int first = 0; first < chunks; first += wave) {
    const int size = std::min(wave, chunks - first);
    pool.run(size, [&](int index, int thread) {
      double* part = parts.data() + static_cast<std::size_t>(index) * cells;
      std::fill_n(part, cells, 0.0);
      const int begin = (first + index) * kChunk, end = std::min(count, begin + kChunk);
      for (int s = begin; s < end && !work.stopped(); ++s)
        samples[static_cast<std::size_t>(thread)].add(x.data() + static_cast<std::size_t>(s) * n,
                                                      labels[static_cast<std::size_t>(s)], part);
    });
    if (work.stopped()) return interrupted();
    for (int index = 0; index < size; ++index)
      for (std::size_t k = 0; k < cells; ++k) sums[k] += parts[static_cast<std::size_t>(index) * cells + k];
    work.tell(std::min(count, (first + size) * kChunk), count);
  }
  return sums;
}

}  // namespace synann::infer
