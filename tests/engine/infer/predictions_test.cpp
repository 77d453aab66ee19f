// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/predictions.h"

#include <cmath>
#include <vector>

#include <QTest>

#include "engine/infer/ensemble.h"
#include "tests/test_main.h"

using namespace synann::infer;

namespace {

// Three classes; p of each, by hand.
Predictions six() {
  const std::vector<std::vector<double>> p{{0.7, 0.2, 0.1}, {0.4, 0.5, 0.1}, {0.05, 0.9, 0.05},
                                           {0.1, 0.8, 0.1}, {0.3, 0.3, 0.4}, {0.6, 0.3, 0.1}};
  Predictions predictions{
      .classes = 3, .samples = {10, 11, 12, 13, 14, 15}, .labels = {0, 0, 1, 2, 2, 1}, .log_probs = {}};
  for (const auto& row : p)
    for (const double v : row) predictions.log_probs.push_back(static_cast<float>(std::log(v)));
  return predictions;
}

}  // namespace

// What is read off a network's answers.
class PredictionsTest : public QObject {
  Q_OBJECT
 private slots:
  void classesAndSurprisals();
  void scoreAndConfusion();
  void listsOfACell();
  void hardestAndSurestMistakes();
  void twoConfusionsAreCompared();
  void anEnsembleIsTheMeanOfProbabilities();
};

void PredictionsTest::classesAndSurprisals() {
  const Predictions p = six();
  const std::vector<int> said{0, 1, 1, 1, 2, 0};
  for (int k = 0; k < 6; ++k) QCOMPARE(p.said(k), said[static_cast<std::size_t>(k)]);
  QVERIFY(std::abs(p.surprisal(3) + std::log(0.1)) < 1e-6);
  QVERIFY(std::abs(p.confidence(2) - 0.9) < 1e-6);
}

void PredictionsTest::scoreAndConfusion() {
  const Score s = score(six());
  QCOMPARE(s.correct, 3);
  QCOMPARE(s.count, 6);
  QVERIFY(std::abs(s.loss_sum + std::log(0.7 * 0.4 * 0.9 * 0.1 * 0.4 * 0.3)) < 1e-5);
  const auto c = confusion(six());
  QCOMPARE(c.counts, (std::vector<int>{1, 1, 0, 1, 1, 0, 0, 1, 1}));
  QCOMPARE(c.precision(1), 1.0 / 3);
  QCOMPARE(c.recall(0), 0.5);
  QCOMPARE(c.f1(2), 2 * 1.0 * 0.5 / 1.5);
  QCOMPARE(c.count(1), 2);
  QCOMPARE(c.correct(), 3);
}

void PredictionsTest::listsOfACell() {
  QCOMPARE(listed(six(), {.truth = 0, .said = 1}), (std::vector<int>{1}));
  QCOMPARE(listed(six(), {.said = 1}), (std::vector<int>{1, 2, 3}));
  const std::vector<int> backwards{5, 4, 3, 2, 1, 0};
  QCOMPARE(listed(six(), {.said = 1, .given = backwards}), (std::vector<int>{3, 2, 1}));
  QCOMPARE(listed(six(), {.said = 1, .order = Order::Surest}), (std::vector<int>{2, 3, 1}));
}

void PredictionsTest::hardestAndSurestMistakes() {
  QCOMPARE(listed(six(), {.order = Order::Hardest}).front(), 3);
  QCOMPARE(listed(six(), {.order = Order::SureMistakes}), (std::vector<int>{3, 5, 1}));
  // What is no number is the hardest, and breaks no order.
  Predictions broken = six();
  broken.log_probs[1] = NAN;
  broken.log_probs[0] = NAN;
  QCOMPARE(listed(broken, {.order = Order::Hardest}).front(), 0);
}

void PredictionsTest::twoConfusionsAreCompared() {
  const auto before = confusion(six());
  auto after = before;
  after.at(0, 1) -= 1;
  after.at(0, 0) += 1;
  QCOMPARE(*difference(before, after), (std::vector<int>{1, -1, 0, 0, 0, 0, 0, 0, 0}));
  QVERIFY(!difference(before, synann::compute::Confusion{2, std::vector<int>(4)}).ok());
}

void PredictionsTest::anEnsembleIsTheMeanOfProbabilities() {
  const Predictions first = six();
  Predictions second = six();
  for (int k = 0; k < 6; ++k)  // 1/2, 1/4, 1/4 for each
    for (int c = 0; c < 3; ++c)
      second.log_probs[static_cast<std::size_t>(3 * k + c)] =
          static_cast<float>(std::log(c == 0 ? 0.5 : 0.25));
  const auto mean = mean_of(std::vector{first, second});
  QVERIFY(mean.ok());
  const double expected[] = {0.6, 0.225, 0.175, 0.45, 0.375, 0.175};
  for (int k = 0; k < 6; ++k)
    QVERIFY(std::abs(std::exp(static_cast<double>(mean->log_probs[static_cast<std::size_t>(k)])) -
                     expected[k]) < 1e-6);
  QCOMPARE(first.said(1), 1);
  QCOMPARE(mean->said(1), 0);
  QCOMPARE(mean_of(std::vector{first})->log_probs, first.log_probs);

  // Probabilities below what a double holds.
  Predictions unlikely = six();
  for (float& v : unlikely.log_probs) v = -2000;
  QVERIFY(std::abs(mean_of(std::vector{unlikely, unlikely, unlikely})->log_probs[0] + 2000) < 1e-3F);

  Predictions other = six();
  other.samples.back() = 99;
  for (const auto& members : {std::vector<Predictions>{}, std::vector{first, other}})
    QCOMPARE(mean_of(members).error().where, std::string("ensemble"));
}

SYNANN_TEST(PredictionsTest)
#include "predictions_test.moc"
