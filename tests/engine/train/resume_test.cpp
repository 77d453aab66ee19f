// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/resume.h"

#include <QTest>

#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;
using namespace synann::train;

// What a resume goes on with, before anything is made for it.
class ResumeTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void itsOwnFolderIsLockedFirst();
  void anotherFolderIsLeftAlone();
  void theCheckpointsSettingsHoldButWhatWasAsked();
  void whatCannotChangeIsRefused();
  void withoutNamedDataTheHistoryNamesThem();
  void aFreshOptimiserIsZero();

 private:
  ResumeRequest request(const fs::path& folder) const {
    return {.checkpoint = at("a") / kLastCheckpoint,
            .folder = folder,
            .data = data_,
            .otherwise = "the place of the data",
            .asked = {},
            .fresh_optimiser = false};
  }
};

// As long as the plan lives nobody else can go on there.
void ResumeTest::itsOwnFolderIsLockedFirst() {
  run(at("a"), 1, {}, 3);
  {
    const auto plan = plan_resume(request(at("a")));
    QVERIFY2(plan.ok(), plan.ok() ? "" : plan.error().sentence().c_str());
    QVERIFY(plan->lock.has_value());
    QVERIFY(!FolderLock::take(at("a")).ok());
    QVERIFY(!plan->begins);
    QCOMPARE(plan->history->history.losses.size(), std::size_t{3});
    QCOMPARE(QByteArray(reinterpret_cast<const char*>(plan->history->bytes.data()),
                        static_cast<qsizetype>(plan->history->bytes.size())),
             bytes_of(at("a") / kHistoryFile));
  }
  QVERIFY(FolderLock::take(at("a")).ok());
}

void ResumeTest::anotherFolderIsLeftAlone() {
  run(at("a"), 1, {}, 3);
  const auto plan = plan_resume(request(at("b")));
  QVERIFY(plan.ok());
  QVERIFY(!plan->lock);
  QVERIFY(!fs::exists(at("b")));
}

void ResumeTest::theCheckpointsSettingsHoldButWhatWasAsked() {
  Settings settings = tiny_settings();
  settings.seed = 7;
  run(at("a"), 1, {}, 3, settings);
  ResumeRequest asked = request(at("a"));
  asked.asked.numbers = {{"epochs", 9}, {"lr", 0.25}};
  const auto plan = plan_resume(asked);
  QVERIFY(plan.ok());
  const Settings& found = plan->loaded.checkpoint.settings;
  QCOMPARE(found.seed, settings.seed);
  QCOMPARE(found.batch_size, settings.batch_size);
  QCOMPARE(found.epochs, 9);
  QCOMPARE(setting_value(found, "lr"), 0.25);
  QCOMPARE(found.data, std::string("the place of the data"));
}

void ResumeTest::whatCannotChangeIsRefused() {
  run(at("a"), 1, {}, 3);
  ResumeRequest asked = request(at("a"));
  asked.asked.numbers = {{"batch-size", 10}};
  const auto plan = plan_resume(asked);
  QVERIFY(!plan.ok());
  const std::string sentence = plan.error().sentence();
  QVERIFY2(sentence.find("--batch-size cannot change in the middle of a run") != std::string::npos,
           sentence.c_str());
  QVERIFY(FolderLock::take(at("a")).ok());
}

// The run's data are not where its history says: the sentence is about them, not about the digits.
void ResumeTest::withoutNamedDataTheHistoryNamesThem() {
  Settings settings = tiny_settings();
  settings.data = at("no-such-data").string();
  run(at("a"), 1, {}, 3, settings);
  ResumeRequest own = request(at("a"));
  own.data = nullptr;
  own.otherwise = "digits";
  const auto plan = plan_resume(own);
  QVERIFY(!plan.ok());
  const std::string sentence = plan.error().sentence();
  QVERIFY2(sentence.find("no-such-data") != std::string::npos && sentence.find("--data") != std::string::npos,
           sentence.c_str());
}

void ResumeTest::aFreshOptimiserIsZero() {
  run(at("a"), 1, {}, 3);
  ResumeRequest asked = request(at("a"));
  const auto sum = [](const Resumption& plan) {
    double total = 0;
    for (const float m : plan.loaded.checkpoint.state.momenta) total += std::abs(static_cast<double>(m));
    return total;
  };
  QVERIFY(sum(*plan_resume(asked)) > 0);
  asked.fresh_optimiser = true;
  QCOMPARE(sum(*plan_resume(asked)), 0.0);
}

SYNANN_TEST(ResumeTest)
#include "resume_test.moc"
