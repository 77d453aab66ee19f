// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/plain_layers.h"

namespace synann::compute::cuda {
namespace {

using model::Layer;
using model::SynapseOptions;

// Both semantics: they differ in where the product comes from.
class PlainSynapse final : public PlainLayer {
 public:
  PlainSynapse(Storage& s, const Layer& l)
      : storage_(s),
        l_(l),
        n_(l.in.size()),
        coupled_(l.synapse.semantics == SynapseOptions::Semantics::BatchCoupled),
        constrained_(beta_form(l.synapse) != BetaForm::Free || zero_diagonal() != 0),
        scaled_(alpha_form(l.synapse) != AlphaForm::One) {
    if (constrained_ || scaled_) {
      beta_.reserve(s.memory, Index{n_} * n_, l.name + " beta");
      alpha_.reserve(s.memory, n_, l.name + " alpha");
      slope_.reserve(s.memory, n_, l.name + " slope");
    }
    if (!coupled_) return;
    coupled_product_.reserve(s.memory, n_, l.name + " product");
    gain_.reserve(s.memory, n_, l.name + " gain");
  }

  void reserve(int batch) override {
    const Index size = Index{batch} * n_;
    for (auto* b : {&direct_, &rest_, &alone_}) b->reserve(storage_.memory, size, l_.name + " backward");
    if (scaled_) dalpha_.reserve(storage_.memory, size, l_.name + " dalpha");
    if (!coupled_) product_.reserve(storage_.memory, size, l_.name + " product");
    zeros_.reserve(storage_.memory, coupled_ ? n_ : size, l_.name + " zeros");
  }

  void forward(const Pass& p) override {
    if (constrained_ || scaled_) {
      device().launch(SynapseConstrain{.weight = weight(),
                                       .parameter = value(storage_, l_, ".alpha"),
                                       .beta = beta_.data(),
                                       .alpha = alpha_.data(),
                                       .slope = slope_.data(),
                                       .n = n_,
                                       .beta_form = beta_form(l_.synapse),
                                       .alpha_form = alpha_form(l_.synapse),
                                       .zero_diagonal = zero_diagonal()});
    }
    if (coupled_) {
      device().launch(CoupledFactor{p.x, beta(), coupled_product_.data(), zeros_.data(), p.count, n_});
      device().launch(CoupledForward{p.x, alpha(), coupled_product_.data(), zeros_.data(), p.y, p.count, n_});
    } else {
      device().launch(SynapseForward{p.x, alpha(), beta(), p.y, product_.data(), zeros_.data(), p.count, n_});
    }
  }

  void backward(const Pass& p) override {
    if (coupled_) device().launch(CoupledGain{p.x, p.dy, alpha(), gain_.data(), p.count, n_});
    device().launch(SynapsePrepare{.x = p.x,
                                   .dy = p.dy,
                                   .alpha = alpha(),
                                   .product = coupled_ ? nullptr : product_.data(),
                                   .coupled = coupled_product_.data(),
                                   .gain = gain_.data(),
                                   .zeros = zeros_.data(),
                                   .direct = direct_.data(),
                                   .dalpha = scaled_ ? dalpha_.data() : nullptr,
                                   .rest = rest_.data(),
                                   .alone = alone_.data(),
                                   .batch = p.count,
                                   .n = n_});
    float* dweight = gradient(storage_, l_, ".weight");
    device().launch(SynapseBackwardWeight{p.x, beta(), rest_.data(), alone_.data(), dweight, p.count, n_, 1});
    if (constrained_)
      device().launch(SynapseChain{weight(), beta(), dweight, n_, beta_form(l_.synapse), zero_diagonal()});
    if (scaled_)
      device().launch(
          ColumnSum{dalpha_.data(), slope_.data(), p.count, n_, gradient(storage_, l_, ".alpha")});
    if (p.dx == nullptr) return;
    device().launch(
        SynapseBackwardInput{p.x, beta(), direct_.data(), rest_.data(), alone_.data(), p.dx, p.count, n_});
  }

  int headroom_count() const override { return n_; }
  void headroom(const Pass& p, float* out) override {
    device().launch(Headroom{p.x, beta(), out, p.count, n_});
  }

 private:
  Device& device() { return storage_.memory.device(); }
  int zero_diagonal() const { return l_.synapse.diagonal == SynapseOptions::Diagonal::Zero ? 1 : 0; }
  const float* weight() const { return value(storage_, l_, ".weight"); }
  const float* beta() const { return constrained_ || scaled_ ? beta_.data() : weight(); }
  const float* alpha() const { return scaled_ ? alpha_.data() : nullptr; }

  Storage& storage_;
  Layer l_;
  int n_;
  bool coupled_, constrained_, scaled_;
  Buffer<float> beta_, alpha_, slope_;  // [n, n], [n], [n]: only where they are not the weights and one
  Buffer<float> product_, direct_, dalpha_, rest_, alone_;  // [batch, n]
  Buffer<int> zeros_;                                       // [batch, n], or [n] for the coupled variant
  Buffer<double> coupled_product_, gain_;                   // [n]
};

}  // namespace

BetaForm beta_form(const SynapseOptions& o) {
  return o.beta == SynapseOptions::Beta::Sigmoid ? BetaForm::Sigmoid
         : o.beta == SynapseOptions::Beta::Clamp ? BetaForm::Clamp
                                                 : BetaForm::Free;
}
AlphaForm alpha_form(const SynapseOptions& o) {
  return o.alpha == SynapseOptions::Alpha::Exp        ? AlphaForm::Exp
         : o.alpha == SynapseOptions::Alpha::Softplus ? AlphaForm::Softplus
                                                      : AlphaForm::One;
}

std::unique_ptr<PlainLayer> make_plain_synapse(Storage& storage, const Layer& l) {
  if (!l.is_plain_synapse()) return make_plain_any_synapse(storage, l);
  return std::make_unique<PlainSynapse>(storage, l);
}

}  // namespace synann::compute::cuda
