// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cpu/fused_plan.h"

#include "engine/compute/cpu/kernels.h"

namespace synann::compute::fused {
namespace SYNANN_NET {
namespace {

using model::Layer;
using enum model::LayerKind;

// Walks over a model's layers and compares each, with all its options, to the one that is expected.
class Matcher {
 public:
  Matcher(const model::Model& model, Plan& plan) : model_(model), plan_(plan) {}

  bool next_is(model::LayerKind kind) const {
    return index_ < model_.layers.size() && model_.layers[index_].kind == kind;
  }
  // `exposed`: what the layer's output is, where the kernels keep it.
  bool take(Layer expected, std::optional<Exposed> exposed = {}) {
    if (index_ >= model_.layers.size()) return false;
    Layer layer = model_.layers[index_];
    if (!layer.exposes.empty()) {
      if (!exposed) return false;
      plan_.exposed.emplace_back(layer.exposes, *exposed);
    }
    expected.name = layer.name;
    expected.exposes = layer.exposes;
    expected.in = layer.in;
    expected.result = layer.result;
    // What a model file says may be what is meant without it.
    if (layer.step() == expected.step()) expected.stride = layer.stride;
    if (layer.is_plain_synapse()) expected.out = layer.out;
    if (!(layer == expected)) return false;
    ++index_;
    return true;
  }
  // Where the network has dropout.
  bool take_dropout(model::LayerKind kind, int& number, double& probability) {
    if constexpr (!kNet.dropout) return true;
    if (!next_is(kind)) return false;
    number = static_cast<int>(index_);
    probability = model_.layers[index_].p;
    return probability >= 0 && probability < 1 && take({.kind = kind, .p = probability});
  }
  bool take_tensor(Layer expected, Plan::Tensor& tensor, std::optional<Exposed> exposed = {}) {
    if (!take(std::move(expected), exposed)) return false;
    tensor = {offset(".weight"), offset(".bias")};
    return true;
  }
  // Of the layer just taken.
  std::size_t offset(const char* suffix) const {
    return model_.parameters.find(model_.layers[index_ - 1].name + suffix)->offset;
  }
  int taken() const { return static_cast<int>(index_); }
  bool at_end() const { return index_ == model_.layers.size(); }

 private:
  const model::Model& model_;
  Plan& plan_;
  std::size_t index_ = 0;
};

bool match(Matcher& m, Plan& p) {
  const Layer pool{.kind = MaxPool2d, .kernel = 2}, relu{.kind = Relu};
  if (!m.take_tensor({.kind = Conv2d, .out = kMaps1, .kernel = 5}, p.conv1) || !m.take(pool) ||
      !m.take(relu, Exposed::Pooled1) ||
      !m.take_tensor({.kind = Conv2d, .out = kMaps2, .kernel = 5}, p.conv2)) {
    return false;
  }
  p.conv2_layer = m.taken() - 1;
  if (!m.take_dropout(Dropout2d, p.dropout2d_layer, p.dropout2d) || !m.take(pool) ||
      !m.take(relu, Exposed::Pooled2) || !m.take_tensor({.kind = Linear, .out = kHidden}, p.fc1) ||
      !m.take(relu, Exposed::Hidden) || !m.take_dropout(Dropout, p.dropout_layer, p.dropout)) {
    return false;
  }
  if (kNet.softmax && !m.take({.kind = Softmax}, Exposed::Soft)) return false;
  if (m.next_is(Synapse)) {
    if (!m.take({.kind = Synapse}, Exposed::Mixed)) return false;
    p.synapse = m.offset(".weight");
  }
  if (!m.take_tensor({.kind = BatchNorm1d}, p.norm, Exposed::Normed)) return false;
  p.running_mean = m.offset(".running_mean");
  p.running_var = m.offset(".running_var");
  return m.take_tensor({.kind = Linear, .out = p.classes}, p.fc2) &&
         m.take({.kind = LogSoftmax}, Exposed::LogProbs) && m.at_end();
}

}  // namespace

std::optional<Plan> plan(const model::Model& model) {
  Plan plan;
  plan.classes = model.classes;
  if (model.input != model::Shape{1, kImage, kImage} || model.classes < 1 || model.classes > kClasses)
    return {};
  Matcher matcher(model, plan);
  if (!match(matcher, plan)) return {};
  return plan;
}

}  // namespace SYNANN_NET
}  // namespace synann::compute::fused
