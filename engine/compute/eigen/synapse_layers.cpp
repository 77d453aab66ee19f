// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/compute/eigen/layers.h"
#include "engine/compute/reference/synapse.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;
using model::SynapseOptions;

// What both semantics share: effective α and β, their chain rules, and groups of outputs that sum dx on their
// own.
class SynapseBase : public EigenLayer {
 public:
  SynapseBase(const model::Model& model, const Layer& l, int largest_groups)
      : l_(l),
        n_(l.in.size()),
        blocks_((n_ + kLanes - 1) / kLanes),
        groups_(std::min(blocks_, largest_groups)),
        weight_(model.parameters.find(l.name + ".weight")->offset),
        alpha_parameter_(model.parameters.find(l.name + ".alpha")),
        alpha_(static_cast<std::size_t>(n_), 1.0f),
        beta_(size(n_, n_)) {}

  void prepare(const Pass& p) override {
    reference::effective_beta(l_.synapse, n_, p.values + weight_, beta_.data());
    for (int i = 0; alpha_parameter_ && i < n_; ++i)
      alpha_[static_cast<std::size_t>(i)] = reference::effective_alpha(l_.synapse, alpha_at(p), i);
    if (p.mode == Mode::Training) partial_dx_.resize(static_cast<std::size_t>(groups_) * size(p.batch, n_));
  }

  int backward_tasks(const Pass&) const override { return groups_; }
  void backward_chunk(const Pass& p, Chunk c, int) override {
    if (p.dx == nullptr) return;
    for (std::size_t k = size(c.first, n_); k < size(c.first + c.count, n_); ++k) {
      float sum = 0;
      for (int g = 0; g < groups_; ++g) sum += partial_dx(p, g)[k];
      p.dx[k] = sum;
    }
  }

  // The chain rule by w and a once all of dβ stands in the gradient block.
  int gradient_tasks(const Pass&) const override { return plain() ? 0 : 1; }
  void gradient_task(const Pass& p, int, int) override {
    reference::chain_beta(l_.synapse, n_, p.values + weight_, beta_.data(), p.gradients + weight_);
    if (!alpha_parameter_) return;
    for (int i = 0; i < n_; ++i) {
      p.gradients[alpha_parameter_->offset + static_cast<std::size_t>(i)] *=
          reference::alpha_slope(l_.synapse, alpha_at(p), i);
    }
  }

 protected:
  bool plain() const { return l_.synapse == SynapseOptions{.semantics = l_.synapse.semantics}; }
  const float* alpha_at(const Pass& p) const {
    return alpha_parameter_ ? p.values + alpha_parameter_->offset : nullptr;
  }
  float* partial_dx(const Pass& p, int group) {
    return partial_dx_.data() + static_cast<std::size_t>(group) * size(p.batch, n_);
  }
  void set_dalpha(const Pass& p, int i, float value) const {
    if (alpha_parameter_) p.gradients[alpha_parameter_->offset + static_cast<std::size_t>(i)] = value;
  }

  Layer l_;
  int n_, blocks_, groups_;
  std::size_t weight_;
  const Parameter* alpha_parameter_;  // null for Alpha::One
  std::vector<float> alpha_, beta_;   // [n], [n, n]

 private:
  std::vector<float> partial_dx_;  // [groups, batch, n]
};

// Outputs in blocks of kLanes. Backward tasks are groups of blocks: each owns its rows of dβ.
class Synapse final : public SynapseBase {
 public:
  Synapse(const model::Model& model, const Layer& l, int threads, const Kernels& kernels)
      : SynapseBase(model, l, kLargestGroups),
        kernels_(kernels),
        lanes_beta_(size(blocks_, n_) * kLanes),
        scratch_(static_cast<std::size_t>(threads), std::vector<float>(2 * size(n_, kLanes))) {}

  void prepare(const Pass& p) override {
    SynapseBase::prepare(p);
    std::fill(lanes_beta_.begin(), lanes_beta_.end(), 0.0f);
    for (int i = 0; i < n_; ++i)
      for (int j = 0; j < n_; ++j) {
        lanes_beta_[reference::at(i / kLanes, j, i % kLanes, n_, kLanes)] =
            beta_[size(i, n_) + static_cast<std::size_t>(j)];
      }
    if (alpha_parameter_) excitation_.resize(size(p.batch, n_));
    if (p.mode == Mode::Training) direct_.resize(size(p.batch, n_));
  }

  void forward_chunk(const Pass& p, Chunk c, int) override {
    if (alpha_parameter_) {
      for (int s = c.first; s < c.first + c.count; ++s)
        for (std::size_t i = 0; i < alpha_.size(); ++i)
          excitation_[size(s, n_) + i] = alpha_[i] * p.x[size(s, n_) + i];
    }
    for (int b = 0; b < blocks_; ++b) {
      kernels_.synapse_forward(c.count, n_, b * kLanes, lanes(b), block(b), p.x + size(c.first, n_),
                               excited(p) + size(c.first, n_), p.y + size(c.first, n_));
    }
  }

  void backward_task(const Pass& p, int group, int thread) override {
    float* scratch = scratch_[static_cast<std::size_t>(thread)].data();
    float* dbeta = scratch + size(n_, kLanes);
    float* dx = partial_dx(p, group);
    std::fill_n(dx, size(p.batch, n_), 0.0f);
    for (int b = blocks_ * group / groups_; b < blocks_ * (group + 1) / groups_; ++b) {
      std::fill_n(dbeta, size(n_, kLanes), 0.0f);
      kernels_.synapse_backward(p.batch, n_, b * kLanes, lanes(b), block(b), p.x, excited(p), p.dy,
                                direct_.data(), dx, dbeta, scratch);
      for (int i = b * kLanes; i < b * kLanes + lanes(b); ++i)
        finish_output(p, i, dbeta + (i - b * kLanes), dx);
    }
  }

 private:
  static constexpr int kLargestGroups = 16;  // bounds the memory of partial sums for large n
  int lanes(int b) const { return std::min(kLanes, n_ - b * kLanes); }
  const float* block(int b) const { return lanes_beta_.data() + size(b, n_) * kLanes; }
  const float* excited(const Pass& p) const { return alpha_parameter_ ? excitation_.data() : p.x; }

  // Row i of dβ, the excitatory path's part of dx_i, and dα_i. dbeta: one lane, kLanes apart.
  void finish_output(const Pass& p, int i, const float* dbeta, float* dx) const {
    const auto column = static_cast<std::size_t>(i);
    for (int j = 0; j < n_; ++j)
      p.gradients[weight_ + size(i, n_) + static_cast<std::size_t>(j)] = dbeta[size(j, kLanes)];
    float dalpha = 0;
    for (int s = 0; s < p.batch; ++s) {
      const std::size_t k = size(s, n_) + column;
      dx[k] += alpha_[column] * direct_[k];
      dalpha += p.x[k] * direct_[k];
    }
    set_dalpha(p, i, dalpha);
  }

  const Kernels& kernels_;
  std::vector<float> lanes_beta_;            // [blocks, n, kLanes]
  std::vector<float> excitation_;            // α x [batch, n]; unused for Alpha::One
  std::vector<float> direct_;                // dy P [batch, n]
  std::vector<std::vector<float>> scratch_;  // per thread [2, n, kLanes]
};

// The original script's variant: one factor per output for the whole batch, so nothing here works sample by
// sample.
class CoupledSynapse final : public SynapseBase {
 public:
  CoupledSynapse(const model::Model& model, const Layer& l) : SynapseBase(model, l, kLargestGroups) {}

  int forward_tasks(const Pass&) const override { return blocks_; }
  void forward_task(const Pass& p, int block, int) override {
    for (int i = block * kLanes; i < std::min(n_, (block + 1) * kLanes); ++i) {
      double product;
      int zeros;
      reference::coupled_factor(p.batch, n_, p.x, beta_.data(), i, product, zeros);
      const float c = zeros > 0 ? 0.0f : static_cast<float>(product);
      for (int s = 0; s < p.batch; ++s) {
        const std::size_t k = size(s, n_) + static_cast<std::size_t>(i);
        p.y[k] = alpha_[static_cast<std::size_t>(i)] * p.x[k] * c;
      }
    }
  }

  void backward_task(const Pass& p, int group, int) override {
    float* dx = partial_dx(p, group);
    std::fill_n(dx, size(p.batch, n_), 0.0f);
    for (int i = n_ * group / groups_; i < n_ * (group + 1) / groups_; ++i) {
      float* row = p.gradients + weight_ + size(i, n_);
      std::fill_n(row, n_, 0.0f);
      float dalpha = 0;
      reference::coupled_backward_row(p.batch, n_, p.x, alpha_[static_cast<std::size_t>(i)], beta_.data(),
                                      p.dy, i, dx, dalpha, row);
      set_dalpha(p, i, dalpha);
    }
  }

 private:
  static constexpr int kLargestGroups = 16;
};

}  // namespace

std::unique_ptr<EigenLayer> make_synapse(const model::Model& model, const Layer& l, int threads,
                                         const Kernels& kernels) {
  if (l.synapse.semantics == SynapseOptions::Semantics::BatchCoupled)
    return std::make_unique<CoupledSynapse>(model, l);
  return std::make_unique<Synapse>(model, l, threads, kernels);
}

}  // namespace synann::compute::eigen
