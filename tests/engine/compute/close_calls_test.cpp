// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/exact/close_calls.h"

#include <QtTest>

#include "engine/compute/reference/layers.h"
#include "engine/compute/reference/network.h"
#include "tests/engine/compute/fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using compute::exact::CloseCalls;
using compute::reference::at;

namespace {

model::Model pooled(int channels, int side, int kernel) {
  return testing::resolved({{.kind = model::LayerKind::Conv2d, .name = "c", .out = 1, .kernel = kernel},
                            {.kind = model::LayerKind::Dropout2d, .p = 0.5},
                            {.kind = model::LayerKind::MaxPool2d, .kernel = 2},
                            {.kind = model::LayerKind::LogSoftmax}},
                           {channels, side, side}, 1);
}

// The flat block of a model with one convolution, which may have no bias.
std::vector<float> block(const model::Model& m, const std::vector<float>& w, float b) {
  std::vector<float> values(m.parameters.float_count());
  std::copy(w.begin(), w.end(), values.begin() + static_cast<long>(m.parameters.find("c.weight")->offset));
  if (const Parameter* bias = m.parameters.find("c.bias")) values[bias->offset] = b;
  return values;
}

// The layer's plain float32 sums, in the order in which they are written down.
std::vector<float> plain_sums(const model::Layer& l, const std::vector<float>& x, const std::vector<float>& w,
                              float b) {
  std::vector<float> y;
  for (int r = 0; r < l.result.rows; ++r)
    for (int c = 0; c < l.result.columns; ++c) {
      float sum = b;
      for (int i = 0; i < l.in.channels; ++i)
        for (int u = 0; u < l.kernel; ++u)
          for (int v = 0; v < l.kernel; ++v)
            sum += w[at(i, u, v, l.kernel, l.kernel)] * x[at(i, r + u, c + v, l.in.rows, l.in.columns)];
      y.push_back(sum);
    }
  return y;
}

// Which of the window's places the pooling would choose.
int chosen(const std::vector<float>& y) {
  return static_cast<int>(std::max_element(y.begin(), y.end()) - y.begin());
}

}  // namespace

class CloseCallsTest : public QObject {
  Q_OBJECT
 private slots:
  void ordersByTheExactSums_data();
  void ordersByTheExactSums();
  void decidesTheReluExactly();
  void decidesLinearSignsExactly();
  void leavesClearCallsAlone();
  void seesThroughTheLayersBefore();
  void decidesWithoutBias();
  void leavesOtherWindowsAsTheyFall();
};

// One input channel for each term: a 1×1 kernel makes each place a plain sum, here 1 + tiny + ½, in which
// float32 loses the tiny part.
void CloseCallsTest::ordersByTheExactSums_data() {
  QTest::addColumn<int>("place");
  for (int place = 0; place < 4; ++place) QTest::addRow("place %d", place) << place;
}

void CloseCallsTest::ordersByTheExactSums() {
  QFETCH(int, place);
  const auto m = pooled(3, 2, 1);
  std::vector<float> x(12);
  for (int k = 0; k < 4; ++k) {
    x[at(0, 0, k, 1, 4)] = 1;
    x[at(0, 1, k, 1, 4)] = k == place ? 2e-8f : 1e-8f * static_cast<float>(k % 2);
    x[at(0, 2, k, 1, 4)] = 0.5f;
  }
  const std::vector<float> w{1, 1, 1};
  const auto values = block(m, w, 0);
  auto y = plain_sums(m.layers[0], x, w, 0);
  QVERIFY(y[0] == y[1] && y[1] == y[2] && y[2] == y[3]);  // float32 cannot tell them apart
  const CloseCalls calls(m);
  calls.settle(0, 1, values.data(), x.data(), x.data(), y.data());
  QCOMPARE(chosen(y), place);
  for (const float v : y) QVERIFY(std::abs(v - 1.5f) <= 2.5e-7f);  // moved by a rounding at most
  QCOMPARE(calls.best_of_window(0, values.data(), x.data(), 0, 0, 0).place, place);
}

void CloseCallsTest::decidesTheReluExactly() {
  const auto m = pooled(3, 2, 1);
  for (const float sign : {1.0f, -1.0f}) {
    std::vector<float> x;
    for (const float value : {1.0f, sign * 2e-8f, -1.0f}) x.insert(x.end(), {value, value, value, value});
    x[3] = 0.5f;  // one clear loser: the window is not flat
    const std::vector<float> w{1, 1, 1};
    auto y = plain_sums(m.layers[0], x, w, 0);
    QCOMPARE(y[0], 0.0f);  // float32 loses the sign
    CloseCalls(m).settle(0, 1, block(m, w, 0).data(), x.data(), x.data(), y.data());
    QCOMPARE(y[static_cast<std::size_t>(chosen(y))] > 0, sign > 0);
    QCOMPARE(chosen(y), 0);  // equal sums: the first, as PyTorch
  }
}

void CloseCallsTest::decidesLinearSignsExactly() {
  const auto m = testing::resolved({{.kind = model::LayerKind::Linear, .name = "c", .out = 2},
                                    {.kind = model::LayerKind::Relu},
                                    {.kind = model::LayerKind::LogSoftmax}},
                                   {3, 1, 1}, 2);
  const std::vector<float> x{1, 2e-8f, -1}, w{1, 1, 1, 1, -1, 1};
  std::vector<float> y{0, 0};  // what float32 makes of both
  CloseCalls(m).settle(0, 1, block(m, w, 0).data(), x.data(), x.data(), y.data());
  QVERIFY(y[0] > 0);
  QVERIFY(y[1] < 0);
}

void CloseCallsTest::leavesClearCallsAlone() {
  const auto m = pooled(2, 8, 3);
  const auto data = testing::random_batch<float>(m, 1, 4);
  std::vector<float> w(18);
  for (std::size_t k = 0; k < w.size(); ++k) w[k] = 0.1f * static_cast<float>(k % 5) - 0.2f;
  auto y = plain_sums(m.layers[0], data.input, w, 0.3f);
  const auto before = y;
  CloseCalls(m).settle(0, 1, block(m, w, 0.3f).data(), data.input.data(), data.input.data(), y.data());
  QCOMPARE(y, before);
}

// The second convolution of SynaCNN: its exact sums must be those of a network computed in double.
void CloseCallsTest::seesThroughTheLayersBefore() {
  const auto m = *model::build("syna-cnn", 28, 28, 10);
  const auto state = model::initialise(m, 3);
  const auto data = testing::random_batch<float>(m, 1, 5);
  const std::vector<double> values(state.values.begin(), state.values.end()),
      input(data.input.begin(), data.input.end());
  compute::reference::Network<double> oracle(m);
  oracle.forward(values, {1, input, data.target}, compute::Mode::Training, {});
  const auto conv2 = oracle.output(3);
  const CloseCalls calls(m);
  for (int map = 0; map < 20; map += 7)
    for (int row = 0; row < 8; row += 2)
      for (int column = 0; column < 8; column += 2) {
        const auto best = calls.best_of_window(3, state.values.data(), data.input.data(), map, row, column);
        double top = -1e9;
        for (int k = 0; k < 4; ++k) top = std::max(top, conv2[at(map, row + k / 2, column + k % 2, 8, 8)]);
        QVERIFY(std::abs(best.sum - top) < 1e-12);
        QVERIFY(std::abs(conv2[at(map, best.place / 8, best.place % 8, 8, 8)] - top) < 1e-12);
        QVERIFY(!calls.is_flat(3, data.input.data(), row, column));
      }
  const std::vector<float> blank(784, -0.4f);
  QVERIFY(calls.is_flat(3, blank.data(), 2, 4));
}

// Without a bias the first number of the block, here a weight of 1, is none.
void CloseCallsTest::decidesWithoutBias() {
  const auto linear =
      testing::resolved({{.kind = model::LayerKind::Linear, .name = "c", .out = 1, .bias = false},
                         {.kind = model::LayerKind::Relu},
                         {.kind = model::LayerKind::LogSoftmax}},
                        {3, 1, 1}, 1);
  const std::vector<float> w{1, 1, 1};
  std::vector<float> x{1, 2e-8f, -1}, y{0};
  CloseCalls(linear).settle(0, 1, block(linear, w, 0).data(), x.data(), x.data(), y.data());
  QCOMPARE(y[0], 2e-8f);
  const auto convolution = testing::resolved(
      {{.kind = model::LayerKind::Conv2d, .name = "c", .out = 1, .kernel = 1, .bias = false},
       {.kind = model::LayerKind::MaxPool2d, .kernel = 2},
       {.kind = model::LayerKind::LogSoftmax}},
      {3, 2, 2}, 1);
  x = {1, 1, 1, 1, 0, 2e-8f, 0, 0, 0.5f, 0.5f, 0.5f, 0.5f};
  y.assign(4, 1.5f);
  const CloseCalls calls(convolution);
  calls.settle(0, 1, block(convolution, w, 0).data(), x.data(), x.data(), y.data());
  QCOMPARE(chosen(y), 1);
  QCOMPARE(calls.best_of_window(0, block(convolution, w, 0).data(), x.data(), 0, 0, 0).sum,
           1.5 + static_cast<double>(2e-8f));
}

void CloseCallsTest::leavesOtherWindowsAsTheyFall() {
  const auto window = [](model::Layer convolution, model::Layer pool) {
    convolution.kind = model::LayerKind::Conv2d, convolution.name = "c", convolution.out = 2;
    return CloseCalls(
               testing::resolved({convolution, pool, {.kind = model::LayerKind::LogSoftmax}}, {2, 9, 9}, 1))
        .window(0);
  };
  const model::Layer plain{.kind = model::LayerKind::Conv2d, .kernel = 3},
      pool{.kind = model::LayerKind::MaxPool2d, .kernel = 2};
  QCOMPARE(window(plain, pool), 2);
  QCOMPARE(window({.kind = model::LayerKind::Conv2d, .kernel = 3, .stride = 2}, pool), 0);
  QCOMPARE(window({.kind = model::LayerKind::Conv2d, .kernel = 3, .padding = 1}, pool), 0);
  QCOMPARE(window({.kind = model::LayerKind::Conv2d, .kernel = 3, .groups = 2}, pool), 0);
  QCOMPARE(window(plain, {.kind = model::LayerKind::MaxPool2d, .kernel = 2, .stride = 1}), 0);
  QCOMPARE(window(plain, {.kind = model::LayerKind::MaxPool2d, .kernel = 2, .stride = 2}), 2);
  QCOMPARE(window(plain, {.kind = model::LayerKind::GlobalMaxPool2d}), 0);
}

SYNANN_TEST(CloseCallsTest)
#include "close_calls_test.moc"
