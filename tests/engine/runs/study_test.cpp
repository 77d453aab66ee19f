// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/study.h"

#include <cmath>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/train/session.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
using namespace synann::train;

namespace {

Settings study_settings(const char* model) {
  Settings s = recommended_settings(model, "digits");
  s.epochs = 2;
  s.batch_size = 40;
  return s;
}

}  // namespace

// Studies of two small models on tiny data.
class StudyTest : public QObject {
  Q_OBJECT
 private slots:
  void init() { QVERIFY((folder_ = std::make_unique<QTemporaryDir>())->isValid()); }
  void runsAreThoseOfSessions();
  void plannedRunsKnowWhatTheyCameTo();
  void tableComparesWithTheFirst();
  void goesOnAfterAStop();
  void otherFilesAreRefused();
  void impossiblePlansAreRefused();
  void aVariedStudyIsItsSingleRuns();
  void variationsAreRead();
  void wrongVariationsAreRefused_data();
  void wrongVariationsAreRefused();

 private:
  StudyPlan plan(std::filesystem::path folder = {}) const {
    return {.models = {study_settings("linear"), study_settings("identity-pixel")},
            .first_seed = 4,
            .seeds = 3,
            .execution = {.threads = 1},
            .data = data_,
            .folder = std::move(folder)};
  }
  static bool finishes(Study& study) {
    const std::atomic<bool> never{false};
    const auto end = study.run(
        never, [](const StudyProgress&) {}, [](const StudyRun&) {});
    return end.ok() && *end;
  }

  data::DataPairPtr data_ = testing::tiny_digits(200);
  std::unique_ptr<QTemporaryDir> folder_;
};

// Each run is the session with the same settings, number for number.
void StudyTest::runsAreThoseOfSessions() {
  struct Last : Observer {
    Evaluation evaluation;
    void on_evaluation(const Evaluation& e) override { evaluation = e; }
  };
  auto study = Study::open(plan());
  QVERIFY(study.ok());
  QVERIFY(finishes(*study));
  QCOMPARE(study->runs().size(), std::size_t{6});
  for (const StudyRun& made : study->runs()) {
    Last last;
    const auto session =
        Session::create({.settings = made.settings, .execution = {.threads = 2}, .data = data_}, last);
    QVERIFY((*session)->run().ok());
    QCOMPARE(made.epochs, 2);
    QCOMPARE(made.test_loss, last.evaluation.test_loss);
    QCOMPARE(made.accuracy, last.evaluation.accuracy());
    QCOMPARE(made.train_loss, last.evaluation.train_loss);
  }
  // Seed by seed, so that an interrupted study holds pairs.
  QCOMPARE(study->runs()[1].settings.seed, std::uint64_t{4});
  QCOMPARE(study->runs()[2].settings.seed, std::uint64_t{5});
}

void StudyTest::plannedRunsKnowWhatTheyCameTo() {
  const StudyPlan asked = plan();
  std::vector<StudyRun> made;
  const auto add = [&](const char* model, std::uint64_t seed, double accuracy) {
    StudyRun run;
    run.settings = study_settings(model);
    run.settings.seed = seed;
    run.settings.data = "elsewhere";  // the data may lie anywhere
    run.accuracy = accuracy;
    made.push_back(run);
  };
  add("identity-pixel", 5, 50);
  add("linear", 4, 40);
  add("linear", 4, 41);   // the first one counts
  add("linear", 99, 90);  // of another study
  const auto planned = planned_runs(asked, made);
  QCOMPARE(planned.size(), std::size_t{6});
  for (std::size_t k = 0; k < planned.size(); ++k) {
    QCOMPARE(planned[k].settings.seed, 4 + std::uint64_t{k / 2});
    QCOMPARE(planned[k].title, k % 2 == 0 ? "linear" : "identity-pixel");
    QCOMPARE(planned[k].made, find_study_run(made, planned[k].settings));
  }
  QCOMPARE(planned[0].made, &made[1]);
  QCOMPARE(planned[3].made, &made[0]);
  QVERIFY(planned_runs({}, made).empty());
  // In whatever order they have ended.
  made.clear();
  for (const char* model : {"identity-pixel", "linear"})
    for (const std::uint64_t seed : {6U, 4U, 5U}) add(model, seed, 50);
  for (const PlannedRun& run : planned_runs(asked, made))
    QVERIFY(run.made != nullptr && run.made == find_study_run(made, run.settings));
}

void StudyTest::tableComparesWithTheFirst() {
  auto study = Study::open(plan());
  QVERIFY(finishes(*study));
  const auto table = study->table();
  QCOMPARE(table.size(), std::size_t{2});
  QVERIFY(!table[0].against_first);
  double sum = 0, difference = 0;
  for (std::size_t k = 0; k < 6; k += 2) {
    sum += study->runs()[k].accuracy;
    difference += study->runs()[k + 1].accuracy - study->runs()[k].accuracy;
  }
  QVERIFY(std::abs(table[0].accuracy - sum / 3) < 1e-12);
  QCOMPARE(table[1].runs, 3);
  QVERIFY(table[1].against_first.has_value());
  QVERIFY(std::abs(table[1].against_first->difference - difference / 3) < 1e-12);
  QCOMPARE(table[0].parameter_count, 7850);
  QCOMPARE(table[1].parameter_count, 196 * 12 + 10);
}

void StudyTest::goesOnAfterAStop() {
  const auto folder = std::filesystem::path(folder_->path().toStdString());
  std::atomic<bool> stop{false};
  {
    auto study = Study::open(plan(folder));
    const auto end = study->run(
        stop, [](const StudyProgress&) {}, [&](const StudyRun&) { stop.store(true); });
    QVERIFY(end.ok());
    QVERIFY(!*end);
    QCOMPARE(study->table().size(), std::size_t{1});
  }
  auto again = Study::open(plan(folder));
  QVERIFY(again.ok());
  QCOMPARE(again->runs().size(), std::size_t{1});  // found, not made
  const auto first = again->runs().front();
  QVERIFY(finishes(*again));
  QCOMPARE(again->runs().size(), std::size_t{6});
  QCOMPARE(again->runs().front().train_seconds, first.train_seconds);
  auto whole = Study::open(plan());
  QVERIFY(finishes(*whole));
  for (std::size_t k = 0; k < 6; ++k) QCOMPARE(again->runs()[k].test_loss, whole->runs()[k].test_loss);
}

void StudyTest::otherFilesAreRefused() {
  QFile file(folder_->filePath(kStudyFile));
  for (const char* text : {"{", "[]", R"({"format":"synann-study-1","data_sha256":"other","runs":[]})"}) {
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    const auto study = Study::open(plan(folder_->path().toStdString()));
    QVERIFY(!study.ok());
    QVERIFY(study.error().sentence().find(kStudyFile) != std::string::npos);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray(text));  // what is there stays there
    file.close();
  }
}

void StudyTest::impossiblePlansAreRefused() {
  auto twice = plan();
  twice.models.push_back(study_settings("linear"));
  QVERIFY(!Study::open(twice).ok());
  auto none = plan();
  none.models.clear();
  QVERIFY(!Study::open(none).ok());
  auto no_seeds = plan();
  no_seeds.seeds = 0;
  QVERIFY(!Study::open(no_seeds).ok());
  auto wrong = plan();
  wrong.models[1].learning_rate = 1e9;
  QVERIFY(!Study::open(wrong).ok());
}

// Each row is the runs with these settings, number for number, in the order in which the values were named.
void StudyTest::aVariedStudyIsItsSingleRuns() {
  auto varied = plan();
  varied.seeds = 2;
  varied.variations = {{"lr", {0.05, 0.003}}, {"optimizer", {std::string("sgd"), std::string("adam")}}};
  auto study = Study::open(varied);
  QVERIFY(study.ok() && finishes(*study));
  const auto table = study->table();
  QCOMPARE(table.size(), std::size_t{8});
  QCOMPARE(study->runs().size(), std::size_t{16});
  const std::vector<std::string> variations = {"lr=0.05 optimizer=sgd", "lr=0.05 optimizer=adam",
                                               "lr=0.003 optimizer=sgd", "lr=0.003 optimizer=adam"};
  for (std::size_t k = 0; k < table.size(); ++k) {
    const StudyRow& row = table[k];
    QCOMPARE(row.model, std::string(k < 4 ? "linear" : "identity-pixel"));
    QCOMPARE(row.variation, variations[k % 4]);
    QCOMPARE(row.settings.learning_rate, k % 4 < 2 ? 0.05 : 0.003);
    QCOMPARE(row.settings.optimizer, std::string(k % 2 == 0 ? "sgd" : "adam"));
    QCOMPARE(row.against_first.has_value(), k > 0);
    auto single = plan();
    single.seeds = 2;
    single.models = {study_settings(row.model.c_str())};
    single.models[0].learning_rate = row.settings.learning_rate;
    single.models[0].optimizer = row.settings.optimizer;
    auto alone = Study::open(single);
    QVERIFY(alone.ok() && finishes(*alone));
    QCOMPARE(row.test_loss, alone->table().at(0).test_loss);
    QCOMPARE(row.test_loss_deviation, alone->table().at(0).test_loss_deviation);
    QCOMPARE(row.accuracy, alone->table().at(0).accuracy);
  }
  QVERIFY(table[0].test_loss != table[1].test_loss && table[0].test_loss != table[2].test_loss);

  auto twice = plan();
  twice.variations = {{"lr", {0.05}}, {"lr", {0.003}}};
  QVERIFY(!Study::open(twice).ok());
}

void StudyTest::variationsAreRead() {
  const auto rates = parse_variation("--vary", "lr=0.003, 0.012,5e-2");
  QVERIFY(rates.ok());
  QCOMPARE(rates->key, std::string("lr"));
  QVERIFY((rates->values == std::vector<SettingValue>{0.003, 0.012, 0.05}));
  const auto words = parse_variation("--vary", "schedule=cosine,constant");
  QVERIFY(words.ok());
  QVERIFY((words->values == std::vector<SettingValue>{std::string("cosine"), std::string("constant")}));
  const auto all = vary(Settings{}, {*rates, *words});
  QCOMPARE(all.size(), std::size_t{6});
  QCOMPARE(all[1].learning_rate, 0.003);
  QCOMPARE(all[1].schedule, std::string("constant"));
  QCOMPARE(varied_text(all[5], {*rates, *words}), std::string("lr=0.05 schedule=constant"));
  QVERIFY(vary(Settings{}, {}) == std::vector<Settings>{Settings{}});
}

void StudyTest::wrongVariationsAreRefused_data() {
  QTest::addColumn<QString>("sentence");
  const auto row = [](const char* text, const char* sentence) { QTest::newRow(text) << sentence; };
  row("lr", "--vary: does not say which setting takes which values");
  row("=1", "--vary: does not say which setting takes which values");
  row("momentun=1", "did you mean momentum");
  row("lrr=1", "--vary: is not known: expected one of epochs");
  row("seed=1,2", "--vary: cannot vary the seed");
  row("frozen=1", "--vary");
  row("lr=", "--vary lr: has an empty value");
  row("lr=0.1,,0.2", "--vary lr: has an empty value");
  row("lr=0.1,fast", "--vary lr: ");
  row("lr=1e9", "--vary lr: ");
  row("batch-size=1.5", "--vary batch-size: ");
  row("lr=0.1,1e-1", "--vary lr: names 0.1 twice");
  row("optimizer=sgd,adamm", "did you mean adam");
}

void StudyTest::wrongVariationsAreRefused() {
  QFETCH(QString, sentence);
  const auto variation = parse_variation("--vary", QTest::currentDataTag());
  QVERIFY(!variation.ok() && variation.error().kind == ErrorKind::Input);
  QVERIFY2(QString::fromStdString(variation.error().sentence()).contains(sentence),
           variation.error().sentence().c_str());
}

SYNANN_TEST(StudyTest)
#include "study_test.moc"
