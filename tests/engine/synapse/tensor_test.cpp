// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/tensor.h"

#include <numeric>

#include <QTest>

#include "engine/synapse/closeness.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::synapse;
using synann::synapse::test::Numbers;

namespace {

const Numbers kX{.2, .5, .7, .9, .35, .05};               // [2, 3]
const Numbers kBeta{.1, .6, .3, .8, .2, .5, .4, .9, .7};  // [3, 3]
const Numbers kAlpha{1, 1.25, .8};
const Numbers kUpstream{1, -2, .5, .25, 3, -1};  // [2, 3]
const Numbers kMixed{.1, -.6, .3, -.8, .2, .5, .4, .9, -.7};
const TensorOptions kCoupled{.semantics = Semantics::BatchCoupled};

Tensor tensor(const Numbers& beta, const Numbers& alpha = {}) {
  return {.n = 3, .beta = beta, .alpha = alpha};
}

std::string failure(const Tensor& t, const Numbers& x, const TensorOptions& options = {}) {
  const auto out = tensor_forward(t, x, options);
  return out ? std::string() : out.error().sentence();
}

}  // namespace

// The synapse tensor against published numbers and at the places where logarithms fail.
class SynapseTensorTest : public QObject {
  Q_OBJECT
 private slots:
  void perSampleForward();
  void perSampleBackward();
  void batchCoupled();
  void batchCoupledEqualsPerSampleForOneSample();
  void negativeWeights();
  void outputDependsOnTheBatchOnlyWhereCoupled();
  void manyInputsDoNotUnderflowUnseen();
  void zeroInput();
  void oneZeroFactor();
  void severalZeroFactors();
  void zeroFactorInACoupledBatch();
  void negativeFactors();
  void factorsCloseToZero();
  void productsBeyondDouble();
  void headroom();
  void decomposition();
  void decompositionAtZeros();
  void wrongSizes();
  void wrongNumbers();
};

void SynapseTensorTest::perSampleForward() {
  const auto out = tensor_forward(tensor(kBeta, kAlpha), kX);
  QVERIFY(out.ok());
  VERIFY_CLOSE(out->y, (Numbers{.108388, .307125, .1445136, .63730485, .111076875, .01692224}), 1e-12);
  VERIFY_CLOSE(std::exp(out->log_product[0]), .54194, 1e-12);
  VERIFY_CLOSE(std::exp(out->log_product[2]), .25806, 1e-12);
  QVERIFY(out->sign == std::vector(6, 1));
}

void SynapseTensorTest::perSampleBackward() {
  const auto grad = tensor_backward(tensor(kBeta, kAlpha), kX, kUpstream);
  QVERIFY(grad.ok());
  VERIFY_CLOSE(grad->x, (Numbers{1.084464, -1.3031424, .435388, -.78199035, .78165135, -.54558285}), 1e-12);
  VERIFY_CLOSE(grad->beta,
               (Numbers{-.179695375, -.1480075625, -.104127625, -.9248484375, .215840625, .64441125, .0080889,
                        -.0570416, -.0982992}),
               1e-12);
  VERIFY_CLOSE(grad->alpha, (Numbers{.2677142125, -.2248155, .0691682}), 1e-12);
}

void SynapseTensorTest::batchCoupled() {
  const auto out = tensor_forward(tensor(kBeta), kX, kCoupled);
  QVERIFY(out.ok());
  QCOMPARE(out->log_product.size(), std::size_t{3});  // one product per output for the whole batch
  const Numbers c{.38375665601, .124761546, .10917383136};
  for (std::size_t i = 0; i < 3; ++i) VERIFY_CLOSE(std::exp(out->log_product[i]), c[i], 1e-12);
  VERIFY_CLOSE(
      out->y, (Numbers{.076751331202, .062380773, .076421681952, .3453809904090, .0436665411, .005458691568}),
      1e-12);
  const auto grad = tensor_backward(tensor(kBeta), kX, kUpstream, kCoupled);
  QVERIFY(grad.ok());
  VERIFY_CLOSE(grad->x,
               (Numbers{.34693305700875, -.4443008252505, -.0571009455525, .0397232916550, .206040275535,
                        -.185804966115}),
               1e-12);
  VERIFY_CLOSE(grad->beta,
               (Numbers{-.19458932479, -.18875553424, -.152794970055, -.02153621925, -.005813262,
                        -.0070378308, -.053177742585, -.04650935616, -.04665093312}),
               1e-12);
}

void SynapseTensorTest::batchCoupledEqualsPerSampleForOneSample() {
  const Numbers x(kX.begin(), kX.begin() + 3), g(kUpstream.begin(), kUpstream.begin() + 3);
  const auto alone = tensor_forward(tensor(kMixed, kAlpha), x);
  const auto coupled = tensor_forward(tensor(kMixed, kAlpha), x, kCoupled);
  QVERIFY(alone.ok() && coupled.ok());
  QVERIFY(alone->y == coupled->y);
  const auto one = tensor_backward(tensor(kMixed, kAlpha), x, g);
  const auto other = tensor_backward(tensor(kMixed, kAlpha), x, g, kCoupled);
  QVERIFY(one.ok() && other.ok());
  QVERIFY(one->x == other->x && one->beta == other->beta && one->alpha == other->alpha);
}

void SynapseTensorTest::negativeWeights() {
  const auto out = tensor_forward(tensor(kMixed), kX);
  const auto grad = tensor_backward(tensor(kMixed), kX, kUpstream);
  QVERIFY(out.ok() && grad.ok());
  VERIFY_CLOSE(out->y, (Numbers{.201292, .3393, .527758, .97612515, .5458635, .0226872}), 1e-12);
  VERIFY_CLOSE(grad->x, (Numbers{.40319, -1.545298, .9465, 1.02017875, 4.47747525, -1.38320225}), 1e-12);
}

void SynapseTensorTest::outputDependsOnTheBatchOnlyWhereCoupled() {
  const Numbers batch{.2, .5, .7, .9, .35, .05, .4, .1, .6, .3, .8, .25};  // [4, 3]
  const auto first = [&](std::size_t samples, const TensorOptions& options) {
    const auto out = tensor_forward(tensor(kMixed), std::span(batch).first(3 * samples), options);
    return out ? Numbers(out->y.begin(), out->y.begin() + 3) : Numbers();
  };
  VERIFY_CLOSE(first(1, kCoupled), (Numbers{.201292, .3393, .527758}), 1e-12);
  VERIFY_CLOSE(first(2, kCoupled), (Numbers{.218317981882, .529175673, .239467025952}), 1e-12);
  VERIFY_CLOSE(first(4, kCoupled), (Numbers{.241911013616589, .436723882245195, .0752546453497034}), 1e-12);
  for (const std::size_t samples : {1u, 2u, 4u})
    VERIFY_CLOSE(first(samples, {}), (Numbers{.201292, .3393, .527758}), 1e-12);
}

void SynapseTensorTest::manyInputsDoNotUnderflowUnseen() {
  // Output i is inhibited with (i + 1) β_j, β_j = 1 − x_j; only the first has a published number.
  constexpr std::size_t n = 784;
  Numbers x(n), beta(n * n);
  for (std::size_t j = 0; j < n; ++j) x[j] = (static_cast<double>(j) + .5) / n;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) beta[i * n + j] = i == 0 ? 1 - x[j] : .999999;
  }
  const Tensor t{.n = n, .beta = beta, .alpha = {}};
  const auto out = tensor_forward(t, x);
  QVERIFY(out.ok());
  VERIFY_CLOSE(out->log_product[0], -145.98140473291, 1e-12);
  VERIFY_CLOSE(out->y[0], 3.99099757603472e-64 * x[0], 1e-12);
  // The others are a product of 784 factors down to 6·10⁻⁴, about e⁻⁷⁸⁰: below the smallest double …
  QVERIFY(out->log_product[1] < -745.2 && std::isfinite(out->log_product[1]));
  QCOMPARE(out->y[1], 0.);
  QCOMPARE(out->sign[1], 1);  // … but no zero.
  // And α can bring such a product back into range: e^(−780) itself is nowhere formed.
  const double rescue = 1e300;
  const Numbers alpha(n, rescue);
  const auto rescued = tensor_forward({.n = n, .beta = beta, .alpha = alpha}, x);
  QVERIFY(rescued.ok());
  VERIFY_CLOSE(std::log(rescued->y[1]), out->log_product[1] + std::log(x[1]) + std::log(rescue), 1e-12);
}

void SynapseTensorTest::zeroInput() {
  const Numbers x{0, .5, 1}, g{1, 1, 1};
  const auto out = tensor_forward(tensor(kBeta), x);
  const auto grad = tensor_backward(tensor(kBeta), x, g);
  QVERIFY(out.ok() && grad.ok());
  VERIFY_CLOSE(out->y, (Numbers{0, .5 * .9 * .5, .55 * .3}), 1e-14);
  // An input that is closed still has a slope: that of its own output, P_0, less what it inhibits.
  VERIFY_CLOSE(grad->x[0], .7 * .7 - .225 * .8 - .165 * .4, 1e-14);
  for (const std::size_t k : {0u, 1u, 2u}) QCOMPARE(grad->beta[k], 0.);  // dβ_0j ∝ x_0
}

// The published case: t = (1, .6, .4), exactly one factor of each product is zero.
void SynapseTensorTest::oneZeroFactor() {
  const Numbers x{.5, .3, .2}, g{1, 1, 1}, beta(9, 2.);
  const auto out = tensor_forward(tensor(beta), x);
  const auto grad = tensor_backward(tensor(beta), x, g);
  QVERIFY(out.ok() && grad.ok());
  VERIFY_CLOSE(out->y, (Numbers{0, 0, 0}), 0);
  QVERIFY(out->sign == std::vector(3, 0));
  QVERIFY(std::isinf(out->log_product[0]) && out->log_product[0] < 0);
  QCOMPARE(out->headroom, 0.);
  VERIFY_CLOSE(grad->beta, (Numbers{-.06, 0, 0, -.036, 0, 0, -.024, 0, 0}), 1e-12);
  VERIFY_CLOSE(grad->x, (Numbers{-.48, 0, 0}), 1e-12);
}

void SynapseTensorTest::severalZeroFactors() {
  const Numbers x{.5, .5, .2}, g{1, -2, 3}, beta(9, 2.);
  const auto grad = tensor_backward(tensor(beta), x, g);
  QVERIFY(grad.ok());
  QVERIFY(grad->beta == Numbers(9, 0.));
  QVERIFY(grad->x == Numbers(3, 0.));
}

void SynapseTensorTest::zeroFactorInACoupledBatch() {
  // One closed factor in the second sample silences the whole batch; only its own weight feels it.
  const Numbers x{.2, .3, .4, .5, .3, .2}, g{1, 1, 1, 1, 1, 1}, beta(9, 2.);
  const auto out = tensor_forward(tensor(beta), x, kCoupled);
  const auto grad = tensor_backward(tensor(beta), x, g, kCoupled);
  QVERIFY(out.ok() && grad.ok());
  QVERIFY(out->y == Numbers(6, 0.));
  const double others = .6 * .4 * .2 * .4 * .6;
  VERIFY_CLOSE(grad->beta[0], -(.2 + .5) * .5 * others, 1e-12);
  QCOMPARE(grad->beta[1], 0.);
  // Σ_i A_i = (.7 + .6 + .6)
  VERIFY_CLOSE(grad->x[3], -1.9 * 2 * others, 1e-12);
  QCOMPARE(grad->x[0], 0.);
}

// The published case: t = (2, 1.2, .8): two negative factors.
void SynapseTensorTest::negativeFactors() {
  const Numbers x{.5, .3, .2}, g{1, 1, 1}, beta(9, 4.);
  const auto out = tensor_forward(tensor(beta), x);
  const auto grad = tensor_backward(tensor(beta), x, g);
  QVERIFY(out.ok() && grad.ok());
  VERIFY_CLOSE(out->y, (Numbers{.02, .012, .008}), 1e-12);
  VERIFY_CLOSE(grad->beta, (Numbers{.01, .03, -.02, .006, .018, -.012, .004, .012, -.008}), 1e-12);
  const Numbers odd{4, 2, 2, 2, 2, 2, 2, 2, 2};  // t_00 = 2: one negative factor
  const auto negative = tensor_forward(tensor(odd), x);
  QVERIFY(negative.ok());
  QCOMPARE(negative->sign[0], -1);
  VERIFY_CLOSE(negative->y[0], -.5 * .4 * .6, 1e-12);
  VERIFY_CLOSE(negative->log_product[0], std::log(.24), 1e-12);
}

void SynapseTensorTest::factorsCloseToZero() {
  // (1 + 2⁻³⁰)(1 − 2⁻²⁹): as a rounded product 1 − βx would lose its 2⁻⁵⁹.
  const Numbers x{1 - 0x1p-29, .5, .25}, beta{1 + 0x1p-30, 0, 0, 0, 0, 0, 0, 0, 0}, g{1, 0, 0};
  const double factor = 0x1p-30 + 0x1p-59;
  const auto out = tensor_forward(tensor(beta), x);
  const auto grad = tensor_backward(tensor(beta), x, g);
  QVERIFY(out.ok() && grad.ok());
  VERIFY_CLOSE(out->headroom, factor, 0);
  VERIFY_CLOSE(out->y[0], x[0] * factor, 1e-15);
  VERIFY_CLOSE(out->log_product[0], std::log(factor), 1e-15);
  VERIFY_CLOSE(grad->beta[0], -x[0] * x[0], 1e-15);
  VERIFY_CLOSE(grad->x[0], factor - x[0] * beta[0], 1e-15);
}

void SynapseTensorTest::productsBeyondDouble() {
  // Two factors of 1 + 10²⁰⁰: their product, 10⁴⁰⁰, is no double, but α brings y back into range.
  const Numbers x{1, 1, 1}, beta{-1e200, -1e200, 0, 0, 0, 0, 0, 0, 0}, alpha{1e-300, 1, 1};
  const auto out = tensor_forward(tensor(beta, alpha), x);
  QVERIFY(out.ok());
  VERIFY_CLOSE(out->y[0], 1e100, 1e-13);
  VERIFY_CLOSE(out->log_product[0], 400 * std::log(10.), 1e-13);
  const auto beyond = tensor_forward(tensor(beta), x);
  QVERIFY(beyond.ok());
  QVERIFY(std::isinf(beyond->y[0]) && std::isfinite(beyond->log_product[0]));
}

void SynapseTensorTest::headroom() {
  const auto out = tensor_forward(tensor(kBeta), kX);
  QVERIFY(out.ok());
  VERIFY_CLOSE(out->headroom, 1 - .8 * .9, 1e-14);
  const Numbers above{1.5, 0, 0, 0, 0, 0, 0, 0, 0}, amplifiers(9, -1.);
  VERIFY_CLOSE(tensor_forward(tensor(above), kX)->headroom, 1 - 1.5 * .9, 1e-14);
  VERIFY_CLOSE(tensor_forward(tensor(amplifiers), kX)->headroom, 1.05, 1e-14);
}

void SynapseTensorTest::decomposition() {
  const Numbers x(kX.begin(), kX.begin() + 3);
  const auto parts = decompose(tensor(kBeta, kAlpha), x, 1);
  QVERIFY(parts.ok());
  VERIFY_CLOSE(parts->theta, -std::log(1.25), 1e-15);
  VERIFY_CLOSE(parts->u, std::log(2.), 1e-15);
  VERIFY_CLOSE(parts->inhibition, (Numbers{-std::log(.84), -std::log(.9), -std::log(.65)}), 1e-14);
  VERIFY_CLOSE(parts->total, 1.18050044814079, 1e-12);
  QVERIFY(std::abs(parts->residual) < 1e-15);
  QCOMPARE(parts->sign, 1);
}

void SynapseTensorTest::decompositionAtZeros() {
  const Numbers x{.5, .3, 0}, twos(9, 2.);
  const auto pole = decompose(tensor(twos), x, 1);
  QVERIFY(pole.ok());
  QVERIFY(std::isinf(pole->total) && std::isinf(pole->inhibition[0]));
  QCOMPARE(pole->residual, 0.);
  QCOMPARE(pole->sign, 0);
  const auto closed = decompose(tensor(kBeta), x, 2);
  QVERIFY(closed.ok() && std::isinf(closed->u) && std::isinf(closed->total));
  const auto absent = decompose(tensor(kBeta), x, 3);
  QVERIFY(!absent && absent.error().sentence().find("0 to 2, found 3") != std::string::npos);
  QVERIFY(!decompose(tensor(kBeta), kX, 0));  // two samples
}

void SynapseTensorTest::wrongSizes() {
  const Numbers eight(8), four(4), none;
  QVERIFY(failure(tensor(eight), kX).find("size of β does not fit: expected 3 × 3, found 8") !=
          std::string::npos);
  QVERIFY(failure(tensor(kBeta, four), kX).find("size of α") != std::string::npos);
  QVERIFY(failure(tensor(kBeta), four).find("size of x") != std::string::npos);
  QVERIFY(failure(tensor(kBeta), none).find("size of x") != std::string::npos);
  QVERIFY(!failure({}, kX).empty());
  const auto grad = tensor_backward(tensor(kBeta), kX, four);
  QVERIFY(!grad && grad.error().sentence().find("∂L/∂y") != std::string::npos);
}

void SynapseTensorTest::wrongNumbers() {
  const double nan = std::nan("");
  Numbers beta = kBeta, x = kX, g = kUpstream;
  beta[4] = nan;
  QVERIFY(failure(tensor(beta), kX).find("element 4 of β is not finite") != std::string::npos);
  x[5] = 1.5;
  QVERIFY(failure(tensor(kBeta), x).find("element 5 of x is no probability: expected 0 to 1, found 1.5") !=
          std::string::npos);
  QVERIFY(failure(tensor(kBeta), x, {.extended = true}).empty());
  x[5] = HUGE_VAL;
  QVERIFY(failure(tensor(kBeta), x, {.extended = true}).find("not finite") != std::string::npos);
  g[1] = nan;
  QVERIFY(!tensor_backward(tensor(kBeta), kX, g));
  const Numbers huge(9, 1e200), far{1e200, 0, 0};
  QVERIFY(failure(tensor(huge), far, {.extended = true}).find("range of double") != std::string::npos);
}

SYNANN_TEST(SynapseTensorTest)
#include "tensor_test.moc"
