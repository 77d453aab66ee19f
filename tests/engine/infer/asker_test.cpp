// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/asker.h"

#include <cmath>

#include <QTest>

#include "engine/compute/reference/network.h"
#include "tests/engine/infer/infer_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::infer;

// What a network says: the numbers of an evaluation, on every back end.
class AskerTest : public QObject {
  Q_OBJECT
 private slots:
  void predictionsAreTheEvaluations_data();
  void predictionsAreTheEvaluations();
  void threadsChangeNoBit_data() { tiers(); }
  void threadsChangeNoBit();
  void activationsAreTheReferences_data();
  void activationsAreTheReferences();
  void samplesAreTheirOwn();
  void whoAsksCanGiveUp();
  void wrongQuestionsAreRefused();

 private:
  static void tiers() {
    QTest::addColumn<QString>("tier");
    for (const char* tier : {"fused", "eigen", "reference"}) QTest::newRow(tier) << tier;
  }
  static const Network& cnn() {
    static const Network network = testing::trained("syna-cnn");
    return network;
  }
  static const data::DataPairPtr& digits() {
    static const data::DataPairPtr data = testing::few_digits();
    return data;
  }
};

void AskerTest::predictionsAreTheEvaluations_data() {
  QTest::addColumn<QString>("id");
  QTest::addColumn<QString>("tier");
  for (const char* tier : {"fused", "eigen", "reference"})
    QTest::addRow("syna-cnn, %s", tier) << "syna-cnn" << tier;
  for (const char* id : {"syna-mlp", "syna-rnn", "syna-pixel", "linear"})
    QTest::addRow("%s, eigen", id) << id << "eigen";
}

void AskerTest::predictionsAreTheEvaluations() {
  QFETCH(QString, id);
  QFETCH(QString, tier);
  const Network network = id == "syna-cnn" ? cnn() : testing::trained(id.toStdString(), {}, 1);
  const QByteArray name = tier.toUtf8();
  Asker asker(testing::asking(name.constData()));
  int told = 0;
  const auto said = asker.predict(network, digits()->test, {}, {{}, [&](int done, int) { told = done; }});
  QVERIFY(said.ok());
  QCOMPARE(told, digits()->test.count());
  const Score expected = testing::evaluated(network, digits(), name.constData());
  QCOMPARE(score(*said), expected);
  QCOMPARE(confusion(*said).correct(), expected.correct);
}

void AskerTest::threadsChangeNoBit() {
  QFETCH(QString, tier);
  const QByteArray name = tier.toUtf8();
  Asker one(testing::asking(name.constData(), 1)), three(testing::asking(name.constData(), 3));
  const auto a = one.predict(cnn(), digits()->test, {}, {}), b = three.predict(cnn(), digits()->test, {}, {});
  QVERIFY(a->log_probs == b->log_probs);
}

void AskerTest::activationsAreTheReferences_data() {
  QTest::addColumn<QString>("tier");
  QTest::addColumn<QString>("device");
  for (const char* tier : {"fused", "eigen", "reference"}) QTest::addRow("%s", tier) << tier << "cpu";
  for (const char* tier : {"fused", "plain"}) QTest::addRow("cuda-host, %s", tier) << tier << "cuda-host";
}

// In evaluation, not in training: running statistics, no dropout.
void AskerTest::activationsAreTheReferences() {
  QFETCH(QString, tier);
  QFETCH(QString, device);
  const std::vector<std::uint32_t> samples{3, 0, 17, 44, 5};
  Asker asker({.backend = {device.toStdString(), tier.toStdString(), 1}, .batch = 3});
  const auto found = asker.activations(cnn(), digits()->test, samples, {});
  QVERIFY2(found.ok(), found ? "" : found.error().sentence().c_str());
  std::vector<float> pixels(samples.size() * 784);
  std::vector<std::uint8_t> target(samples.size());
  const model::Model& m = *cnn().model;
  compute::gather(digits()->test, samples, compute::scaling_table(m.scaling), pixels, target);
  const std::vector<double> input(pixels.begin(), pixels.end()),
      values(cnn().values->begin(), cnn().values->end());
  compute::reference::Network<double> truth(m);
  truth.forward(values, {.count = 5, .input = input, .target = target}, compute::Mode::Evaluation, {});
  std::vector<std::string> names;
  for (const Activation& a : *found) {
    names.push_back(a.name);
    const auto expected = truth.output(a.layer);
    QCOMPARE(a.values.size(), expected.size());
    QCOMPARE(static_cast<std::size_t>(a.shape.size()) * samples.size(), expected.size());
    double difference = 0, norm = 0;
    for (std::size_t k = 0; k < expected.size(); ++k) {
      difference += std::pow(static_cast<double>(a.values[k]) - expected[k], 2);
      norm += expected[k] * expected[k];
    }
    QVERIFY2(std::sqrt(difference / norm) < 1e-5, a.name.c_str());
  }
  QCOMPARE(names, (std::vector<std::string>{"conv1", "conv2", "fc1", "softmax", "fcn", "fcb", "output"}));
}

// The answer for an image does not depend on which others are asked with it.
void AskerTest::samplesAreTheirOwn() {
  Asker asker(testing::asking("fused"));
  const auto all = asker.predict(cnn(), digits()->test, {}, {});
  const std::vector<std::uint32_t> some{200, 7, 101};
  const auto few = asker.predict(cnn(), digits()->test, some, {});
  QCOMPARE(few->count(), 3);
  for (int k = 0; k < 3; ++k) {
    const auto a = few->row(k), b = all->row(static_cast<int>(some[static_cast<std::size_t>(k)]));
    QVERIFY(std::equal(a.begin(), a.end(), b.begin()));
    QCOMPARE(few->truth(k), static_cast<int>(digits()->test.labels[some[static_cast<std::size_t>(k)]]));
  }
}

void AskerTest::whoAsksCanGiveUp() {
  Asker asker(testing::asking("eigen"));
  std::stop_source stop;
  int told = 0;
  const auto said = asker.predict(cnn(), digits()->test, {}, {stop.get_token(), [&](int done, int) {
                                                                told = done;
                                                                stop.request_stop();
                                                              }});
  QVERIFY(!said.ok());
  QCOMPARE(static_cast<int>(said.error().kind), static_cast<int>(ErrorKind::Cancelled));
  QCOMPARE(told, 100);
  QVERIFY(asker.predict(cnn(), digits()->test, {}, {}).ok());
}

void AskerTest::wrongQuestionsAreRefused() {
  Asker asker(testing::asking("eigen"));
  const std::vector<std::uint32_t> beyond{230};
  const auto image = asker.predict(cnn(), digits()->test, beyond, {});
  QVERIFY(!image.ok() && image.error().found == "230");
  data::Dataset small = digits()->test;
  small.rows = 14;
  const auto size = asker.predict(cnn(), small, {}, {});
  QVERIFY(!size.ok() && size.error().expected == "28 × 28 pixels, 10 classes");
  Asker nowhere({.backend = {"cpu", "no-tier", 1}});
  QVERIFY(!nowhere.predict(cnn(), digits()->test, {}, {}).ok());
}

SYNANN_TEST(AskerTest)
#include "asker_test.moc"
