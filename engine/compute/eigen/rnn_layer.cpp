// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>

#include "engine/compute/eigen/layers.h"
#include "engine/compute/reference/rnn.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;
using model::SynapseOptions;
using model::Twin;

constexpr SynapseOptions kRnnBeta{.beta = SynapseOptions::Beta::Sigmoid};

// The recurrent cell, a chunk of samples at a time through all rows; each chunk sums its own gradient.
class SynaRnnLayer final : public EigenLayer {
 public:
  SynaRnnLayer(const model::Model& model, const Layer& l, int threads, const Kernels& kernels)
      : kernels_(kernels),
        l_(l),
        n_(l.out),
        m_(l.in.columns),
        steps_(l.in.rows * l.in.channels),
        blocks_((n_ + kOutputs - 1) / kOutputs),
        scratch_(static_cast<std::size_t>(threads)),
        lanes_beta_(size(blocks_, n_) * kOutputs),
        beta_(size(n_, n_)) {
    for (const Parameter& p : model.parameters.all()) {
      if (!p.name.starts_with(l.name + ".")) continue;
      first_ = std::min(first_, p.offset);
      end_ = std::max(end_, p.offset + p.size());
    }
    const auto at = [&](const char* suffix) {
      return model.parameters.find(l.name + suffix)->offset - first_;
    };
    for (int g = 0; g < 2; ++g) {
      in_[g] = at(g == 0 ? ".weight_ie" : ".weight_if");
      recurrent_[g] = at(g == 0 ? ".weight_he" : ".weight_hf");
      bias_[g] = at(g == 0 ? ".bias_e" : ".bias_f");
    }
    if (l.twin != Twin::Identity) weight_ = at(".weight");
  }

  void prepare(const Pass& p) override {
    if (p.mode == Mode::Training) partials_.resize(static_cast<std::size_t>(p.chunks) * partial_size());
    if (traces_.size() < static_cast<std::size_t>(p.chunks))
      traces_.resize(static_cast<std::size_t>(p.chunks));
    if (l_.twin != Twin::Synapse) return;
    reference::effective_beta(kRnnBeta, n_, p.values + first_ + weight_, beta_.data());
    for (int i = 0; i < n_; ++i)
      for (int j = 0; j < n_; ++j) {
        lanes_beta_[reference::at(i / kOutputs, j, i % kOutputs, n_, kOutputs)] =
            beta_[size(i, n_) + static_cast<std::size_t>(j)];
      }
  }

  void forward_chunk(const Pass& p, Chunk c, int thread) override {
    Scratch& w = scratch(thread, c.count);
    reference::RnnTrace<float>& trace = traces_[static_cast<std::size_t>(c.index)];
    trace.resize(steps_, c.count * n_);
    const std::size_t rows = size(c.count, n_);
    std::fill_n(trace.h.begin(), rows, static_cast<float>(reference::kRnnStart));
    for (int t = 0; t < steps_; ++t) {
      const std::size_t row = static_cast<std::size_t>(t) * rows;
      const float* h = trace.h.data() + row;
      gather_row(p.x, c, t, w.z.data());
      gate(p, 0, c.count, w.z.data(), h, trace.e.data() + row);
      gate(p, 1, c.count, w.z.data(), h, trace.f.data() + row);
      inhibit(p, c.count, h, w, trace.q.data() + row);
      for (std::size_t k = 0; k < rows; ++k) {
        const float s = trace.e[row + k] * trace.q[row + k], f = trace.f[row + k];
        trace.s[row + k] = s;
        trace.h[row + rows + k] = h[k] * (1 - f) + f * s;
      }
    }
    const float* last = trace.h.data() + static_cast<std::size_t>(steps_) * rows;
    for (std::size_t k = 0; k < rows; ++k) p.y[size(c.first, n_) + k] = 4 * last[k] - 2;
  }

  void backward_chunk(const Pass& p, Chunk c, int thread) override {
    Scratch& w = scratch(thread, c.count);
    const reference::RnnTrace<float>& trace = traces_[static_cast<std::size_t>(c.index)];
    float* sums = partial(c.index);
    std::fill_n(sums, partial_size(), 0.0f);
    const std::size_t rows = size(c.count, n_);
    for (std::size_t k = 0; k < rows; ++k) w.gh[k] = 4 * p.dy[size(c.first, n_) + k];
    for (int t = steps_; t-- > 0;) {
      const std::size_t row = static_cast<std::size_t>(t) * rows;
      const float *h = trace.h.data() + row, *e = trace.e.data() + row, *f = trace.f.data() + row,
                  *s = trace.s.data() + row, *q = trace.q.data() + row;
      for (std::size_t k = 0; k < rows; ++k) {
        w.before[k] = w.gh[k] * (1 - f[k]);
        w.gs[k] = w.gh[k] * f[k];
        w.ga[0][k] = w.gs[k] * q[k] * e[k] * (1 - e[k]);
        w.ga[1][k] = w.gh[k] * (s[k] - h[k]) * f[k] * (1 - f[k]);
      }
      gather_row(p.x, c, t, w.z.data());
      inhibit_backward(p, c.count, h, e, q, w, sums);
      for (int g = 0; g < 2; ++g) gate_backward(p, g, c.count, h, w, sums);
      w.gh.swap(w.before);
    }
  }

  int gradient_tasks(const Pass&) const override { return 1; }
  void gradient_task(const Pass& p, int, int) override {
    float* out = p.gradients + first_;
    std::fill_n(out, end_ - first_, 0.0f);
    std::vector<float> lanes(lanes_beta_.size());
    for (int c = 0; c < p.chunks; ++c) {
      const float* sums = partial(c);
      for (std::size_t k = 0; k < end_ - first_; ++k) out[k] += sums[k];
      for (std::size_t k = 0; k < lanes.size(); ++k) lanes[k] += sums[end_ - first_ + k];
    }
    if (l_.twin != Twin::Synapse) return;
    for (int i = 0; i < n_; ++i)
      for (int j = 0; j < n_; ++j) {
        out[weight_ + size(i, n_) + static_cast<std::size_t>(j)] =
            lanes[reference::at(i / kOutputs, j, i % kOutputs, n_, kOutputs)];
      }
    reference::chain_beta(kRnnBeta, n_, p.values + first_ + weight_, beta_.data(), out + weight_);
  }

 private:
  // Per thread, for one chunk: rows of n (z: of m) numbers, one per sample.
  struct Scratch {
    std::vector<float> z, ones, gh, before, gs, ga[2], direct, kernel;
  };

  Scratch& scratch(int thread, int count) {
    Scratch& w = scratch_[static_cast<std::size_t>(thread)];
    if (w.gh.size() < size(count, n_)) {
      w.z.resize(size(count, m_));
      w.ones.assign(size(count, n_), 1.0f);
      for (auto* v : {&w.gh, &w.before, &w.gs, &w.ga[0], &w.ga[1], &w.direct}) v->resize(size(count, n_));
      w.kernel.resize(size(n_, kOutputs));
    }
    return w;
  }

  void gather_row(const float* x, Chunk c, int t, float* z) const {
    for (int s = 0; s < c.count; ++s)
      std::copy_n(x + size(c.first + s, l_.in.size()) + size(t, m_), m_, z + size(s, m_));
  }

  void gate(const Pass& p, int g, int count, const float* z, const float* h, float* out) const {
    const float* base = p.values + first_;
    for (int s = 0; s < count; ++s) std::copy_n(base + bias_[g], n_, out + size(s, n_));
    kernels_.multiply_bt(count, n_, m_, z, base + in_[g], out, true);
    kernels_.multiply_bt(count, n_, n_, h, base + recurrent_[g], out, true);
    for (std::size_t k = 0; k < size(count, n_); ++k) out[k] = reference::sigmoid(out[k]);
  }

  void inhibit(const Pass& p, int count, const float* h, const Scratch& w, float* q) const {
    if (l_.twin == Twin::Identity) std::fill_n(q, size(count, n_), 1.0f);
    if (l_.twin == Twin::Dense) {
      kernels_.multiply_bt(count, n_, n_, h, p.values + first_ + weight_, q, false);
      for (std::size_t k = 0; k < size(count, n_); ++k) q[k] = reference::sigmoid(q[k]);
    }
    for (int b = 0; l_.twin == Twin::Synapse && b < blocks_; ++b) {
      kernels_.synapse_forward(count, n_, b * kOutputs, lanes(b), block(b), h, w.ones.data(), q);
    }
  }

  void inhibit_backward(const Pass& p, int count, const float* h, const float* e, const float* q, Scratch& w,
                        float* sums) const {
    if (l_.twin == Twin::Synapse) {
      for (int b = 0; b < blocks_; ++b) {
        kernels_.synapse_backward(count, n_, b * kOutputs, lanes(b), block(b), h, e, w.gs.data(),
                                  w.direct.data(), w.before.data(),
                                  sums + (end_ - first_) + size(b, n_) * kOutputs, w.kernel.data());
      }
    }
    if (l_.twin == Twin::Dense) {
      for (std::size_t k = 0; k < size(count, n_); ++k) w.direct[k] = w.gs[k] * e[k] * q[k] * (1 - q[k]);
      kernels_.multiply_at(n_, n_, count, w.direct.data(), n_, h, sums + weight_, true);
      kernels_.multiply(count, n_, n_, w.direct.data(), p.values + first_ + weight_, w.before.data(), true);
    }
  }

  void gate_backward(const Pass& p, int g, int count, const float* h, Scratch& w, float* sums) const {
    const float* ga = w.ga[g].data();
    kernels_.multiply_at(n_, m_, count, ga, n_, w.z.data(), sums + in_[g], true);
    kernels_.multiply_at(n_, n_, count, ga, n_, h, sums + recurrent_[g], true);
    for (int s = 0; s < count; ++s)
      for (int i = 0; i < n_; ++i)
        sums[bias_[g] + static_cast<std::size_t>(i)] += ga[size(s, n_) + static_cast<std::size_t>(i)];
    kernels_.multiply(count, n_, n_, ga, p.values + first_ + recurrent_[g], w.before.data(), true);
  }

  int lanes(int b) const { return std::min(kOutputs, n_ - b * kOutputs); }
  const float* block(int b) const { return lanes_beta_.data() + size(b, n_) * kOutputs; }
  std::size_t partial_size() const { return end_ - first_ + lanes_beta_.size(); }
  float* partial(int chunk) { return partials_.data() + static_cast<std::size_t>(chunk) * partial_size(); }

  const Kernels& kernels_;
  Layer l_;
  int n_, m_, steps_, blocks_;
  std::size_t first_ = SIZE_MAX, end_ = 0;                   // this layer's stretch of the flat blocks
  std::size_t in_[2], recurrent_[2], bias_[2], weight_ = 0;  // relative to first_; gates e, f
  std::vector<Scratch> scratch_;                             // per thread
  std::vector<float> lanes_beta_, beta_;                     // [blocks, n, kOutputs], [n, n]
  std::vector<reference::RnnTrace<float>> traces_;           // per chunk, rows of [count, n]
  std::vector<float> partials_;                              // [chunks, parameters, dβ in lanes]
};

}  // namespace

std::unique_ptr<EigenLayer> make_syna_rnn(const model::Model& model, const Layer& l, int threads,
                                          const Kernels& kernels) {
  return std::make_unique<SynaRnnLayer>(model, l, threads, kernels);
}

}  // namespace synann::compute::eigen
