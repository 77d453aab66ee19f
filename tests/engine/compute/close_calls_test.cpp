// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/reference/close_calls.h"

#include <QtTest>

#include "engine/compute/reference/layers.h"
#include "tests/engine/compute/fixtures.h"

using namespace synann;
using compute::reference::at;

namespace {

model::Model pooled(int channels, int side, int kernel) {
  return testing::resolved({{.kind = model::LayerKind::Conv2d, .name = "c", .out = 1, .kernel = kernel},
                            {.kind = model::LayerKind::Dropout2d, .p = 0.5},
                            {.kind = model::LayerKind::MaxPool2d, .kernel = 2},
                            {.kind = model::LayerKind::LogSoftmax}},
                           {channels, side, side}, 1);
}

// Which of the window's places the pooling would choose.
int chosen(const std::vector<float>& y) {
  return static_cast<int>(std::max_element(y.begin(), y.end()) - y.begin());
}

}  // namespace

class CloseCallsTest : public QObject {
  Q_OBJECT
 private slots:
  void findsThePool();
  void ordersByTheExactSums_data();
  void ordersByTheExactSums();
  void decidesTheReluExactly();
  void leavesClearCallsAlone();
};

void CloseCallsTest::findsThePool() {
  const auto m = pooled(1, 2, 1);
  QCOMPARE(compute::reference::pool_behind(m, 0), &m.layers[2]);
  QCOMPARE(compute::reference::pool_behind(m, 1), nullptr);
}

// One input channel for each term: a 1×1 kernel makes each place a plain sum, here 1 + tiny − 1 in the order
// in which float32 loses the tiny part.
void CloseCallsTest::ordersByTheExactSums_data() {
  QTest::addColumn<int>("place");
  for (int place = 0; place < 4; ++place) QTest::addRow("place %d", place) << place;
}

void CloseCallsTest::ordersByTheExactSums() {
  QFETCH(int, place);
  const auto m = pooled(3, 2, 1);
  const model::Layer& conv = m.layers[0];
  std::vector<float> x(12);
  for (int k = 0; k < 4; ++k) {
    x[at(0, 0, k, 1, 4)] = 1;
    x[at(0, 1, k, 1, 4)] = k == place ? 2e-8f : 1e-8f * static_cast<float>(k % 2);
    x[at(0, 2, k, 1, 4)] = 0.5f;
  }
  const std::vector<float> w{1, 1, 1}, b{0};
  std::vector<float> y(4);
  compute::reference::conv2d_forward(conv, 1, x.data(), w.data(), b.data(), y.data());
  QVERIFY(y[0] == y[1] && y[1] == y[2] && y[2] == y[3]);  // float32 cannot tell them apart
  compute::reference::settle_close_calls(conv, m.layers[2], x.data(), w.data(), b.data(), y.data());
  QCOMPARE(chosen(y), place);
  for (const float v : y) QVERIFY(std::abs(v - 1.5f) <= 2.5e-7f);  // moved by a rounding at most
}

void CloseCallsTest::decidesTheReluExactly() {
  const auto m = pooled(3, 2, 1);
  for (const float sign : {1.0f, -1.0f}) {
    std::vector<float> x;
    for (const float value : {1.0f, sign * 3e-8f, -1.0f}) x.insert(x.end(), {value, value, value, value});
    x[3] = 0.5f;  // one clear loser: the window is not flat
    const std::vector<float> w{1, 1, 1}, b{0};
    std::vector<float> y(4);
    compute::reference::conv2d_forward(m.layers[0], 1, x.data(), w.data(), b.data(), y.data());
    compute::reference::settle_close_calls(m.layers[0], m.layers[2], x.data(), w.data(), b.data(), y.data());
    QCOMPARE(y[static_cast<std::size_t>(chosen(y))] > 0, sign > 0);
    QCOMPARE(chosen(y), 0);  // equal sums: the first, as PyTorch
  }
}

void CloseCallsTest::leavesClearCallsAlone() {
  const auto m = pooled(2, 8, 3);
  const auto data = testing::random_batch<float>(m, 1, 4);
  std::vector<float> w(18), y(36);
  for (std::size_t k = 0; k < w.size(); ++k) w[k] = 0.1f * static_cast<float>(k % 5) - 0.2f;
  const std::vector<float> b{0.3f};
  compute::reference::conv2d_forward(m.layers[0], 1, data.input.data(), w.data(), b.data(), y.data());
  const auto before = y;
  compute::reference::settle_close_calls(m.layers[0], m.layers[2], data.input.data(), w.data(), b.data(),
                                         y.data());
  QCOMPARE(y, before);
}

QTEST_GUILESS_MAIN(CloseCallsTest)
#include "close_calls_test.moc"
