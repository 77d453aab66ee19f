// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/plain_layers.h"

namespace synann::compute::cuda {
namespace {

using model::Layer;

// Sigmoid, Tanh, Clamp.
class PlainPointwise final : public PlainLayer {
 public:
  PlainPointwise(Storage& s, const Layer& l)
      : device_(s.memory.device()),
        n_(l.in.size()),
        form_(l.kind == model::LayerKind::Sigmoid ? PointForm::Sigmoid
              : l.kind == model::LayerKind::Tanh  ? PointForm::Tanh
                                                  : PointForm::Clamp),
        low_(static_cast<float>(l.least)),
        high_(static_cast<float>(l.most)) {}
  void forward(const Pass& p) override {
    device_.launch(Pointwise{p.x, p.y, Index{p.count} * n_, form_, low_, high_});
  }
  void backward(const Pass& p) override {
    if (p.dx != nullptr)
      device_.launch(PointwiseBackward{p.x, p.dy, p.dx, Index{p.count} * n_, form_, low_, high_});
  }

 private:
  Device& device_;
  int n_;
  PointForm form_;
  float low_, high_;
};

class PlainGlu final : public PlainLayer {
 public:
  PlainGlu(Storage& s, const Layer& l) : device_(s.memory.device()), half_(l.result.size()) {}
  void forward(const Pass& p) override { device_.launch(GluForward{p.x, p.y, p.count, half_}); }
  void backward(const Pass& p) override {
    if (p.dx != nullptr) device_.launch(GluBackward{p.x, p.dy, p.dx, p.count, half_});
  }

 private:
  Device& device_;
  int half_;
};

// The begin of a residual block hands its input on; its end adds that to its own.
class PlainResidual final : public PlainLayer {
 public:
  PlainResidual(Storage& s, const Layer& l) : device_(s.memory.device()), n_(l.in.size()) {}
  void forward(const Pass& p) override { device_.launch(Sum{p.x, p.kept, p.y, Index{p.count} * n_}); }
  void backward(const Pass& p) override {
    if (p.dx != nullptr) device_.launch(Sum{p.dy, p.dkept, p.dx, Index{p.count} * n_});
  }

 private:
  Device& device_;
  int n_;
};

class PlainSoftmax final : public PlainLayer {
 public:
  PlainSoftmax(Storage& s, const Layer& l) : device_(s.memory.device()), n_(l.in.size()) {}
  void forward(const Pass& p) override { device_.launch(SoftmaxForward{p.x, p.y, p.count, n_}); }
  void backward(const Pass& p) override {
    if (p.dx != nullptr) device_.launch(SoftmaxBackward{p.y, p.dy, p.dx, p.count, n_});
  }

 private:
  Device& device_;
  int n_;
};

class PlainScaledSoftmax final : public PlainLayer {
 public:
  PlainScaledSoftmax(Storage& s, const Layer& l)
      : device_(s.memory.device()),
        n_(l.in.size()),
        temperature_(static_cast<float>(l.temperature)),
        scale_(static_cast<float>(l.scale)) {}
  void forward(const Pass& p) override {
    device_.launch(ScaledSoftmaxForward{p.x, p.y, p.count, n_, temperature_, scale_});
  }
  void backward(const Pass& p) override {
    if (p.dx != nullptr)
      device_.launch(ScaledSoftmaxBackward{p.y, p.dy, p.dx, p.count, n_, temperature_, scale_});
  }

 private:
  Device& device_;
  int n_;
  float temperature_, scale_;
};

}  // namespace

std::unique_ptr<PlainLayer> make_plain_pointwise(Storage& storage, const Layer& l) {
  return std::make_unique<PlainPointwise>(storage, l);
}
std::unique_ptr<PlainLayer> make_plain_glu(Storage& storage, const Layer& l) {
  return std::make_unique<PlainGlu>(storage, l);
}
std::unique_ptr<PlainLayer> make_plain_residual(Storage& storage, const Layer& l) {
  return std::make_unique<PlainResidual>(storage, l);
}
std::unique_ptr<PlainLayer> make_plain_softmax(Storage& storage, const Layer& l) {
  if (l.temperature != 1 || l.scale != 1) return std::make_unique<PlainScaledSoftmax>(storage, l);
  return std::make_unique<PlainSoftmax>(storage, l);
}

}  // namespace synann::compute::cuda
