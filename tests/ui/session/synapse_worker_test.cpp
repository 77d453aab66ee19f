// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/synapse_worker.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "engine/train/session.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"

namespace synann::ui {

namespace {

using testing::kWait;

}  // namespace

// Questions from the window, answers from another thread; neither waits for the other.
class SynapseWorkerTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    train::SessionOptions options;
    options.settings = testing::smallSettings(1);
    options.execution.threads = 1;
    options.data = testing::smallDigits();
    options.folder = folder();
    train::Observer nobody;
    auto session = train::Session::create(std::move(options), nobody);
    QVERIFY(session.ok());
    QVERIFY((*session)->run().ok());
  }
  void theLatestQuestionIsAnswered();
  void theRangeIsToldWhenItIsWanted();
  void goingAwayWhileBusyIsSafe();

 private:
  std::filesystem::path folder() const { return home_.path().toStdString() + "/run"; }
  train::SynapseQuery question(std::int64_t steps) const {
    train::SynapseQuery query;
    query.run = folder();
    query.steps = steps;
    return query;
  }
  QTemporaryDir home_;
};

// A hundred questions at once: most are never answered, the last one is.
void SynapseWorkerTest::theLatestQuestionIsAnswered() {
  SynapseWorker inspector;
  std::int64_t latest = -1;
  int answers = 0;
  connect(&inspector, &SynapseWorker::answered, this, [&](const SynapseFramePtr& frame) {
    QVERIFY2(frame->error.empty(), frame->error.c_str());
    latest = frame->at.steps;
    ++answers;
  });
  for (int k = 0; k < 100; ++k) inspector.ask(question(k % 20));
  inspector.ask(question(7));
  QVERIFY(inspector.busy());
  QTRY_VERIFY_WITH_TIMEOUT(!inspector.busy(), kWait);
  QCOMPARE(latest, std::int64_t{7});
  QVERIFY(answers >= 1 && answers <= 101);
}

void SynapseWorkerTest::theRangeIsToldWhenItIsWanted() {
  SynapseWorker inspector;
  QSignalSpy known(&inspector, &SynapseWorker::rangeKnown);
  SynapseFramePtr last;
  connect(&inspector, &SynapseWorker::answered, this, [&](const SynapseFramePtr& frame) { last = frame; });
  train::SynapseQuery query = question(train::kLatestStep);
  query.run_range = true;
  inspector.ask(query);
  QTRY_COMPARE_WITH_TIMEOUT(known.size(), 1, kWait);
  inspector.ask(query);
  QTRY_VERIFY_WITH_TIMEOUT(!inspector.busy(), kWait);
  QVERIFY(last->run_range_whole);
  QVERIFY(last->run_least < 0 && last->run_most > 0);
}

void SynapseWorkerTest::goingAwayWhileBusyIsSafe() {
  for (int k = 0; k < 20; ++k) {
    SynapseWorker inspector;
    inspector.ask(question(k));
    if (k % 2 == 0) QCoreApplication::processEvents();
  }
}

}  // namespace synann::ui

SYNANN_TEST(synann::ui::SynapseWorkerTest)
#include "synapse_worker_test.moc"
