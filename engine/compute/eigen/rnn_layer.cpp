// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>

#include "engine/compute/eigen/layers.h"
#include "engine/compute/eigen/synapse_parameters.h"
#include "engine/core/lines.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;
using model::SynapseOptions;
using model::Twin;

constexpr SynapseOptions kRnnBeta{.beta = SynapseOptions::Beta::Sigmoid};

// The recurrent cell. A task takes a few samples, the lanes of its vectors, through all rows of the image;
// its blocks are [unit, (time, lane)], so that the maps of the pixels and the gradients of all weights are
// one matrix product each over all times. Each task sums its own gradient.
class SynaRnnLayer final : public EigenLayer {
 public:
  SynaRnnLayer(const model::Model& model, const Layer& l, int threads, const Kernels& kernels)
      : kernels_(kernels),
        l_(l),
        n_(l.out),
        m_(l.in.columns),
        steps_(l.in.rows * l.in.channels),
        pitch_((steps_ + 1) * kOutputs),
        scratch_(static_cast<std::size_t>(threads)),
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
    for (Scratch& w : scratch_) {
      for (auto* block : {&w.h, &w.e, &w.f, &w.q, &w.z})
        block->resize(size(padded(std::max(n_, m_)), pitch_));
      for (auto* block : {&w.gh, &w.before, &w.dxt}) block->resize(size(padded(n_), pitch_));
      w.general.resize(2 * size(n_, kOutputs));
    }
  }

  void prepare(const Pass& p) override {
    if (p.mode == Mode::Training) {
      partials_.resize(static_cast<std::size_t>(tasks(p)) * (end_ - first_));
    }
    middle_ = l_.twin == Twin::Dense ? RnnMiddle::Dense : RnnMiddle::One;
    const float* weight = p.values + first_ + weight_;
    if (l_.twin == Twin::Dense) std::copy_n(weight, beta_.size(), beta_.data());
    if (l_.twin != Twin::Synapse) return;
    find_beta(kRnnBeta, n_, weight, beta_.data());
    // States are below one, so a factor 1 − βh is above 1 − β.
    const bool safe = *std::max_element(beta_.begin(), beta_.end()) < 0.9f;
    middle_ = safe ? RnnMiddle::Synapse : RnnMiddle::General;
  }

  int forward_tasks(const Pass& p) const override { return tasks(p); }
  void forward_task(const Pass& p, int task, int thread) override {
    Scratch& w = scratch_[static_cast<std::size_t>(thread)];
    const float* values = p.values + first_;
    for (int from = task * samples(p); from < std::min(p.batch, (task + 1) * samples(p)); from += kOutputs) {
      run(p, from, w, values);
      const int count = std::min(kOutputs, p.batch - from);
      for (int s = 0; s < count; ++s)
        for (int i = 0; i < n_; ++i)
          p.y[size(from + s, n_) + static_cast<std::size_t>(i)] = 4 * last(w, i)[s] - 2;
    }
  }

  int backward_tasks(const Pass& p) const override { return tasks(p); }
  void backward_task(const Pass& p, int task, int thread) override {
    Scratch& w = scratch_[static_cast<std::size_t>(thread)];
    const float* values = p.values + first_;
    float* sums = partial(task);
    std::fill_n(sums, end_ - first_, 0.0f);
    for (int from = task * samples(p); from < std::min(p.batch, (task + 1) * samples(p)); from += kOutputs) {
      // The forward pass once more costs less than fetching what it made of a whole batch from memory.
      run(p, from, w, values);
      const int count = std::min(kOutputs, p.batch - from);
      for (int i = 0; i < n_; ++i)
        for (int s = 0; s < kOutputs; ++s) {
          const float dy = s < count ? p.dy[size(from + s, n_) + static_cast<std::size_t>(i)] : 0.0f;
          w.gh[size(i, pitch_) + static_cast<std::size_t>(s)] = 4 * dy;
        }
      for (int t = steps_; t-- > 0;) step_back(t, values, sums, w);
      sum_weights(w, sums);
      if (p.dx != nullptr) sum_inputs(p, from, w, values);
    }
  }

  bool has_backward_chunks() const override { return false; }
  std::vector<Written> forward_written(const Pass& p) override {
    return {Written::blocks(p.y, size(n_, 1), bounds_of(tasks(p), samples(p), p.batch))};
  }
  std::vector<Written> backward_written(const Pass& p) override {
    std::vector<Written> written = {
        Written::blocks(partials_.data(), end_ - first_, Written::each(tasks(p)))};
    if (p.dx != nullptr)
      written.push_back(
          Written::blocks(p.dx, size(l_.in.size(), 1), bounds_of(tasks(p), samples(p), p.batch)));
    return written;
  }

  int gradient_tasks(const Pass&) const override { return 1; }
  void gradient_task(const Pass& p, int, int) override {
    float* out = p.gradients + first_;
    std::fill_n(out, end_ - first_, 0.0f);
    for (int task = 0; task < tasks(p); ++task) {
      const float* sums = partial(task);
      for (std::size_t k = 0; k < end_ - first_; ++k) out[k] += sums[k];
    }
    if (l_.twin == Twin::Synapse)
      chain_weights(kRnnBeta, n_, p.values + first_ + weight_, beta_.data(), out + weight_);
  }

 private:
  // Per thread: blocks of rows `pitch` apart; unit by time and lane, gh … dxt by lane alone; dz only behind
  // other layers.
  struct Scratch {
    Lines<float> h, e, f, q, z, dz, gh, before, dxt, general;
  };

  static int padded(int rows) { return (rows + kInputs - 1) / kInputs * kInputs; }
  // Samples of a task: kOutputs, more in large batches, to bound the partial sums.
  static int samples(const Pass& p) {
    const int share = (p.batch + 31) / 32;
    return (share + kOutputs - 1) / kOutputs * kOutputs;
  }
  static int tasks(const Pass& p) { return (p.batch + samples(p) - 1) / samples(p); }
  const float* last(const Scratch& w, int unit) const {
    return w.h.data() + size(unit, pitch_) + size(steps_, kOutputs);
  }
  RnnRows rows(Scratch& w, int t) const {
    const auto at = size(t, kOutputs);
    return {w.h.data() + at, w.e.data() + at, w.f.data() + at, w.q.data() + at};
  }

  // All times of the samples from `from` on; lanes without a sample see blank rows.
  void run(const Pass& p, int from, Scratch& w, const float* values) const {
    const int count = std::min(kOutputs, p.batch - from);
    for (int t = 0; t < steps_; ++t)
      for (int k = 0; k < m_; ++k)
        for (int s = 0; s < kOutputs; ++s)
          w.z[size(k, pitch_) + size(t, kOutputs) + static_cast<std::size_t>(s)] =
              s < count ? p.x[size(from + s, l_.in.size()) + size(t, m_) + static_cast<std::size_t>(k)]
                        : 0.0f;
    float* gates[2] = {w.e.data(), w.f.data()};
    for (int g = 0; g < 2; ++g) {
      for (int i = 0; i < n_; ++i)
        std::fill_n(gates[g] + size(i, pitch_), pitch_, values[bias_[g] + static_cast<std::size_t>(i)]);
      kernels_.multiply(n_, pitch_, m_, values + in_[g], w.z.data(), gates[g], true);
    }
    for (int i = 0; i < n_; ++i)
      std::fill_n(w.h.data() + size(i, pitch_), kOutputs, static_cast<float>(kRnnStart));
    for (int t = 0; t < steps_; ++t)
      kernels_.rnn_forward(n_, pitch_, middle_, values + recurrent_[0], values + recurrent_[1], beta_.data(),
                           rows(w, t));
  }

  // From the gradient by the state after row t to that before it; e, f and q of that time become gradients.
  void step_back(int t, const float* values, float* sums, Scratch& w) const {
    const RnnRows at = rows(w, t);
    kernels_.rnn_deltas(n_, pitch_, middle_, at, w.gh.data(), w.before.data());
    kernels_.rnn_backward(n_, pitch_, values + recurrent_[0], values + recurrent_[1],
                          middle_ == RnnMiddle::Dense ? beta_.data() : nullptr, at, w.before.data());
    if (middle_ == RnnMiddle::General) {
      kernels_.synapse_gradient_general(n_, pitch_, kOutputs, 0, n_, beta_.data(), at.h, at.q,
                                        w.before.data(), sums + weight_, true, w.general.data());
    }
    if (middle_ == RnnMiddle::Synapse) {
      kernels_.synapse_gradient(n_, pitch_, kOutputs, 0, n_, beta_.data(), at.h, at.q, w.dxt.data(),
                                sums + weight_, true);
      for (int i = 0; i < n_; ++i)
        for (int s = 0; s < kOutputs; ++s)
          w.before[size(i, pitch_) + static_cast<std::size_t>(s)] +=
              w.dxt[size(i, pitch_) + static_cast<std::size_t>(s)];
    }
    w.gh.swap(w.before);
  }

  // Of all times at once. The last columns are no time of the gates: they are cleared.
  void sum_weights(Scratch& w, float* sums) const {
    float* deltas[3] = {w.e.data(), w.f.data(), w.q.data()};
    for (float* delta : deltas)
      for (int i = 0; i < n_; ++i)
        std::fill_n(delta + size(i, pitch_) + size(steps_, kOutputs), kOutputs, 0.0f);
    for (int g = 0; g < 2; ++g) {
      kernels_.multiply_bt(n_, m_, pitch_, deltas[g], w.z.data(), sums + in_[g], m_, true);
      kernels_.multiply_bt(n_, n_, pitch_, deltas[g], w.h.data(), sums + recurrent_[g], n_, true);
      for (int i = 0; i < n_; ++i) {
        float sum = 0;
        for (int k = 0; k < pitch_; ++k) sum += deltas[g][size(i, pitch_) + static_cast<std::size_t>(k)];
        sums[bias_[g] + static_cast<std::size_t>(i)] += sum;
      }
    }
    if (middle_ == RnnMiddle::Dense)
      kernels_.multiply_bt(n_, n_, pitch_, deltas[2], w.h.data(), sums + weight_, n_, true);
  }

  // The gradient by the rows of the image, from the deltas of both gates.
  void sum_inputs(const Pass& p, int from, Scratch& w, const float* values) const {
    w.dz.resize(size(m_, pitch_));
    const float* deltas[2] = {w.e.data(), w.f.data()};
    for (int g = 0; g < 2; ++g)
      kernels_.multiply_at(m_, pitch_, n_, values + in_[g], m_, deltas[g], w.dz.data(), g > 0);
    for (int s = 0; s < std::min(kOutputs, p.batch - from); ++s)
      for (int t = 0; t < steps_; ++t)
        for (int k = 0; k < m_; ++k)
          p.dx[size(from + s, l_.in.size()) + size(t, m_) + static_cast<std::size_t>(k)] =
              w.dz[size(k, pitch_) + size(t, kOutputs) + static_cast<std::size_t>(s)];
  }

  float* partial(int task) { return partials_.data() + static_cast<std::size_t>(task) * (end_ - first_); }

  const Kernels& kernels_;
  Layer l_;
  int n_, m_, steps_, pitch_;
  RnnMiddle middle_ = RnnMiddle::Synapse;
  std::size_t first_ = SIZE_MAX, end_ = 0;                   // this layer's stretch of the flat blocks
  std::size_t in_[2], recurrent_[2], bias_[2], weight_ = 0;  // relative to first_; gates e, f
  std::vector<Scratch> scratch_;                             // per thread
  std::vector<float> beta_;                                  // [n, n]; of the dense twin its weights
  std::vector<float> partials_;                              // [tasks, parameters]
};

}  // namespace

std::unique_ptr<EigenLayer> make_syna_rnn(const model::Model& model, const Layer& l, int threads,
                                          const Kernels& kernels) {
  return std::make_unique<SynaRnnLayer>(model, l, threads, kernels);
}

}  // namespace synann::compute::eigen
