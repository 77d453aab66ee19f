// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/biography.h"

#include <QTest>

#include "engine/infer/network.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::infer;

namespace {

// One sample; right at the steps marked r.
Biographies told(const char* steps) {
  Biographies b;
  b.samples = {0};
  b.labels = {4};
  for (const char* s = steps; *s != 0; ++s) {
    b.steps.push_back({});
    b.said.push_back(*s == 'r' ? 4 : 7);
    b.surprisal.push_back(0);
  }
  return b;
}

}  // namespace

// What became of images while a run learnt.
class BiographyTest : public QObject, private testing::SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void forgettingAndLearning_data();
  void forgettingAndLearning();
  void theLastStepIsTheCheckpoint();
  void samplesAreSortedByForgetting();
  void whatIsKnownIsNotAskedAgain();
  void wrongRunsAreRefused();
};

void BiographyTest::forgettingAndLearning_data() {
  QTest::addColumn<QString>("steps");
  QTest::addColumn<int>("forgotten");
  QTest::addColumn<int>("learnt");  // −1: never
  QTest::newRow("at once") << "rrr" << 0 << 0;
  QTest::newRow("never") << "www" << 0 << -1;
  QTest::newRow("late") << "wwrr" << 0 << 2;
  QTest::newRow("forgotten twice") << "rwrwr" << 2 << 4;
  QTest::newRow("forgotten in the end") << "wrrw" << 1 << -1;
  QTest::newRow("nothing recorded") << "" << 0 << -1;
}

void BiographyTest::forgettingAndLearning() {
  QFETCH(QString, steps);
  QFETCH(int, forgotten);
  QFETCH(int, learnt);
  const Biographies b = told(steps.toUtf8().constData());
  QCOMPARE(b.forgotten(0), forgotten);
  QCOMPARE(b.learnt(0) ? static_cast<int>(*b.learnt(0)) : -1, learnt);
}

void BiographyTest::theLastStepIsTheCheckpoint() {
  const auto seen = run(at("run"));
  const auto set = set_of(data_);
  Asker asker({.backend = {"cpu", "auto", 1}});
  const auto all = biographies(asker, {.run = at("run"), .set = set}, {});
  QVERIFY2(all.ok(), all ? "" : all.error().sentence().c_str());
  QCOMPARE(all->steps.size(), std::size_t{4});  // the start, and the end of each of three epochs
  QCOMPARE(all->steps.front().steps, std::int64_t{0});
  const auto last = open_network(at("run") / train::kLastCheckpoint);
  const auto said = asker.predict(last->network, *set, {}, {});
  int right = 0;
  for (int k = 0; k < said->count(); ++k) {
    const auto s = static_cast<std::size_t>(k);
    QCOMPARE(static_cast<int>(all->said[all->at(3, s)]), said->said(k));
    QCOMPARE(all->surprisal[all->at(3, s)], static_cast<float>(said->surprisal(k)));
    right += all->right(3, s) ? 1 : 0;
  }
  QCOMPARE(right, seen.evaluations.back().correct);
  // One image, and not to the end.
  const auto one = biographies(asker, {.run = at("run"), .set = set, .samples = {7}, .until = 7}, {});
  QCOMPARE(one->steps.size(), std::size_t{2});
  QCOMPARE(one->said[1], all->said[all->at(1, 7)]);
}

void BiographyTest::samplesAreSortedByForgetting() {
  Biographies b;
  b.samples = {5, 6, 7};
  b.labels = {0, 0, 0};
  b.steps.resize(3);
  b.said = {0, 0, 0, /**/ 0, 1, 0, /**/ 0, 0, 1};
  b.surprisal.resize(9);
  QCOMPARE(by_forgetting(b), (std::vector<int>{2, 1, 0}));
}

void BiographyTest::whatIsKnownIsNotAskedAgain() {
  (void)run(at("run"));
  const auto set = set_of(data_);
  Asker asker({.backend = {"cpu", "auto", 1}});
  const auto all = biographies(asker, {.run = at("run"), .set = set}, {});
  QVERIFY(all.ok());
  // Given up after two steps, then taken up again: the other two are asked, and nothing differs.
  Biographies lives;
  std::stop_source stop;
  std::vector<int> told;
  const auto note = [&](int done, int) {
    told.push_back(done);
    if (done == 2) stop.request_stop();
  };
  const auto half = follow(asker, {.run = at("run"), .set = set}, lives, {stop.get_token(), note});
  QVERIFY(!half.ok() && half.error().kind == ErrorKind::Cancelled);
  QCOMPARE(lives.steps.size(), std::size_t{2});
  told.clear();
  QVERIFY(follow(asker, {.run = at("run"), .set = set}, lives, {{}, note}).ok());
  QCOMPARE(told, (std::vector<int>{3, 4}));
  QCOMPARE(lives.said, all->said);
  QCOMPARE(lives.surprisal, all->surprisal);
  // Other images, or another run, are followed from their start on.
  QVERIFY(follow(asker, {.run = at("run"), .set = set, .samples = {3}}, lives, {}).ok());
  QCOMPARE(lives.said.size(), std::size_t{4});
  train::Settings settings = testing::tiny_settings();
  settings.seed += 1;
  (void)run(at("other"), 1, {}, -1, settings);
  told.clear();
  QVERIFY(follow(asker, {.run = at("other"), .set = set, .samples = {3}}, lives, {{}, note}).ok());
  QCOMPARE(told, (std::vector<int>{1, 2, 3, 4}));
}

void BiographyTest::wrongRunsAreRefused() {
  Asker asker;
  QVERIFY(!biographies(asker, {.run = at("nowhere"), .set = set_of(data_)}, {}).ok());
  (void)run(at("run"));
  QVERIFY(!biographies(asker, {.run = at("run"), .set = nullptr}, {}).ok());
  QVERIFY(!biographies(asker, {.run = at("run"), .set = set_of(data_), .samples = {60}}, {}).ok());
  std::filesystem::remove(at("run") / train::kNetworkRecord);
  const auto without = biographies(asker, {.run = at("run"), .set = set_of(data_)}, {});
  QVERIFY(without.error().sentence().find("the run has no record of its steps") != std::string::npos);
  (void)run(at("another"));
  std::stop_source stop;
  stop.request_stop();
  const auto none = biographies(asker, {.run = at("another"), .set = set_of(data_)}, {stop.get_token(), {}});
  QCOMPARE(static_cast<int>(none.error().kind), static_cast<int>(ErrorKind::Cancelled));
}

SYNANN_TEST(BiographyTest)
#include "biography_test.moc"
