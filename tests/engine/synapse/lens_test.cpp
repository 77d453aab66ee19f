// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/lens.h"

#include <algorithm>
#include <numeric>
#include <set>

#include <QTest>

#include "closeness.h"
#include "engine/synapse/order.h"
#include "tests/test_main.h"

using namespace synann::synapse;
using namespace synann::synapse::test;

namespace {

constexpr std::size_t kSizes[] = {1, 2, 3, 17, 64, 200};

// A random tensor and one sample for it. β in (0, .95), or around 0 as the original's are.
struct LensSample {
  LensSample(std::size_t size, bool free_beta, std::uint32_t seed) : n(size) {
    const auto noise = synann::random_stream(seed, synann::Purpose::Initialise, 3);
    std::uint32_t k = 0;
    const auto draw = [&] { return static_cast<double>(noise.uniform(k++)); };
    for (std::size_t e = 0; e < n * n; ++e) beta.push_back(free_beta ? draw() - 0.5 : 0.95 * draw());
    for (std::size_t i = 0; i < n; ++i) alpha.push_back(0.2 + draw());
    for (std::size_t i = 0; i < n; ++i) x.push_back(0.01 + 0.98 * draw());
  }
  Tensor tensor() const { return {n, beta, alpha}; }

  std::size_t n;
  Numbers beta, alpha, x;
};

template <class Check>
void for_every_sample(Check&& check) {
  for (const std::size_t n : kSizes)
    for (const bool free_beta : {false, true})
      for (std::uint32_t seed = 1; seed <= 5; ++seed) check(LensSample(n, free_beta, seed));
}

bool is_permutation_of(const std::vector<int>& order, std::size_t count) {
  return order.size() == count && std::set<int>(order.begin(), order.end()).size() == count &&
         *std::min_element(order.begin(), order.end()) == 0 &&
         *std::max_element(order.begin(), order.end()) == static_cast<int>(count) - 1;
}

}  // namespace

// What the lenses show is what the layer computes.
class LensTest : public QObject {
  Q_OBJECT
 private slots:
  void waterfallAddsUpToTheOutput();
  void waterfallShowsTheLargestFirst();
  void waterfallKnowsZeroFactors();
  void bothRoutesAgree();
  void inhibitionIsLinearInTheInputs();
  void theDiagramCommutes();
  void theSlopeIsTheGradient();
  void wrongUnitsAreRefused();
  void ordersAreOrders();
  void similarRowsStandTogether();
};

void LensTest::waterfallAddsUpToTheOutput() {
  for_every_sample([](const LensSample& s) {
    const auto y = tensor_forward(s.tensor(), s.x)->y;
    for (std::size_t i = 0; i < s.n; ++i) {
      const auto w = waterfall(s.tensor(), s.x, i, 5);
      QVERIFY(w.ok());
      VERIFY_CLOSE(std::exp(-w->total) * w->sign, y[i], 1e-12);
      double sum = 0;
      for (const WaterfallTerm& term : w->terms) {
        VERIFY_CLOSE(term.before, sum, 1e-12);
        sum += term.value;
      }
      QVERIFY(std::abs(w->total - sum) <= 1e-12 * static_cast<double>(s.n));
      QVERIFY(std::abs(w->residual) <= 1e-13 * static_cast<double>(s.n));
      VERIFY_CLOSE(w->terms[0].value, -std::log(s.x[i]), 0.0);
      VERIFY_CLOSE(w->terms[1].value, -std::log(s.alpha[i]), 0.0);
    }
  });
}

void LensTest::waterfallShowsTheLargestFirst() {
  for_every_sample([](const LensSample& s) {
    for (const std::size_t shown : {std::size_t{0}, std::size_t{3}, s.n}) {
      const auto w = waterfall(s.tensor(), s.x, 0, shown);
      const std::size_t listed = std::min(shown, s.n);
      QCOMPARE(w->terms.size(), 2 + listed + (listed < s.n ? 1 : 0));
      std::set<int> seen;
      double least = HUGE_VAL;
      for (std::size_t k = 2; k < 2 + listed; ++k) {
        const WaterfallTerm& term = w->terms[k];
        QCOMPARE(term.kind, WaterfallTerm::Kind::Inhibition);
        const auto j = static_cast<std::size_t>(term.synapse);
        VERIFY_CLOSE(term.value, -std::log1p(-s.beta[j] * s.x[j]), 1e-14);
        QVERIFY(std::abs(term.value) <= least);
        least = std::abs(term.value);
        seen.insert(term.synapse);
      }
      QCOMPARE(seen.size(), listed);
      if (listed == s.n) continue;
      QCOMPARE(w->terms.back().kind, WaterfallTerm::Kind::Rest);
      QCOMPARE(w->terms.back().count, static_cast<int>(s.n - listed));
    }
  });
}

void LensTest::waterfallKnowsZeroFactors() {
  const Numbers beta{2, 0.5, 0.5, 0.5}, x{0.5, 0.5};  // 1 − 2 · 0.5 = 0
  const auto w = waterfall({2, beta, {}}, x, 0, 2);
  QVERIFY(std::isinf(w->total));
  QCOMPARE(w->residual, 0.0);
  const auto routes = two_routes({2, beta, {}}, x, 0);
  QCOMPARE(routes->product, 0.0);
  QCOMPARE(routes->back, 0.0);
  QVERIFY(routes->agree);
}

void LensTest::bothRoutesAgree() {
  for_every_sample([](const LensSample& s) {
    const auto y = tensor_forward(s.tensor(), s.x)->y;
    for (std::size_t i = 0; i < s.n; ++i) {
      const auto routes = two_routes(s.tensor(), s.x, i);
      VERIFY_CLOSE(routes->product, y[i], 1e-12);
      VERIFY_CLOSE(routes->back, y[i], 1e-12);
      QVERIFY(routes->agree);
      QCOMPARE(routes->difference, routes->surprisal - routes->sum);
    }
  });
}

void LensTest::inhibitionIsLinearInTheInputs() {
  const LensSample s(17, false, 1), t(17, false, 2);
  Numbers x = s.x;
  x.insert(x.end(), t.x.begin(), t.x.end());
  x.insert(x.end(), 17, 0.25);
  const std::vector<int> labels{4, 4, 9};
  const Numbers of_s = effective_inhibition(s.tensor(), s.x), of_t = effective_inhibition(s.tensor(), t.x);
  VERIFY_CLOSE(of_s[17 * 3 + 5], s.beta[17 * 3 + 5] * s.x[5], 0.0);
  const Numbers four = class_mean(x, 17, labels, 4), nine = class_mean(x, 17, labels, 9);
  const Numbers of_mean = effective_inhibition(s.tensor(), four);
  Numbers mean_of(of_s.size());
  for (std::size_t k = 0; k < of_s.size(); ++k) mean_of[k] = (of_s[k] + of_t[k]) / 2;
  VERIFY_CLOSE(of_mean, mean_of, 1e-14);
  VERIFY_CLOSE(nine, Numbers(17, 0.25), 0.0);
  VERIFY_CLOSE(class_mean(x, 17, labels, 7), Numbers(17, 0.0), 0.0);
}

void LensTest::theDiagramCommutes() {
  for (double p = 1e-12; p < 1; p = p * 1.7 + 1e-13) {
    const Diagram d = diagram(p);
    QVERIFY(d.defined);
    VERIFY_CLOSE(std::exp(-d.u), p, 1e-13);
    VERIFY_CLOSE(d.complement, 1 - p, 0.0);
    QVERIFY(std::abs(d.difference) <= 4e-16 * (1 + d.over));
    QCOMPARE(d.difference, d.over - d.under);
  }
  for (const double p : {0.0, 1.0, -0.25, 1.5}) {
    QVERIFY(!diagram(p).defined);
    QCOMPARE(diagram(p).complement, 1 - p);
  }
}

void LensTest::theSlopeIsTheGradient() {
  for_every_sample([](const LensSample& s) {
    Numbers upstream(s.n);
    const std::size_t i = s.n / 2, j = s.n - 1;
    upstream[i] = 1;
    const auto gradient = tensor_backward(s.tensor(), s.x, upstream)->beta;
    const auto check = check_slope(s.tensor(), s.x, i, j);
    VERIFY_CLOSE(check->formula, gradient[i * s.n + j], 1e-12);
    QVERIFY2(check->error < 1e-8, QByteArray::number(check->error).constData());
  });
}

void LensTest::wrongUnitsAreRefused() {
  const LensSample s(3, false, 1);
  QVERIFY(!waterfall(s.tensor(), s.x, 3, 5).ok());
  QVERIFY(!two_routes(s.tensor(), s.x, 3).ok());
  QVERIFY(!check_slope(s.tensor(), s.x, 0, 3).ok());
  QVERIFY(!check_slope(s.tensor(), std::span(s.x).first(2), 0, 0).ok());
}

void LensTest::ordersAreOrders() {
  const std::vector<float> matrix{1, 0, 0, 3, 0, 4, NAN, 0, 1};  // norms of rows 1, 5, 1
  QCOMPARE(natural_order(3), (std::vector<int>{0, 1, 2}));
  QCOMPARE(order_by_norm(matrix, 3, 3, Axis::Rows), (std::vector<int>{1, 0, 2}));
  QCOMPARE(order_by_norm(matrix, 3, 3, Axis::Columns), (std::vector<int>{2, 0, 1}));
  for (const Axis axis : {Axis::Rows, Axis::Columns}) {
    std::vector<float> random;
    const auto noise = synann::random_stream(5, synann::Purpose::Initialise, 3);
    for (std::uint32_t k = 0; k < 23 * 11; ++k) random.push_back(noise.uniform(k));
    const std::size_t count = axis == Axis::Rows ? 23 : 11;
    QVERIFY(is_permutation_of(order_by_norm(random, 23, 11, axis), count));
    QVERIFY(is_permutation_of(order_by_similarity(random, 23, 11, axis), count));
  }
  QVERIFY(order_by_similarity({}, 0, 0, Axis::Rows).empty());
}

// Two kinds of rows, shuffled: the chain goes through one kind before the other.
void LensTest::similarRowsStandTogether() {
  constexpr std::size_t kRows = 20, kColumns = 16;
  std::vector<float> matrix(kRows * kColumns);
  const auto noise = synann::random_stream(9, synann::Purpose::Initialise, 3);
  for (std::size_t i = 0; i < kRows; ++i)
    for (std::size_t j = 0; j < kColumns; ++j)
      matrix[i * kColumns + j] = ((i * 7 % kRows) % 2 == (j < 8 ? 0U : 1U) ? 1.0F : 0.0F) +
                                 0.1F * noise.uniform(static_cast<std::uint32_t>(i * kColumns + j));
  const auto order = order_by_similarity(matrix, kRows, kColumns, Axis::Rows);
  int changes = 0;
  for (std::size_t k = 1; k < kRows; ++k)
    changes += (order[k] * 7 % 20) % 2 != (order[k - 1] * 7 % 20) % 2 ? 1 : 0;
  QCOMPARE(changes, 1);
}

SYNANN_TEST(LensTest)
#include "lens_test.moc"
