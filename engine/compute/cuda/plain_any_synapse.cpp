// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <vector>

#include "engine/compute/cuda/plain_layers.h"

namespace synann::compute::cuda {
namespace {

using model::Layer;

using model::SynapseOptions;

// The gradient of the weights is made by so many threads, in stretches of rows where there are fewer weights.
constexpr Index kWeightThreads = Index{1} << 18;
constexpr Index kLeastStretch = 32;  // rows

// A synapse layer that is not a square over all features: rectangular, with excitatory inputs of its own,
// over channels or positions. Its headroom is not watched.
class PlainAnySynapse final : public PlainLayer {
 public:
  PlainAnySynapse(Storage& s, const Layer& l)
      : storage_(s),
        l_(l),
        inputs_(l.synapse_inputs()),
        outputs_(l.synapse_outputs()),
        groups_(l.synapse_groups()),
        coupled_(l.synapse.semantics == SynapseOptions::Semantics::BatchCoupled) {
    std::vector<int> excitatory(static_cast<std::size_t>(outputs_));
    for (int i = 0; i < outputs_; ++i) excitatory[static_cast<std::size_t>(i)] = l.excitatory_input(i);
    excitatory_.reserve(s.memory, outputs_, l.name + " excitatory");
    device().upload(excitatory_.data(), excitatory.data(), excitatory.size() * sizeof(int));
    const Index weights = Index{outputs_} * inputs_;
    for (auto* b : {&beta_, &beta_by_input_}) b->reserve(s.memory, weights, l.name + " beta");
    for (auto* b : {&alpha_, &slope_}) b->reserve(s.memory, outputs_, l.name + " alpha");
    if (weights < kWeightThreads) parts_.reserve(s.memory, kWeightThreads, l.name + " parts");
    if (!coupled_) return;
    coupled_product_.reserve(s.memory, outputs_, l.name + " product");
    gain_.reserve(s.memory, outputs_, l.name + " gain");
  }

  void reserve(int batch) override {
    const Index size = Index{batch} * l_.result.size();
    for (auto* b : {&direct_, &rest_, &alone_}) b->reserve(storage_.memory, size, l_.name + " backward");
    if (!coupled_) product_.reserve(storage_.memory, size, l_.name + " product");
    zeros_.reserve(storage_.memory, coupled_ ? outputs_ : size, l_.name + " zeros");
  }

  void forward(const Pass& p) override {
    const SynapseShape s = shape(p);
    device().launch(AnySynapseConstrain{.s = s,
                                        .weight = value(storage_, l_, ".weight"),
                                        .parameter = value(storage_, l_, ".alpha"),
                                        .beta = beta_.data(),
                                        .beta_by_input = beta_by_input_.data(),
                                        .alpha = alpha_.data(),
                                        .slope = slope_.data(),
                                        .beta_form = beta_form(l_.synapse),
                                        .alpha_form = alpha_form(l_.synapse),
                                        .zero_diagonal = zero_diagonal()});
    if (coupled_) {
      device().launch(AnyCoupledFactor{s, p.x, beta_.data(), coupled_product_.data(), zeros_.data()});
      device().launch(AnyCoupledForward{s, p.x, alpha_.data(), coupled_product_.data(), zeros_.data(), p.y});
    } else {
      device().launch(AnySynapseForward{s, p.x, alpha_.data(), beta_by_input_.data(), p.y, product_.data(),
                                        zeros_.data()});
    }
  }

  void backward(const Pass& p) override {
    const SynapseShape s = shape(p);
    const AnySynapseTrace trace{.x = p.x,
                                .dy = p.dy,
                                .alpha = alpha_.data(),
                                .product = coupled_ ? nullptr : product_.data(),
                                .coupled = coupled_product_.data(),
                                .zeros = zeros_.data()};
    float* dparameter = gradient(storage_, l_, ".alpha");
    if (coupled_ || dparameter != nullptr)
      device().launch(AnySynapseSums{s, trace, slope_.data(), gain_.data(), dparameter});
    device().launch(AnySynapsePrepare{s, trace, gain_.data(), direct_.data(), rest_.data(), alone_.data()});
    weight_gradient(s, p.x);
    if (p.dx == nullptr) return;
    device().launch(
        AnySynapseBackwardInput{s, p.x, beta_.data(), direct_.data(), rest_.data(), alone_.data(), p.dx});
  }

  int headroom_count() const override { return inputs_; }
  void headroom(const Pass& p, float* out) override {
    device().launch(AnyHeadroom{shape(p), p.x, beta_.data(), out});
  }

 private:
  Device& device() { return storage_.memory.device(); }
  int zero_diagonal() const { return l_.synapse.diagonal == SynapseOptions::Diagonal::Zero ? 1 : 0; }

  SynapseShape shape(const Pass& p) const {
    const bool channels = l_.over == model::Over::Channels;
    return {.batch = p.count,
            .inputs = inputs_,
            .outputs = outputs_,
            .groups = groups_,
            .in_group = channels ? 1 : inputs_,
            .in_step = channels ? groups_ : 1,
            .out_group = channels ? 1 : outputs_,
            .out_step = channels ? groups_ : 1,
            .excitatory = excitatory_.data()};
  }

  void weight_gradient(const SynapseShape& s, const float* x) {
    float* out = gradient(storage_, l_, ".weight");
    const Index most = std::max(Index{1}, kWeightThreads / s.weights()),
                stretches = (s.rows() + kLeastStretch - 1) / kLeastStretch;
    const int splits = static_cast<int>(std::min(most, stretches));
    device().launch(AnySynapseBackwardWeight{.s = s,
                                             .x = x,
                                             .beta = beta_.data(),
                                             .rest = rest_.data(),
                                             .alone = alone_.data(),
                                             .parts = splits > 1 ? parts_.data() : out,
                                             .splits = splits});
    if (splits > 1) device().launch(SumParts{parts_.data(), s.weights(), s.weights(), splits, out});
    if (beta_form(l_.synapse) != BetaForm::Free || zero_diagonal() != 0)
      device().launch(AnySynapseChain{s, value(storage_, l_, ".weight"), beta_.data(), out,
                                      beta_form(l_.synapse), zero_diagonal()});
  }

  Storage& storage_;
  Layer l_;
  int inputs_, outputs_, groups_;
  bool coupled_;
  Buffer<int> excitatory_;                         // [outputs]
  Buffer<float> beta_, beta_by_input_;             // [outputs, inputs], [inputs, outputs]
  Buffer<float> alpha_, slope_;                    // [outputs]
  Buffer<float> product_, direct_, rest_, alone_;  // [batch, out_size]
  Buffer<int> zeros_;                              // [batch, out_size], or [outputs] for the coupled variant
  Buffer<double> coupled_product_, gain_;          // [outputs]
  Buffer<float> parts_;                            // [splits, outputs, inputs]
};

}  // namespace

std::unique_ptr<PlainLayer> make_plain_any_synapse(Storage& storage, const Layer& l) {
  return std::make_unique<PlainAnySynapse>(storage, l);
}

}  // namespace synann::compute::cuda
