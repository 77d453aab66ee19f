// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/surprisal_tensor.h"

#include <numeric>

#include <QTest>

#include "engine/synapse/closeness.h"
#include "engine/synapse/surprisal.h"
#include "engine/synapse/tensor.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::synapse;
using synann::synapse::test::Draw;
using synann::synapse::test::Numbers;
using synann::synapse::test::slope;

namespace {

Numbers surprisals(const Numbers& probabilities) {
  Numbers u;
  for (const double p : probabilities) u.push_back(surprisal(p));
  return u;
}

std::string surprisal_failure(const SurprisalTensor& t, const Numbers& u) {
  const auto v = surprisal_forward(t, u);
  return v ? std::string() : v.error().sentence();
}

}  // namespace

// The synapse tensor as a sum of surprisals.
class SurprisalTensorTest : public QObject {
  Q_OBJECT
 private slots:
  void publishedForward();
  void gradientsAreSlopes();
  void agreesWithTheProductForm();
  void keepsItsDigitsAtThePole();
  void doesNotUnderflow();
  void zeroInputsAndWeights();
  void thePole();
  void wrongInput();
};

void SurprisalTensorTest::publishedForward() {
  const Numbers u = surprisals({.2, .5, .7, .9, .35, .05}),
                gamma = surprisals({.1, .6, .3, .8, .2, .5, .4, .9, .7}), theta = surprisals({1, 1.25, .8});
  const auto v = surprisal_forward({.n = 3, .gamma = gamma, .theta = theta}, u);
  QVERIFY(v.ok());
  VERIFY_CLOSE(*v,
               (Numbers{2.22203789721142, 1.18050044814079, 1.93438165821138, .450507166460186,
                        2.19753274981648, 4.07912654585968}),
               1e-12);
}

void SurprisalTensorTest::gradientsAreSlopes() {
  Draw draw(21);
  constexpr std::size_t n = 4;
  Numbers u = draw.many(3 * n, .05, 3), gamma = draw.many(n * n, .05, 3), theta = draw.many(n, -.5, 1);
  const Numbers g = draw.many(3 * n, -1, 1);
  const SurprisalTensor t{.n = n, .gamma = gamma, .theta = theta};
  const auto grad = surprisal_backward(t, u, g);
  QVERIFY(grad.ok());
  const auto compare = [&](Numbers& numbers, const Numbers& analytic) {
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const double at = numbers[k];
      const auto loss = [&](double value) {
        numbers[k] = value;
        const auto v = surprisal_forward(t, u);
        return v ? std::inner_product(v->begin(), v->end(), g.begin(), 0.) : HUGE_VAL;
      };
      const double numeric = slope(loss, at, 1e-3);
      numbers[k] = at;
      const double error = std::abs(numeric - analytic[k]) / std::max(1., std::abs(analytic[k]));
      QVERIFY2(error <= 1e-6, QByteArray::number(error).constData());
    }
  };
  compare(u, grad->u);
  compare(gamma, grad->gamma);
  compare(theta, grad->theta);
}

void SurprisalTensorTest::agreesWithTheProductForm() {
  Draw draw(22);
  for (int k = 0; k < 30; ++k) {
    constexpr std::size_t n = 6;
    const Numbers x = draw.many(2 * n, .02, .98), beta = draw.many(n * n, .02, .98),
                  alpha = draw.many(n, .5, 1.5), g = draw.many(2 * n, -1, 1);
    const Numbers u = surprisals(x), gamma = surprisals(beta), theta = surprisals(alpha);
    const auto out = tensor_forward({.n = n, .beta = beta, .alpha = alpha}, x);
    const auto v = surprisal_forward({.n = n, .gamma = gamma, .theta = theta}, u);
    QVERIFY(out.ok() && v.ok());
    for (std::size_t i = 0; i < v->size(); ++i) VERIFY_CLOSE(probability((*v)[i]), out->y[i], 1e-12);
    // With ∂L/∂v = −y ∂L/∂y the chain rule gives ∂L/∂γ = −β ∂L/∂β and ∂L/∂u = −x ∂L/∂x.
    Numbers g_v(g.size());
    for (std::size_t i = 0; i < g.size(); ++i) g_v[i] = -out->y[i] * g[i];
    const auto product = tensor_backward({.n = n, .beta = beta, .alpha = alpha}, x, g);
    const auto sum = surprisal_backward({.n = n, .gamma = gamma, .theta = theta}, u, g_v);
    QVERIFY(product.ok() && sum.ok());
    const auto near = [](double a, double b) { return std::abs(a - b) < 1e-12 * std::max(1., std::abs(a)); };
    for (std::size_t i = 0; i < beta.size(); ++i) QVERIFY(near(sum->gamma[i], -beta[i] * product->beta[i]));
    for (std::size_t i = 0; i < x.size(); ++i) QVERIFY(near(sum->u[i], -x[i] * product->x[i]));
    for (std::size_t i = 0; i < n; ++i) QVERIFY(near(sum->theta[i], -alpha[i] * product->alpha[i]));
  }
}

void SurprisalTensorTest::keepsItsDigitsAtThePole() {
  // γ = 0 and u = 10⁻³⁰⁰: as a probability x is 1 and the factor 0; here it is −log 10⁻³⁰⁰ and n = 10³⁰⁰.
  const Numbers gamma{0}, u{1e-300}, g{1};
  const auto v = surprisal_forward({.n = 1, .gamma = gamma, .theta = {}}, u);
  const auto grad = surprisal_backward({.n = 1, .gamma = gamma, .theta = {}}, u, g);
  QVERIFY(v.ok() && grad.ok());
  VERIFY_CLOSE((*v)[0], 690.775527898214, 1e-12);
  VERIFY_CLOSE(grad->gamma[0], -1e300, 1e-14);
}

void SurprisalTensorTest::doesNotUnderflow() {
  constexpr std::size_t n = 784;
  const Numbers gamma(n * n, 1e-9), u(n, 1e-9);
  const auto v = surprisal_forward({.n = n, .gamma = gamma, .theta = {}}, u);
  QVERIFY(v.ok());
  VERIFY_CLOSE((*v)[17], 784 * conjugate(2e-9) + 1e-9, 1e-14);  // 15,700: y would be 10⁻⁶⁸²⁰
}

void SurprisalTensorTest::zeroInputsAndWeights() {
  const double infinity = HUGE_VAL;
  const Numbers gamma{infinity, .5, .7, infinity}, u{infinity, .3}, g{1, 1};
  const auto v = surprisal_forward({.n = 2, .gamma = gamma, .theta = {}}, u);
  const auto grad = surprisal_backward({.n = 2, .gamma = gamma, .theta = {}}, u, g);
  QVERIFY(v.ok() && grad.ok());
  QVERIFY(std::isinf((*v)[0]));  // y_0 = 0
  QCOMPARE((*v)[1], .3);         // a closed inhibitor does not inhibit
  QCOMPARE(grad->u[0], 1.);
  VERIFY_CLOSE(grad->u[1], 1 - bose_einstein(.8), 1e-15);
  QCOMPARE(grad->gamma[2], 0.);
}

void SurprisalTensorTest::thePole() {
  const Numbers gamma{-.5}, at{.5}, beyond{.25}, g{1};
  const SurprisalTensor t{.n = 1, .gamma = gamma, .theta = {}};
  const auto v = surprisal_forward(t, at);
  QVERIFY(v.ok() && std::isinf((*v)[0]));  // βx = 1: y = 0
  QVERIFY(!surprisal_backward(t, at, g));
  QVERIFY(surprisal_failure(t, beyond).find("product form") != std::string::npos);
}

void SurprisalTensorTest::wrongInput() {
  const Numbers gamma(4, .5), theta(3), u(2, .5), three(3, .5), not_a_number{.5, std::nan("")},
      minus_infinity{.5, -HUGE_VAL}, infinite_theta{0, HUGE_VAL}, bad_g{1, HUGE_VAL};
  QVERIFY(surprisal_failure({}, u).find("at least 1") != std::string::npos);
  QVERIFY(surprisal_failure({.n = 2, .gamma = three, .theta = {}}, u).find("size of γ") != std::string::npos);
  QVERIFY(surprisal_failure({.n = 2, .gamma = gamma, .theta = theta}, u).find("size of θ") !=
          std::string::npos);
  QVERIFY(surprisal_failure({.n = 2, .gamma = gamma, .theta = {}}, three).find("size of u") !=
          std::string::npos);
  QVERIFY(surprisal_failure({.n = 2, .gamma = gamma, .theta = {}}, not_a_number).find("element 1 of u") !=
          std::string::npos);
  QVERIFY(surprisal_failure({.n = 2, .gamma = gamma, .theta = {}}, minus_infinity).find("element 1 of u") !=
          std::string::npos);
  QVERIFY(surprisal_failure({.n = 2, .gamma = gamma, .theta = infinite_theta}, u).find("θ") !=
          std::string::npos);
  QVERIFY(!surprisal_backward({.n = 2, .gamma = gamma, .theta = {}}, u, three));
  QVERIFY(!surprisal_backward({.n = 2, .gamma = gamma, .theta = {}}, u, bad_g));
}

SYNANN_TEST(SurprisalTensorTest)
#include "surprisal_tensor_test.moc"
