// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include "engine/runs/catalogue.h"
#include "engine/runs/study.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
using train::Settings;

namespace {

Settings small_settings(const char* model) {
  Settings s = train::recommended_settings(model, "digits");
  s.epochs = 2;
  s.batch_size = 40;
  return s;
}

std::vector<double> losses_of(const Study& study) {
  std::vector<double> losses;
  for (const StudyRun& run : study.runs()) losses.push_back(run.test_loss);
  return losses;
}

}  // namespace

// What a study leaves in its folder, and how it goes on with what is there.
class StudyFolderTest : public QObject, testing::SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void eachRunIsTheSingleRunByteForByte();
  void aRunInTheMiddleGoesOnFromItsCheckpoint();
  void whatEndedBeforeAKillIsTaken();
  void aStudyIsExtendedBySeeds();
  void theFileHoldsThePlan();
  void filesWithoutAPlanAreRead();
  void brokenFilesAreRefused_data();
  void brokenFilesAreRefused();
  void aRunThatWasChangedIsLeftAlone();
  void theTimeThatIsLeft();

 private:
  StudyPlan plan(int seeds = 2) const {
    StudyPlan plan;
    plan.models = {small_settings("linear"), small_settings("syna-pixel")};
    plan.seeds = seeds;
    plan.execution.threads = 1;
    plan.data = data_;
    plan.folder = at("study");
    return plan;
  }
  static bool goOn(
      Study& study, const std::function<bool()>& stop_now = [] { return false; }) {
    std::atomic<bool> stop{false};
    const auto end = study.run(
        stop, [&](const StudyProgress&) { stop.store(stop.load() || stop_now()); }, [](const StudyRun&) {});
    if (!end) qFatal("%s", end.error().sentence().c_str());
    return *end;
  }
};

void StudyFolderTest::eachRunIsTheSingleRunByteForByte() {
  auto study = Study::open(plan(1));
  QVERIFY(study.ok() && goOn(*study));
  const auto listed = list_runs(at("study"), 1);
  QVERIFY(listed.ok());
  QCOMPARE(listed->runs.size(), std::size_t{2});
  for (const StudyRun& made : study->runs()) {
    QVERIFY(!made.run.empty());
    const auto alone = at("alone") / made.settings.model;
    run(alone, 2, {}, -1, made.settings);
    for (const char* file : {train::kLastCheckpoint, train::kBestCheckpoint})
      QCOMPARE(testing::bytes_of(at("study") / made.run / file), testing::bytes_of(alone / file));
  }
  QCOMPARE(study->runs()[0].run, std::string("runs/linear-epochs=2-batch-size=40-s1"));
}

// Stopped in the middle of an epoch, again and again: the same numbers as without.
void StudyFolderTest::aRunInTheMiddleGoesOnFromItsCheckpoint() {
  auto undisturbed = plan();
  undisturbed.folder = at("whole");
  auto whole = Study::open(undisturbed);
  QVERIFY(whole.ok() && goOn(*whole));
  bool done = false;
  int parts = 0;
  for (; !done && parts < 60; ++parts) {
    auto study = Study::open(plan());
    QVERIFY(study.ok());
    int told = 0;
    done = goOn(*study, [&] { return ++told > 3; });
    if (done) QCOMPARE(losses_of(*study), losses_of(*whole));
  }
  QVERIFY(done && parts > 4);
  for (const StudyRun& made : whole->runs())
    QCOMPARE(testing::bytes_of(at("study") / made.run / train::kLastCheckpoint),
             testing::bytes_of(at("whole") / made.run / train::kLastCheckpoint));
}

// A kill between the last line of a run's history and study.json.
void StudyFolderTest::whatEndedBeforeAKillIsTaken() {
  std::vector<double> expected;
  {
    auto study = Study::open(plan(1));
    QVERIFY(study.ok() && goOn(*study));
    expected = losses_of(*study);
    QVERIFY(write_study(at("study"), {.plan = plan(1), .data_sha256 = data_->sha256}).ok());
  }
  const QByteArray history =
      testing::bytes_of(at("study") / "runs/linear-epochs=2-batch-size=40-s1/history.jsonl");
  auto again = Study::open(plan(1));
  QVERIFY(again.ok() && again->runs().empty() && goOn(*again));
  QCOMPARE(losses_of(*again), expected);
  QCOMPARE(testing::bytes_of(at("study") / again->runs()[0].run / "history.jsonl"), history);
}

void StudyFolderTest::aStudyIsExtendedBySeeds() {
  {
    auto study = Study::open(plan(1));
    QVERIFY(study.ok() && goOn(*study));
    QVERIFY(!study->table()[0].accuracy_interval);  // one run tells nothing of its spread
  }
  auto more = Study::open(plan(3));
  QVERIFY(more.ok());
  QCOMPARE(more->runs().size(), std::size_t{2});
  QVERIFY(goOn(*more));
  QCOMPARE(more->runs().size(), std::size_t{6});
  const auto table = more->table();
  QVERIFY(table[0].accuracy_interval.has_value());
  QVERIFY(table[0].accuracy_interval->from < table[0].accuracy &&
          table[0].accuracy < table[0].accuracy_interval->to);
  QVERIFY(!table[0].corrected_p && table[1].corrected_p.has_value());
  QCOMPARE(*table[1].corrected_p, table[1].against_first->p);  // a single comparison
  QCOMPARE(table[1].made.size(), std::size_t{3});
}

void StudyFolderTest::theFileHoldsThePlan() {
  auto asked = plan(3);
  asked.first_seed = 7;
  asked.names = {"a line", "a synapse"};
  asked.variations = {{"lr", {0.05, 0.003}}, {"optimizer", {std::string("sgd"), std::string("adam")}}};
  asked.ready = "pixel-test";
  QVERIFY(Study::open(asked).ok());  // nothing was trained yet
  const auto file = read_study(at("study"));
  QVERIFY2(file.ok(), file.ok() ? "" : file.error().sentence().c_str());
  QVERIFY(file->runs.empty() && file->data_sha256 == data_->sha256);
  QCOMPARE(file->plan.seeds, 3);
  QCOMPARE(file->plan.first_seed, std::uint64_t{7});
  QCOMPARE(file->plan.ready, std::string("pixel-test"));
  const auto expected = planned_rows(asked), found = planned_rows(file->plan);
  QCOMPARE(found.size(), std::size_t{8});
  for (std::size_t k = 0; k < found.size(); ++k) {
    QCOMPARE(found[k].title(), expected[k].title());
    QVERIFY(found[k].settings == expected[k].settings);
  }
}

// As `synann study` wrote them before runs had folders.
void StudyFolderTest::filesWithoutAPlanAreRead() {
  {
    auto study = Study::open(plan());
    QVERIFY(study.ok() && goOn(*study));
  }
  const auto before = read_study(at("study"));
  QFile file(QString::fromStdString((at("study") / kStudyFile).string()));
  QVERIFY(file.open(QIODevice::ReadOnly));
  auto whole = QJsonDocument::fromJson(file.readAll()).object();
  file.close();
  whole.remove("plan");
  auto runs = whole["runs"].toArray();
  for (qsizetype k = 0; k < runs.size(); ++k) {
    auto one = runs[k].toObject();
    one.remove("run");
    one.remove("eval_seconds");
    runs[k] = one;
  }
  whole["runs"] = runs;
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(QJsonDocument(whole).toJson());
  file.close();
  const auto old = read_study(at("study"));
  QVERIFY2(old.ok(), old.ok() ? "" : old.error().sentence().c_str());
  QCOMPARE(old->plan.models.size(), std::size_t{2});
  QCOMPARE(old->plan.seeds, 2);
  const auto was = study_table(before->plan, before->runs), is = study_table(old->plan, old->runs);
  QCOMPARE(is.size(), was.size());
  for (std::size_t k = 0; k < is.size(); ++k) {
    QCOMPARE(is[k].title(), was[k].title());
    QCOMPARE(is[k].accuracy, was[k].accuracy);
    QVERIFY(is[k].made[0].run.empty());
  }
  // And goes on: nothing is trained anew.
  auto study = Study::open(plan());
  QVERIFY(study.ok());
  QCOMPARE(study->runs().size(), std::size_t{4});
}

void StudyFolderTest::brokenFilesAreRefused_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<QString>("sentence");
  const auto row = [](const char* name, const char* text, const char* sentence) {
    QTest::newRow(name) << QByteArray(text) << QString(sentence);
  };
  row("cut", R"({"format":"synann-study-1")", "is not a study");
  row("format", R"({"format":3,"runs":[]})", "is not a study");
  row("no digest", R"({"format":"synann-study-1","runs":[]})", "\"data_sha256\" is missing");
  row("run", R"({"format":"synann-study-1","data_sha256":"","runs":[{}]})", "run 1");
  row("seeds",
      R"({"format":"synann-study-1","data_sha256":"","runs":[],"plan":{"first_seed":1,"seeds":0,"models":[]}})",
      "\"seeds\"");
  row("models",
      R"({"format":"synann-study-1","data_sha256":"","runs":[],"plan":{"first_seed":1,"seeds":2,"models":3}})",
      "\"models\"");
  row("no model",
      R"({"format":"synann-study-1","data_sha256":"","runs":[],"plan":{"first_seed":1,"seeds":2,"models":[]}})",
      "names no model");
}

void StudyFolderTest::brokenFilesAreRefused() {
  QFETCH(QByteArray, text);
  QFETCH(QString, sentence);
  std::filesystem::create_directories(at("study"));
  QFile file(QString::fromStdString((at("study") / kStudyFile).string()));
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(text);
  file.close();
  const auto read = read_study(at("study"));
  QVERIFY(!read.ok());
  QVERIFY2(QString::fromStdString(read.error().sentence()).contains(sentence),
           read.error().sentence().c_str());
}

// A person trained it on in the window: it is no run of the study any more, which makes its own beside it.
void StudyFolderTest::aRunThatWasChangedIsLeftAlone() {
  const auto settings = small_settings("linear");
  auto seeded = settings;
  seeded.seed = 1;
  const auto folder = at("study") / "runs" / study_run_name(seeded);
  run(folder, 1, {}, -1, seeded);
  auto longer = seeded;
  longer.epochs = 4;
  run(folder, 1, folder / train::kLastCheckpoint, -1, longer);
  const QByteArray before = testing::bytes_of(folder / train::kLastCheckpoint);
  auto study = Study::open(plan(1));
  QVERIFY(study.ok() && goOn(*study));
  QCOMPARE(study->runs()[0].run, "runs/" + study_run_name(seeded) + "-2");
  QCOMPARE(study->runs()[0].epochs, 2);
  QCOMPARE(testing::bytes_of(folder / train::kLastCheckpoint), before);
}

void StudyFolderTest::theTimeThatIsLeft() {
  const auto asked = plan(2);
  QVERIFY(std::isnan(study_seconds_left(asked, {}, {})));
  const auto made = [&](const char* model, std::uint64_t seed) {
    StudyRun run;
    run.settings = small_settings(model);
    run.settings.seed = seed;
    run.epochs = 2;
    run.train_seconds = 3;
    run.eval_seconds = 1;
    return run;
  };
  // Two seconds an epoch are known of the linear model alone; the other one takes more operations.
  const double one = study_seconds_left(asked, {made("linear", 1)}, {});
  QVERIFY(one > 4 + 8);
  // All is known: two epochs of each at two seconds.
  const double two = study_seconds_left(asked, {made("linear", 1), made("syna-pixel", 1)}, {});
  QVERIFY(std::abs(two - 8) < 1e-12);
  auto at_hand = small_settings("linear");
  at_hand.seed = 2;
  StudyProgress progress;
  progress.settings = &at_hand;
  progress.epoch = 2;
  progress.epoch_fraction = 0.5;
  progress.epoch_seconds = 2;
  const double three = study_seconds_left(asked, {made("linear", 1), made("syna-pixel", 1)}, progress);
  QVERIFY(std::abs(three - 5) < 1e-12);
}

SYNANN_TEST(StudyFolderTest)
#include "study_folder_test.moc"
