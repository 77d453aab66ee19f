// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/optimiser.h"

#include <cmath>

#include <QTest>

#include "tests/engine/compute/fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using compute::Optimiser;

namespace {

// Two trained numbers of a model, everything else zero.
struct Two {
  model::Model model = testing::resolved(
      {{.kind = model::LayerKind::Linear, .name = "fc2", .out = 1}, {.kind = model::LayerKind::LogSoftmax}},
      {1, 1, 1}, 1);
  model::State state = model::initialise(model, 1);
  std::vector<float> gradients;

  Two() { state.values = {1.0f, -2.0f}; }
  void step(const Optimiser& o, std::vector<float> g, float rate, std::int64_t count = 1) {
    gradients = std::move(g);
    compute::update(o, model, state, gradients, rate, count);
  }
};

bool near(float a, double b) {
  return std::abs(static_cast<double>(a) - b) < 1e-6 * std::max(1.0, std::abs(b));
}

}  // namespace

// The optimisers against their formulas, worked by hand.
class OptimiserTest : public QObject {
  Q_OBJECT
 private slots:
  void sgdWithMomentum();
  void nesterov();
  void weightDecay();
  void clipping();
  void adam();
  void adamWDecaysApartFromTheGradient();
  void plainIsPlain();
};

void OptimiserTest::sgdWithMomentum() {
  Two t;
  const Optimiser o{.momentum = 0.5};
  t.step(o, {0.2f, -0.4f}, 0.1f);
  QVERIFY(near(t.state.values[0], 1 - 0.1 * 0.2) && near(t.state.values[1], -2 + 0.1 * 0.4));
  t.step(o, {0.2f, 0.0f}, 0.1f, 2);
  QVERIFY(near(t.state.momenta[0], 0.5 * 0.2 + 0.2) && near(t.state.momenta[1], 0.5 * -0.4));
  QVERIFY(near(t.state.values[0], 0.98 - 0.1 * 0.3));
}

void OptimiserTest::nesterov() {
  Two t;
  const Optimiser o{.momentum = 0.9, .nesterov = true};
  t.step(o, {0.2f, 0}, 0.1f);  // v = g: p − lr (g + 0.9 g)
  QVERIFY(near(t.state.values[0], 1 - 0.1 * 0.38));
}

void OptimiserTest::weightDecay() {
  Two t;
  t.step({.weight_decay = 0.1}, {0, 0}, 0.5f);
  QVERIFY(near(t.state.values[0], 1 - 0.5 * 0.1) && near(t.state.values[1], -2 + 0.5 * 0.2));
}

void OptimiserTest::clipping() {
  Two t;
  t.step({.clip_norm = 1}, {3, 4}, 1.0f);  // length 5 becomes 1
  QVERIFY(near(t.state.values[0], 1 - 0.6) && near(t.state.values[1], -2 - 0.8));
  Two small;
  small.step({.clip_norm = 10}, {3, 4}, 1.0f);
  QVERIFY(near(small.state.values[0], -2) && near(small.state.values[1], -6));
}

void OptimiserTest::adam() {
  Two t;
  const Optimiser o{.kind = Optimiser::Kind::Adam};
  t.step(o, {0.2f, -3.0f}, 0.01f, 1);  // the first step has the length of the rate, whatever the gradient
  QVERIFY(std::abs(t.state.values[0] - 0.99f) < 1e-5f && std::abs(t.state.values[1] + 1.99f) < 1e-5f);
  t.step(o, {0.1f, -3.0f}, 0.01f, 2);
  const double m = 0.9 * 0.1 * 0.2 + 0.1 * 0.1, v = 0.999 * 0.001 * 0.04 + 0.001 * 0.01;
  const double expected = 0.99 - 0.01 * (m / (1 - 0.81)) / (std::sqrt(v / (1 - 0.998001)) + 1e-8);
  QVERIFY(std::abs(static_cast<double>(t.state.values[0]) - expected) < 1e-5);
}

// The weights shrink by lr λ of themselves, then comes Adam's step, whose length the decay does not change.
void OptimiserTest::adamWDecaysApartFromTheGradient() {
  Two t, adam;
  const Optimiser o{.kind = Optimiser::Kind::AdamW, .weight_decay = 0.1};
  t.step(o, {0.2f, -3.0f}, 0.01f, 1);
  adam.step({.kind = Optimiser::Kind::Adam}, {0.2f, -3.0f}, 0.01f, 1);
  QVERIFY(near(t.state.values[0], 0.999 - 0.01) && near(t.state.values[1], -1.998 + 0.01));
  QVERIFY(t.state.momenta == adam.state.momenta && t.state.squares == adam.state.squares);
  QVERIFY(near(t.gradients[0], 0.2) && near(t.gradients[1], -3));
}

void OptimiserTest::plainIsPlain() {
  QVERIFY((Optimiser{.momentum = 0.5}.plain()));
  QVERIFY(!(Optimiser{.momentum = 0.5, .nesterov = true}.plain()));
  QVERIFY(!(Optimiser{.clip_norm = 1}.plain()));
  QVERIFY(!(Optimiser{.kind = Optimiser::Kind::Adam}.plain()));
  QVERIFY(!(Optimiser{.kind = Optimiser::Kind::AdamW}.plain()));
}

SYNANN_TEST(OptimiserTest)
#include "optimiser_test.moc"
