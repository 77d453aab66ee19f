// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/catalogue.h"

#include <filesystem>
#include <string>
#include <thread>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/folder_lock.h"
#include "engine/train/history_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
using namespace synann::testing;
using namespace synann::train;
namespace fs = std::filesystem;

// What is said of runs is what their own files say.
class CatalogueTest : public QObject {
  Q_OBJECT

 private slots:
  void findsRunsAtAnyDepth();
  void tellsHowFarAndHowGood();
  void tellsTheState_data();
  void tellsTheState();
  void aRunThatIsWrittenIsRunning();
  void lookingDisturbsNoWriter();
  void aBrokenHistoryIsNamedAndLosesNoOther();
  void onlySettingsThatMatterDiffer();
  void anyNumberOfThreadsListsTheSame();
  void canBeGivenUp();
  void aFolderThatIsNotThereIsOneSentence();

 private:
  // A run's folder with this history below the test's folder.
  fs::path makeRun(const QString& name, const std::string& history) const {
    const QString folder = home_.filePath(name);
    QDir().mkpath(folder);
    QFile file(folder + "/history.jsonl");
    if (!file.open(QIODevice::WriteOnly) || file.write(history.c_str()) < 0) qFatal("no history");
    return folder.toStdString();
  }
  fs::path top() const { return home_.path().toStdString(); }
  void init() { QVERIFY(home_.isValid()); }

  QTemporaryDir home_;

 private slots:
  void cleanup() {
    for (const auto& entry : fs::directory_iterator(top())) fs::remove_all(entry.path());
  }
};

namespace {

std::string two_epochs(const StartInfo& start = small_start()) {
  Evaluation first = evaluation_of(1), second = evaluation_of(2);
  first.best = true;
  first.correct = 40, second.correct = 30;
  first.train_seconds = 1.5, second.train_seconds = 2;
  return line_of(start) + line_of(evaluation_of(0)) + losses_line(1, 0, 7) + line_of(first) +
         losses_line(2, 0, 7) + line_of(second);
}

Catalogue listed(const fs::path& folder, int threads = 2) {
  auto catalogue = list_runs(folder, threads);
  if (!catalogue) qFatal("%s", catalogue.error().sentence().c_str());
  return std::move(*catalogue);
}

}  // namespace

void CatalogueTest::findsRunsAtAnyDepth() {
  makeRun("b", two_epochs());
  makeRun("b/earlier-1", two_epochs());
  makeRun("a/deep/er", two_epochs());
  QDir().mkpath(home_.filePath("empty"));
  fs::create_directory_symlink(top(), top() / "a" / "loop");
  std::vector<std::string> names;
  for (const RunSummary& run : listed(top()).runs) names.push_back(run.name);
  QCOMPARE(names, (std::vector<std::string>{"a/deep/er", "b", "b/earlier-1"}));
  QCOMPARE(listed(top() / "b").runs.front().name, std::string("."));
}

void CatalogueTest::tellsHowFarAndHowGood() {
  makeRun("run", two_epochs() + line_of(SettingChange{{2, 7}, "lr", 0.25}) +
                     line_of(Fork{{1, 3}, "other/best.safetensors"}));
  const RunSummary run = listed(top()).runs.at(0);
  QCOMPARE(run.problem, std::string());
  QCOMPARE(run.epochs, 2);
  QCOMPARE(run.steps, std::int64_t{14});
  QCOMPARE(run.train_seconds, 3.5);
  QCOMPARE(run.best->epoch, 1);
  QCOMPARE(run.best->correct, 40);
  QCOMPARE(run.last->correct, 30);
  QCOMPARE(run.settings.learning_rate, 0.25);
  QCOMPARE(run.data_name, std::string("Tiny digits"));
  QCOMPARE(run.parent, std::string("other/best.safetensors"));
  QCOMPARE(run.version, std::string("0.1.0"));
  QCOMPARE(run.device + run.tier + run.isa, std::string("CPUeigenAVX2"));
  QCOMPARE(run.parameter_count, 30'762);
  QVERIFY(std::abs(run.written - QDateTime::currentSecsSinceEpoch()) < 60);
  QCOMPARE(run.bytes, std::uint64_t{fs::file_size(top() / "run" / "history.jsonl")});
}

void CatalogueTest::tellsTheState_data() {
  QTest::addColumn<QString>("end");
  QTest::addColumn<QString>("state");
  QTest::addColumn<QString>("reason");
  const auto row = [](const char* name, const std::string& end, const char* state, const char* reason) {
    QTest::newRow(name) << QString::fromStdString(end) << state << reason;
  };
  row("finished", line_of(End{{4, 0}, State::Finished, ""}), "finished", "");
  row("stopped", line_of(End{{2, 7}, State::Stopped, "stopped by you"}), "stopped", "stopped by you");
  row("failed", line_of(End{{2, 7}, State::Failed, "the disk is full"}), "failed", "the disk is full");
  row("killed", "", "interrupted", "");
  row("killed while it waited", line_of(Pause{{2, 7}}), "interrupted", "");
  row("killed in a line", R"({"event":"losses","epoch":3,"st)", "interrupted", "");
  row("gone on with, then killed", line_of(End{{2, 7}, State::Stopped, ""}) + line_of(resume_at({2, 7})),
      "interrupted", "");
}

void CatalogueTest::tellsTheState() {
  QFETCH(QString, end);
  QFETCH(QString, state);
  QFETCH(QString, reason);
  makeRun("run", two_epochs() + end.toStdString());
  const RunSummary run = listed(top()).runs.at(0);
  QCOMPARE(run.problem, std::string());
  QCOMPARE(QString(state_word(run.state)), state);
  QCOMPARE(QString::fromStdString(run.reason), reason);
  QCOMPARE(run.writer, std::string());
}

void CatalogueTest::aRunThatIsWrittenIsRunning() {
  const fs::path folder = makeRun("run", two_epochs());
  auto lock = FolderLock::take(folder);
  QVERIFY(lock);
  RunSummary run = listed(top()).runs.at(0);
  QCOMPARE(run.state, RunState::Running);
  QVERIFY2(run.writer.starts_with("this program on "), run.writer.c_str());
  makeRun("run", two_epochs() + line_of(Pause{{2, 7}}));
  QCOMPARE(listed(top()).runs.at(0).state, RunState::Paused);
  makeRun("run", two_epochs() + line_of(Pause{{2, 7}}) + losses_line(3, 0, 2));
  QCOMPARE(listed(top()).runs.at(0).state, RunState::Running);
  *lock = FolderLock();
  QCOMPARE(listed(top()).runs.at(0).state, RunState::Interrupted);
}

void CatalogueTest::lookingDisturbsNoWriter() {
  const fs::path folder = makeRun("run", two_epochs());
  QVERIFY(FolderLock::take(folder));
  std::jthread looker([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) (void)FolderLock::holder(folder);
  });
  for (int k = 0; k < 300; ++k) {
    const auto lock = FolderLock::take(folder);
    QVERIFY2(lock, lock ? "" : lock.error().sentence().c_str());
  }
}

void CatalogueTest::aBrokenHistoryIsNamedAndLosesNoOther() {
  makeRun("bad", two_epochs() + "{]\n" + losses_line(3, 0, 1));
  makeRun("empty", "");
  makeRun("good", two_epochs());
  const auto runs = listed(top()).runs;
  QCOMPARE(runs.size(), std::size_t{3});
  QVERIFY2(runs[0].problem.find("history.jsonl, line 7: is not valid JSON") != std::string::npos,
           runs[0].problem.c_str());
  QVERIFY(!runs[1].problem.empty());
  QVERIFY(runs[2].problem.empty());
}

void CatalogueTest::onlySettingsThatMatterDiffer() {
  StartInfo a = small_start(), b = a, c = a;
  b.settings.learning_rate = 2 * a.settings.learning_rate;
  b.settings.seed = a.settings.seed + 1;
  c.settings.optimizer = "adam";
  c.settings.momentum = a.settings.momentum / 2;  // which Adam does not heed
  makeRun("a", two_epochs(a));
  makeRun("b", two_epochs(b));
  makeRun("bad", "{}\n");
  QCOMPARE(differing_settings(listed(top()).runs), (std::vector<std::string>{"lr", "seed"}));
  makeRun("c", two_epochs(c));
  const auto differing = differing_settings(listed(top()).runs);
  QVERIFY(std::find(differing.begin(), differing.end(), "optimizer") != differing.end());
  QVERIFY(std::find(differing.begin(), differing.end(), "momentum") == differing.end());
  QCOMPARE(setting_text(b.settings, "lr"), value_text(b.settings.learning_rate));
  QCOMPARE(setting_text(c.settings, "optimizer"), std::string("adam"));
}

void CatalogueTest::anyNumberOfThreadsListsTheSame() {
  for (int k = 0; k < 40; ++k) makeRun(QString("run-%1").arg(k), two_epochs());
  int told = 0, of = 0;
  const auto one = list_runs(top(), 1, [&](int done, int count) { told = done, of = count; });
  QVERIFY(one);
  QCOMPARE(told, 40);
  QCOMPARE(of, 40);
  const auto many = listed(top(), 7);
  QCOMPARE(many.runs.size(), std::size_t{40});
  for (std::size_t k = 0; k < many.runs.size(); ++k) {
    QCOMPARE(many.runs[k].name, one->runs[k].name);
    QCOMPARE(many.runs[k].steps, one->runs[k].steps);
  }
}

void CatalogueTest::canBeGivenUp() {
  for (int k = 0; k < 5; ++k) makeRun(QString("run-%1").arg(k), two_epochs());
  std::stop_source stop;
  const auto runs = list_runs(
      top(), 1, [&](int done, int) { done == 2 ? (void)stop.request_stop() : void(); }, stop.get_token());
  QVERIFY(!runs);
  QCOMPARE(runs.error().kind, ErrorKind::Cancelled);
}

void CatalogueTest::aFolderThatIsNotThereIsOneSentence() {
  const auto runs = list_runs(top() / "nowhere", 1);
  QVERIFY(!runs);
  QCOMPARE(runs.error().kind, ErrorKind::Input);
  QVERIFY(runs.error().sentence().find("nowhere: is not a folder") != std::string::npos);
}

SYNANN_TEST(CatalogueTest)
#include "catalogue_test.moc"
