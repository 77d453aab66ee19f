// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/compute/eigen/layers.h"
#include "engine/compute/eigen/synapse_parameters.h"
#include "engine/core/lines.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;
using model::SynapseOptions;

// What both semantics share: effective α and β, their chain rules, and groups of outputs that sum dx on their
// own.
class SynapseBase : public EigenLayer {
 public:
  SynapseBase(const model::Model& model, const Layer& l)
      : l_(l),
        n_(l.in.size()),
        blocks_((n_ + kOutputs - 1) / kOutputs),
        groups_(std::min(blocks_, kLargestGroups)),
        weight_(model.parameters.find(l.name + ".weight")->offset),
        alpha_parameter_(model.parameters.find(l.name + ".alpha")),
        alpha_(static_cast<std::size_t>(n_), 1.0f) {}

  void prepare(const Pass& p) override {
    beta_ = p.values + weight_;
    if (l_.synapse.beta != SynapseOptions::Beta::Free ||
        l_.synapse.diagonal != SynapseOptions::Diagonal::Keep) {
      own_beta_.resize(size(n_, n_));
      find_beta(l_.synapse, n_, p.values + weight_, own_beta_.data());
      beta_ = own_beta_.data();
    }
    for (int i = 0; alpha_parameter_ && i < n_; ++i)
      alpha_[static_cast<std::size_t>(i)] = alpha_of(l_.synapse.alpha, alpha_at(p)[i]);
  }

  // The chain rule by w and a once all of dβ stands in the gradient block.
  int gradient_tasks(const Pass&) const override { return plain() ? 0 : 1; }
  void gradient_task(const Pass& p, int, int) override {
    chain_weights(l_.synapse, n_, p.values + weight_, beta_, p.gradients + weight_);
    if (!alpha_parameter_) return;
    for (int i = 0; i < n_; ++i) {
      p.gradients[alpha_parameter_->offset + static_cast<std::size_t>(i)] *=
          alpha_slope_of(l_.synapse.alpha, alpha_at(p)[i]);
    }
  }

 protected:
  static constexpr int kLargestGroups = 16;  // bounds the memory of partial sums for large n

  bool plain() const { return l_.synapse == SynapseOptions{.semantics = l_.synapse.semantics}; }
  const float* alpha_at(const Pass& p) const {
    return alpha_parameter_ ? p.values + alpha_parameter_->offset : nullptr;
  }
  // Zeroed; one group's sum of dx [batch, n].
  float* open_partial_dx(const Pass& p, int group) {
    float* dx = partial_dx_.data() + static_cast<std::size_t>(group) * size(p.batch, n_);
    std::fill_n(dx, size(p.batch, n_), 0.0f);
    return dx;
  }
  void resize_partial_dx(const Pass& p) {
    partial_dx_.resize(static_cast<std::size_t>(groups_) * size(p.batch, n_));
  }
  void sum_partial_dx(const Pass& p, Chunk c) {
    if (p.dx == nullptr) return;
    const std::size_t block = size(p.batch, n_);
    for (std::size_t k = size(c.first, n_); k < size(c.first + c.count, n_); ++k) {
      float sum = 0;
      for (int g = 0; g < groups_; ++g) sum += partial_dx_[static_cast<std::size_t>(g) * block + k];
      p.dx[k] = sum;
    }
  }
  void set_dalpha(const Pass& p, int i, float value) const {
    if (alpha_parameter_) p.gradients[alpha_parameter_->offset + static_cast<std::size_t>(i)] = value;
  }

  Layer l_;
  int n_, blocks_, groups_;
  std::size_t weight_;
  const Parameter* alpha_parameter_;  // null for Alpha::One
  std::vector<float> alpha_;          // [n]
  const float* beta_ = nullptr;       // [n, n]: the weights themselves where they are β

 private:
  std::vector<float> own_beta_;    // where they are not
  std::vector<float> partial_dx_;  // [groups, batch, n]
};

// The layer as published. Samples are the lanes of vectors, so activations are kept transposed, [n, width];
// a forward task is a block of outputs, a backward task a few inputs, of which it finishes all gradients. The
// gradient divides by products of factors: where one may come near zero, the general kernel with prefix and
// suffix products takes over.
class Synapse final : public SynapseBase {
 public:
  Synapse(const model::Model& model, const Layer& l, int threads, const Kernels& kernels)
      : SynapseBase(model, l), kernels_(kernels), scratch_(static_cast<std::size_t>(threads)) {}

  void prepare(const Pass& p) override {
    SynapseBase::prepare(p);
    width_ = (p.batch + kOutputs - 1) / kOutputs * kOutputs;
    xt_.resize(size((n_ + kInputs - 1) / kInputs * kInputs, width_));
    product_.resize(size(n_, width_));
    if (p.mode == Mode::Training) {
      ct_.resize(size(n_, width_));
      dyt_.resize(size(n_, width_));
    }
    for (auto& s : scratch_) s.resize(size(kOutputs, width_));
  }

  void begin_forward(const Pass& p) override {
    kernels_.transpose(p.batch, n_, p.x, n_, xt_.data(), width_);
    clear_padding(p, xt_);
    std::fill(xt_.begin() + static_cast<std::ptrdiff_t>(size(n_, width_)), xt_.end(), 0.0f);
  }
  int forward_tasks(const Pass&) const override { return blocks_; }
  void forward_task(const Pass& p, int block, int thread) override {
    const int first = block * kOutputs, count = outputs(block);
    float* tile = scratch_[static_cast<std::size_t>(thread)].data();  // [batch, kOutputs]
    kernels_.synapse_product(n_, width_, p.batch, first, count, beta_, xt_.data(), product_.data());
    kernels_.transpose(count, p.batch, product_.data() + size(first, width_), width_, tile, kOutputs);
    for (int s = 0; s < p.batch; ++s, tile += kOutputs) {
      const float *x = p.x + size(s, n_) + first, *alpha = alpha_.data() + first;
      float* y = p.y + size(s, n_) + first;
      for (int l = 0; l < count; ++l) y[l] = alpha[l] * x[l] * tile[l];
    }
  }

  std::vector<Written> forward_written(const Pass& p) override {
    const std::vector<int> bounds = bounds_of(blocks_, kOutputs, n_);
    std::vector<Written> written = {Written::columns(p.y, p.batch, size(n_, 1), bounds)};
    if (p.mode == Mode::Training)
      written.push_back(Written::blocks(product_.data(), size(width_, 1), bounds));
    return written;
  }

  void begin_backward(const Pass& p) override {
    safe_ = kernels_.largest_product(n_, width_, beta_, xt_.data()) < kSafe;
    kernels_.transpose(p.batch, n_, p.dy, n_, dyt_.data(), width_);
    clear_padding(p, dyt_);
    kernels_.synapse_gain(n_, width_, alpha_.data(), dyt_.data(), xt_.data(),
                          safe_ ? product_.data() : nullptr, ct_.data());
    if (safe_) return;
    partial_dxt_.resize(static_cast<std::size_t>(groups_) * size(n_, width_));
    for (auto& s : scratch_) s.resize(std::max(s.size(), 2 * size(n_, kOutputs)));
  }
  int backward_tasks(const Pass&) const override { return safe_ ? blocks_ : groups_; }
  void backward_task(const Pass& p, int task, int thread) override {
    if (!safe_) return backward_group(p, task, thread);
    const int first = task * kOutputs, count = outputs(task);
    const float *dyt = dyt_.data() + size(first, width_), *product = product_.data() + size(first, width_);
    float* dxt = scratch_[static_cast<std::size_t>(thread)].data();
    kernels_.synapse_gradient(n_, width_, p.batch, first, count, beta_, xt_.data(), ct_.data(), dxt,
                              p.gradients + weight_, false);
    kernels_.synapse_direct(count, width_, alpha_.data() + first, dyt, product, dxt);
    if (p.dx != nullptr) kernels_.transpose(count, p.batch, dxt, width_, p.dx + first, n_);
    for (int k = 0; alpha_parameter_ && k < count; ++k) sum_dalpha(p, first + k);
  }
  // The general kernel is for batches that are rare.
  std::vector<Written> backward_written(const Pass& p) override {
    if (!safe_) return {};
    const std::vector<int> bounds = bounds_of(blocks_, kOutputs, n_);
    std::vector<Written> written = {Written::columns(p.gradients + weight_, n_, size(n_, 1), bounds)};
    if (p.dx != nullptr) written.push_back(Written::columns(p.dx, p.batch, size(n_, 1), bounds));
    if (alpha_parameter_)
      written.push_back(Written::blocks(p.gradients + alpha_parameter_->offset, 1, bounds));
    return written;
  }
  bool has_backward_chunks() const override { return !safe_; }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (safe_ || p.dx == nullptr) return;
    for (int s = c.first; s < c.first + c.count; ++s)
      for (int j = 0; j < n_; ++j) {
        const std::size_t at = size(j, width_) + static_cast<std::size_t>(s);
        float sum = alpha_[static_cast<std::size_t>(j)] * dyt_[at] * product_[at];
        for (int g = 0; g < groups_; ++g)
          sum += partial_dxt_[static_cast<std::size_t>(g) * size(n_, width_) + at];
        p.dx[size(s, n_) + static_cast<std::size_t>(j)] = sum;
      }
  }

 private:
  static constexpr float kSafe = 0.9f;  // eight factors of 0.1 multiply to 1e-8: dividing by that is sound

  int outputs(int block) const { return std::min(kOutputs, n_ - block * kOutputs); }

  // Lanes without a sample: they must add nothing.
  void clear_padding(const Pass& p, Lines<float>& block) const {
    for (int i = 0; i < n_; ++i)
      std::fill_n(block.data() + size(i, width_) + p.batch, width_ - p.batch, 0.0f);
  }

  // A group of outputs, which sums its own dx.
  void backward_group(const Pass& p, int group, int thread) {
    const int first = n_ * group / groups_, end = n_ * (group + 1) / groups_;
    float* dxt = partial_dxt_.data() + static_cast<std::size_t>(group) * size(n_, width_);
    std::fill_n(dxt, size(n_, width_), 0.0f);
    kernels_.synapse_gradient_general(n_, width_, p.batch, first, end - first, beta_, xt_.data(), ct_.data(),
                                      dxt, p.gradients + weight_, false,
                                      scratch_[static_cast<std::size_t>(thread)].data());
    for (int i = first; alpha_parameter_ && i < end; ++i) sum_dalpha(p, i);
  }

  void sum_dalpha(const Pass& p, int i) const {
    float dalpha = 0;
    for (std::size_t k = size(i, width_); k < size(i, width_) + static_cast<std::size_t>(p.batch); ++k)
      dalpha += xt_[k] * dyt_[k] * product_[k];
    set_dalpha(p, i, dalpha);
  }

  const Kernels& kernels_;
  int width_ = 0;                         // batch, rounded up to whole vectors
  bool safe_ = true;                      // no factor of this batch is near zero
  Lines<float> xt_, product_, dyt_, ct_;  // [n, width]: x, Π (1 − βx), dy, −α dy x (Π (1 − βx))
  Lines<float> partial_dxt_;              // of the general kernel [groups, n, width]
  std::vector<Lines<float>> scratch_;     // per thread
};

// The original script's variant: one factor per output for the whole batch, so nothing here works sample by
// sample.
class CoupledSynapse final : public SynapseBase {
 public:
  using SynapseBase::SynapseBase;

  int forward_tasks(const Pass&) const override { return blocks_; }
  void forward_task(const Pass& p, int block, int) override {
    for (int i = block * kOutputs; i < std::min(n_, (block + 1) * kOutputs); ++i) {
      const Factor factor = common_factor(p, i);
      const float c = factor.zeros > 0 ? 0.0f : static_cast<float>(factor.product);
      for (int s = 0; s < p.batch; ++s) {
        const std::size_t k = size(s, n_) + static_cast<std::size_t>(i);
        p.y[k] = alpha_[static_cast<std::size_t>(i)] * p.x[k] * c;
      }
    }
  }

  int backward_tasks(const Pass&) const override { return groups_; }
  void begin_backward(const Pass& p) override { resize_partial_dx(p); }
  void backward_chunk(const Pass& p, Chunk c, int) override { sum_partial_dx(p, c); }
  void backward_task(const Pass& p, int group, int) override {
    float* dx = open_partial_dx(p, group);
    for (int i = n_ * group / groups_; i < n_ * (group + 1) / groups_; ++i) {
      backward_row(p, i, dx);
    }
  }

 private:
  // C_i = Π_b Π_j (1 − β_ij x_bj): the product of the factors that are not zero, and how many are.
  struct Factor {
    double product = 1;
    int zeros = 0;
  };
  Factor common_factor(const Pass& p, int i) const {
    const float* beta = beta_ + size(i, n_);
    Factor result;
    for (int s = 0; s < p.batch; ++s) {
      const float* x = p.x + size(s, n_);
      for (int j = 0; j < n_; ++j) {
        const double factor = 1 - static_cast<double>(beta[j]) * static_cast<double>(x[j]);
        if (factor == 0) {
          ++result.zeros;
        } else {
          result.product *= factor;
        }
      }
    }
    return result;
  }

  // With G_i = Σ_b dy_bi α_i x_bi: dβ_ij = −G_i Σ_b x_bj C_i / (1 − β_ij x_bj) and dx_bj −= G_i β_ij C_i / (1
  // − β_ij x_bj), where one zero among the factors leaves its own derivative alone, and two leave none.
  void backward_row(const Pass& p, int i, float* dx) const {
    const auto unit = static_cast<std::size_t>(i);
    const Factor common = common_factor(p, i);
    const double c = common.zeros > 0 ? 0 : common.product, alpha = static_cast<double>(alpha_[unit]);
    double gain = 0;
    for (int s = 0; s < p.batch; ++s) {
      const std::size_t k = size(s, n_) + unit;
      gain += static_cast<double>(p.dy[k]) * static_cast<double>(p.x[k]);
    }
    set_dalpha(p, i, static_cast<float>(gain * c));
    gain *= alpha;
    const float* beta = beta_ + size(i, n_);
    std::vector<double> dbeta(static_cast<std::size_t>(n_));
    for (int s = 0; s < p.batch; ++s) {
      const float* x = p.x + size(s, n_);
      float* to = dx + size(s, n_);
      to[i] += static_cast<float>(static_cast<double>(p.dy[size(s, n_) + unit]) * alpha * c);
      for (std::size_t j = 0; j < dbeta.size(); ++j) {
        const double b = static_cast<double>(beta[j]), v = static_cast<double>(x[j]), factor = 1 - b * v;
        double others = 0;
        if (common.zeros == 0) others = c / factor;
        if (common.zeros == 1 && factor == 0) others = common.product;
        dbeta[j] -= gain * v * others;
        to[j] -= static_cast<float>(gain * b * others);
      }
    }
    std::transform(dbeta.begin(), dbeta.end(), p.gradients + weight_ + size(i, n_),
                   [](double sum) { return static_cast<float>(sum); });
  }
};

}  // namespace

std::unique_ptr<EigenLayer> make_synapse(const model::Model& model, const Layer& l, int threads,
                                         const Kernels& kernels) {
  if (l.synapse.semantics == SynapseOptions::Semantics::BatchCoupled)
    return std::make_unique<CoupledSynapse>(model, l);
  return std::make_unique<Synapse>(model, l, threads, kernels);
}

}  // namespace synann::compute::eigen
