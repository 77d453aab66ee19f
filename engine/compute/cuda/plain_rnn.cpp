// SPDX-License-Identifier: GPL-3.0-or-later
#include <string>

#include "engine/compute/batch.h"
#include "engine/compute/cuda/plain_layers.h"

namespace synann::compute::cuda {
namespace {

using model::Layer;
using model::Twin;

constexpr const char *kIn[2] = {".weight_ie", ".weight_if"}, *kRecurrent[2] = {".weight_he", ".weight_hf"},
                     *kBias[2] = {".bias_e", ".bias_f"};
constexpr int kSplits = 16;  // stretches of (sample, time) in the sums of weight gradients

class PlainRnn final : public PlainLayer {
 public:
  PlainRnn(Storage& s, const Layer& l)
      : storage_(s), l_(l), n_(l.out), m_(l.in.columns), steps_(l.in.rows * l.in.channels) {
    for (int g = 0; g < 2; ++g) {
      in_by_input_[g].reserve(s.memory, Index{n_} * m_, l.name + " in");
      recurrent_by_input_[g].reserve(s.memory, Index{n_} * n_, l.name + " recurrent");
    }
    beta_.reserve(s.memory, Index{n_} * n_, l.name + " beta");
    beta_by_input_.reserve(s.memory, Index{n_} * n_, l.name + " beta by input");
    parts_.reserve(s.memory, Index{kSplits} * n_ * std::max(n_, m_), l.name + " parts");
  }

  void reserve(int batch) override {
    const Index size = Index{batch} * steps_ * n_;
    for (auto* b : {&h_, &gate_[0], &gate_[1], &q_, &dgate_[0], &dgate_[1], &rest_, &alone_})
      b->reserve(storage_.memory, size, l_.name + " trace");
    zeros_.reserve(storage_.memory, size, l_.name + " zeros");
  }

  void forward(const Pass& p) override {
    for (int g = 0; g < 2; ++g) {
      device().launch(Transpose{value(storage_, l_, kIn[g]), in_by_input_[g].data(), n_, m_, 0});
      device().launch(
          Transpose{value(storage_, l_, kRecurrent[g]), recurrent_by_input_[g].data(), n_, n_, 0});
    }
    if (l_.twin != Twin::Identity) {
      const int synapse = l_.twin == Twin::Synapse ? 1 : 0;
      device().launch(Transpose{value(storage_, l_, ".weight"), beta_by_input_.data(), n_, n_, synapse});
      device().launch(Transpose{beta_by_input_.data(), beta_.data(), n_, n_, 0});
    }
    device().launch(RnnForward{.p = tensors(),
                               .twin = twin(),
                               .x = p.x,
                               .trace = trace(),
                               .y = p.y,
                               .batch = p.count,
                               .steps = steps_,
                               .n = n_,
                               .m = m_,
                               .start = static_cast<float>(kRnnStart)});
  }

  void backward(const Pass& p) override {
    device().launch(RnnBackward{.p = tensors(),
                                .twin = twin(),
                                .trace = trace(),
                                .dy = p.dy,
                                .dgate = {dgate_[0].data(), dgate_[1].data()},
                                .rest = rest_.data(),
                                .alone = alone_.data(),
                                .batch = p.count,
                                .steps = steps_,
                                .n = n_});
    const int rows = p.count * steps_;
    for (int g = 0; g < 2; ++g) {
      outer(dgate_[g].data(), p.x, m_, rows, gradient(storage_, l_, kIn[g]));
      outer(dgate_[g].data(), h_.data(), n_, rows, gradient(storage_, l_, kRecurrent[g]));
      device().launch(ColumnSum{dgate_[g].data(), nullptr, rows, n_, gradient(storage_, l_, kBias[g])});
      if (p.dx != nullptr) through_inputs(p, g, rows);
    }
    if (l_.twin == Twin::Dense) outer(rest_.data(), h_.data(), n_, rows, gradient(storage_, l_, ".weight"));
    if (l_.twin == Twin::Synapse) inhibition_gradient(rows);
  }

 private:
  // out[n, columns] = Σ over rows of aᵀ b, in stretches that are added up in order.
  void outer(const float* a, const float* b, int columns, int rows, float* out) {
    device().launch(MatMul{.a = {a, 1, n_},
                           .b = {b, columns, 1},
                           .bias = nullptr,
                           .out = parts_.data(),
                           .m = n_,
                           .n = columns,
                           .k = rows,
                           .splits = kSplits,
                           .accumulate = 0});
    device().launch(SumParts{parts_.data(), Index{n_} * columns, Index{n_} * columns, kSplits, out});
  }
  void through_inputs(const Pass& p, int g, int rows) {
    device().launch(MatMul{.a = {dgate_[g].data(), n_, 1},
                           .b = {value(storage_, l_, kIn[g]), m_, 1},
                           .bias = nullptr,
                           .out = p.dx,
                           .m = rows,
                           .n = m_,
                           .k = n_,
                           .splits = 1,
                           .accumulate = g});
  }
  void inhibition_gradient(int rows) {
    float* out = gradient(storage_, l_, ".weight");
    device().launch(SynapseBackwardWeight{h_.data(), beta_.data(), rest_.data(), alone_.data(), parts_.data(),
                                          rows, n_, kSplits});
    device().launch(SumParts{parts_.data(), Index{n_} * n_, Index{n_} * n_, kSplits, out});
    device().launch(
        SynapseChain{value(storage_, l_, ".weight"), beta_.data(), out, n_, BetaForm::Sigmoid, 0});
  }

  Device& device() { return storage_.memory.device(); }
  RnnTwin twin() const {
    return l_.twin == Twin::Synapse ? RnnTwin::Synapse
           : l_.twin == Twin::Dense ? RnnTwin::Dense
                                    : RnnTwin::Identity;
  }
  RnnTensors tensors() const {
    RnnTensors p{};
    for (int g = 0; g < 2; ++g) {
      p.in[g] = value(storage_, l_, kIn[g]);
      p.recurrent[g] = value(storage_, l_, kRecurrent[g]);
      p.bias[g] = value(storage_, l_, kBias[g]);
      p.in_by_input[g] = in_by_input_[g].data();
      p.recurrent_by_input[g] = recurrent_by_input_[g].data();
    }
    p.inhibition = beta_.data();
    p.inhibition_by_input = beta_by_input_.data();
    return p;
  }
  RnnTrace trace() const { return {h_.data(), {gate_[0].data(), gate_[1].data()}, q_.data(), zeros_.data()}; }

  Storage& storage_;
  Layer l_;
  int n_, m_, steps_;
  Buffer<float> in_by_input_[2], recurrent_by_input_[2];     // [m, n], [n, n]
  Buffer<float> beta_, beta_by_input_;                       // [n, n]: σ(B), or B for the dense twin
  Buffer<float> h_, gate_[2], q_, dgate_[2], rest_, alone_;  // [batch, steps, n]
  Buffer<int> zeros_;                                        // the same
  Buffer<float> parts_;                                      // [kSplits, n, max(n, m)]
};

}  // namespace

std::unique_ptr<PlainLayer> make_plain_rnn(Storage& storage, const Layer& l) {
  return std::make_unique<PlainRnn>(storage, l);
}

}  // namespace synann::compute::cuda
