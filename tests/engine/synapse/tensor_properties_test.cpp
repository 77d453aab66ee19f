// SPDX-License-Identifier: GPL-3.0-or-later
#include <numeric>

#include <QTest>

#include "engine/synapse/closeness.h"
#include "engine/synapse/function.h"
#include "engine/synapse/scaled_product.h"
#include "engine/synapse/tensor.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::synapse;
using synann::synapse::test::Draw;
using synann::synapse::test::Numbers;
using synann::synapse::test::slope;

namespace {

// A tensor that owns its numbers.
struct Sample {
  std::size_t n = 0;
  Numbers beta, alpha, x, upstream;

  Tensor tensor() const { return {.n = n, .beta = beta, .alpha = alpha}; }
  double loss(const TensorOptions& options) const {
    const auto out = tensor_forward(tensor(), x, options);
    return out ? std::inner_product(out->y.begin(), out->y.end(), upstream.begin(), 0.) : HUGE_VAL;
  }
};

Sample draw_sample(Draw& draw, std::size_t batch, std::size_t n, double beta_from, double beta_to) {
  return {.n = n,
          .beta = draw.many(n * n, beta_from, beta_to),
          .alpha = draw.many(n, .5, 1.5),
          .x = draw.many(batch * n, .05, .95),
          .upstream = draw.many(batch * n, -1, 1)};
}

// The largest difference of analytic and numeric gradients, relative to the largest gradient.
double gradient_error(Sample s, const TensorOptions& options) {
  const auto grad = tensor_backward(s.tensor(), s.x, s.upstream, options);
  if (!grad) return HUGE_VAL;
  double worst = 0;
  const auto compare = [&](Numbers& numbers, const Numbers& analytic) {
    double largest = 1e-300;
    for (const double g : analytic) largest = std::max(largest, std::abs(g));
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const double at = numbers[k];
      const double numeric = slope(
          [&](double value) {
            numbers[k] = value;
            return s.loss(options);
          },
          at, 2e-3);
      numbers[k] = at;
      worst = std::max(worst, std::abs(numeric - analytic[k]) / largest);
    }
  };
  compare(s.x, grad->x);
  compare(s.beta, grad->beta);
  compare(s.alpha, grad->alpha);
  return worst;
}

}  // namespace

// What must hold of the synapse tensor for any numbers.
class TensorPropertiesTest : public QObject {
  Q_OBJECT
 private slots:
  void gradientsAreSlopes_data();
  void gradientsAreSlopes();
  void gradientsAreSlopesAtZeroFactors();
  void contracts();
  void softmaxInputsStayBounded();
  void sampleDoesNotDependOnItsBatch();
  void isAChainOfSynapses();
  void logProductAgreesWithTheProduct();
  void decompositionAddsUp();
  void noAlphaIsAlphaOne();
};

void TensorPropertiesTest::gradientsAreSlopes_data() {
  QTest::addColumn<bool>("coupled");
  QTest::addColumn<double>("from");
  QTest::addColumn<double>("to");
  QTest::newRow("per sample, theory") << false << 0. << 1.;
  QTest::newRow("per sample, free β") << false << -2. << 3.;
  QTest::newRow("batch-coupled, theory") << true << 0. << 1.;
  QTest::newRow("batch-coupled, free β") << true << -2. << 2.;
}

void TensorPropertiesTest::gradientsAreSlopes() {
  QFETCH(bool, coupled);
  QFETCH(double, from);
  QFETCH(double, to);
  const TensorOptions options{.semantics = coupled ? Semantics::BatchCoupled : Semantics::PerSample};
  Draw draw(11);
  for (int k = 0; k < 10; ++k) {
    const double error = gradient_error(draw_sample(draw, 3, 4, from, to), options);
    QVERIFY2(error <= 1e-6, QByteArray::number(error).constData());
  }
}

void TensorPropertiesTest::gradientsAreSlopesAtZeroFactors() {
  Draw draw(12);
  for (const auto semantics : {Semantics::PerSample, Semantics::BatchCoupled}) {
    for (int k = 0; k < 10; ++k) {
      auto s = draw_sample(draw, 2, 3, -.5, .9);
      s.x[1] = .5;
      s.beta[1] = 2;  // 1 − β_01 x_1 = 0
      if (k % 2 == 1) {
        s.x[2] = .25;
        s.beta[2] = 4;  // and a second zero factor in the same product
      }
      const double error = gradient_error(s, {.semantics = semantics});
      QVERIFY2(error <= 1e-6, QByteArray::number(error).constData());
    }
  }
}

void TensorPropertiesTest::contracts() {
  Draw draw(13);
  for (int k = 0; k < 100; ++k) {
    const auto s = draw_sample(draw, 2, 6, 0, 1);
    const auto out = tensor_forward({.n = s.n, .beta = s.beta, .alpha = {}}, s.x);
    QVERIFY(out.ok());
    for (std::size_t i = 0; i < s.x.size(); ++i) QVERIFY(0 < out->y[i] && out->y[i] < s.x[i]);
    QVERIFY(0 < out->headroom && out->headroom < 1);
  }
}

void TensorPropertiesTest::softmaxInputsStayBounded() {
  // Where Σx = 1 and 0 ≤ β ≤ 1: 1 − max_j β_ij ≤ P_i ≤ exp(−Σ_j β_ij x_j).
  Draw draw(14);
  for (int k = 0; k < 100; ++k) {
    auto s = draw_sample(draw, 1, 8, 0, 1);
    const double total = std::reduce(s.x.begin(), s.x.end());
    for (double& x : s.x) x /= total;
    const auto out = tensor_forward(s.tensor(), s.x);
    QVERIFY(out.ok());
    for (std::size_t i = 0; i < s.n; ++i) {
      const auto row = std::span(s.beta).subspan(i * s.n, s.n);
      const double product = std::exp(out->log_product[i]);
      QVERIFY(product >= (1 - *std::ranges::max_element(row)) * (1 - 1e-14));
      QVERIFY(product <= std::exp(-std::inner_product(row.begin(), row.end(), s.x.begin(), 0.)));
    }
  }
}

void TensorPropertiesTest::sampleDoesNotDependOnItsBatch() {
  Draw draw(15);
  const auto s = draw_sample(draw, 7, 5, -1, 1);
  const auto whole = tensor_forward(s.tensor(), s.x);
  const auto slopes = tensor_backward(s.tensor(), s.x, s.upstream);
  QVERIFY(whole.ok() && slopes.ok());
  // Alone and in reverse order: the same bits.
  Numbers reversed;
  for (std::size_t b = 7; b-- > 0;) {
    const auto x = std::span(s.x).subspan(5 * b, 5), g = std::span(s.upstream).subspan(5 * b, 5);
    reversed.insert(reversed.end(), x.begin(), x.end());
    const auto alone = tensor_forward(s.tensor(), x);
    const auto slope_alone = tensor_backward(s.tensor(), x, g);
    QVERIFY(alone.ok() && slope_alone.ok());
    QVERIFY(std::ranges::equal(alone->y, std::span(whole->y).subspan(5 * b, 5)));
    QVERIFY(std::ranges::equal(slope_alone->x, std::span(slopes->x).subspan(5 * b, 5)));
  }
  const auto turned = tensor_forward(s.tensor(), reversed);
  QVERIFY(turned.ok());
  for (std::size_t b = 0; b < 7; ++b)
    QVERIFY(std::ranges::equal(std::span(turned->y).subspan(5 * (6 - b), 5),
                               std::span(whole->y).subspan(5 * b, 5)));
}

void TensorPropertiesTest::isAChainOfSynapses() {
  // y_i = S(… S(S(α x_i, x_1), x_2) …, x_n), each with the β of its inhibitor.
  Draw draw(16);
  const auto s = draw_sample(draw, 1, 6, -1, 1);
  const auto out = tensor_forward(s.tensor(), s.x);
  QVERIFY(out.ok());
  for (std::size_t i = 0; i < s.n; ++i) {
    double signal = s.alpha[i] * s.x[i];
    for (std::size_t j = 0; j < s.n; ++j)
      signal = evaluate(Synapse{.alpha = 1, .beta = s.beta[i * s.n + j]}, signal, s.x[j]);
    VERIFY_CLOSE(out->y[i], signal, 1e-14);
  }
}

void TensorPropertiesTest::logProductAgreesWithTheProduct() {
  // Two ways to the same number: the sum of logarithms, and the logarithm of the scaled product.
  Draw draw(17);
  for (const double spread : {1e-12, 1e-3, 1., 1e6}) {
    ScaledProduct product;
    CompensatedSum sum;
    for (int k = 0; k < 2000; ++k) {
      const double beta = draw.between(-spread, spread), x = draw.between(0, 1);
      product *= inhibition_factor(beta, x);
      sum.add(log_abs_factor(beta, x));
    }
    // Each factor was rounded to 53 bits.
    QVERIFY(std::abs(product.log_abs() - sum.value()) < 2000 * 0x1p-53 + 1e-13 * std::abs(sum.value()));
  }
  ScaledProduct zero(3);
  zero *= 0.;
  zero *= ScaledProduct(-5e300);
  QCOMPARE(zero.value(), 0.);
  QCOMPARE(zero.sign(), 0);
  QVERIFY(std::isinf(zero.log_abs()));
  // Down by 2⁻¹⁰⁷⁴ two thousand times and back up in unequal steps: not a bit is lost.
  ScaledProduct there_and_back(1.1e-300);
  for (int k = 0; k < 2000; ++k) there_and_back *= 0x1p-1074;
  for (int k = 0; k < 2000; ++k) there_and_back *= 0x1p1023;
  QCOMPARE(there_and_back.value(), 0.);
  for (int k = 0; k < 2000; ++k) there_and_back *= 0x1p51;
  VERIFY_CLOSE(there_and_back.value(), 1.1e-300, 0);
}

void TensorPropertiesTest::decompositionAddsUp() {
  Draw draw(18);
  for (int k = 0; k < 50; ++k) {
    const auto s = draw_sample(draw, 1, 20, -3, 3);
    const auto out = tensor_forward(s.tensor(), s.x);
    QVERIFY(out.ok());
    for (std::size_t i = 0; i < s.n; ++i) {
      const auto parts = decompose(s.tensor(), s.x, i);
      QVERIFY(parts.ok());
      double sum = parts->theta + parts->u;
      for (const double term : parts->inhibition) sum += term;
      QVERIFY(std::abs(sum - parts->total) < 1e-13);
      QVERIFY(std::abs(parts->residual) < 1e-13);
      VERIFY_CLOSE(parts->sign * std::exp(-parts->total), out->y[i], 1e-12);
    }
  }
}

void TensorPropertiesTest::noAlphaIsAlphaOne() {
  Draw draw(19);
  auto s = draw_sample(draw, 2, 3, -1, 1);
  s.alpha.clear();
  const auto bare = tensor_backward(s.tensor(), s.x, s.upstream);
  s.alpha.assign(3, 1.);
  const auto ones = tensor_backward(s.tensor(), s.x, s.upstream);
  QVERIFY(bare.ok() && ones.ok());
  QVERIFY(bare->x == ones->x && bare->beta == ones->beta && bare->alpha == ones->alpha);
}

SYNANN_TEST(TensorPropertiesTest)
#include "tensor_properties_test.moc"
