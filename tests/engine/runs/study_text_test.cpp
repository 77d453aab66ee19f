// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/study_text.h"

#include <filesystem>

#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/file.h"
#include "engine/runs/ready_studies.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;

namespace {

StudyRun text_run(const train::Settings& settings, std::uint64_t seed, double accuracy,
                  const char* failed = "") {
  StudyRun run;
  run.settings = settings;
  run.settings.seed = seed;
  run.parameter_count = 7850;
  run.accuracy = run.best_accuracy = accuracy;
  run.test_loss = (100 - accuracy) / 100;
  run.epochs = 10;
  run.train_seconds = 5;
  run.failed = failed;
  return run;
}

// Three rows from three seeds; a run of the last one failed.
std::vector<StudyRow> text_table() {
  StudyPlan plan;
  plan.models = {train::recommended_settings("linear", "digits")};
  plan.variations = {{"lr", {0.003, 0.012, 0.05}}};
  std::vector<StudyRun> runs;
  const double accuracies[3][3] = {{92.1, 92.3, 92.2}, {93.0, 93.4, 93.1}, {94.9, 95.3, 0}};
  const auto rows = planned_rows(plan);
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t k = 0; k < 3; ++k)
      runs.push_back(text_run(rows[r].settings, k + 1, accuracies[r][k],
                              r == 2 && k == 2 ? "the loss is not a number" : ""));
  return study_table(plan, runs);
}

QStringList lines_of(const std::string& text) {
  return QString::fromStdString(text).split('\n', Qt::SkipEmptyParts);
}

}  // namespace

// Tables of studies as Markdown, LaTeX and CSV, and the ready studies.
class StudyTextTest : public QObject {
  Q_OBJECT
 private slots:
  void markdownIsAligned();
  void latexIsATabular();
  void csvHasAllDigits();
  void comparisonsAreCorrected();
  void formatsGoByTheName();
  void signsAreEscaped();
  void nothingIsAnEmptyTable();
  void aTableIsSavedAsItsNameSays();
  void aStudyHasItsLimits();
  void readyPlansArePlans();
  void theExpectedStandsBesideTheMeasured();
};

void StudyTextTest::markdownIsAligned() {
  const auto lines = lines_of(study_table_text(text_table(), StudyTableFormat::Markdown));
  QCOMPARE(lines.size(), 5);
  for (const QString& line : lines) {
    QCOMPARE(line.size(), lines[0].size());
    QCOMPARE(line.count('|'), 10);
  }
  QVERIFY(lines[0].contains(" against linear lr=0.003 |"));
  QVERIFY(lines[2].contains("92.20 ± 0.10"));
  QVERIFY(lines[2].contains("91.95 … 92.45"));
  QVERIFY(lines[3].contains("+0.97 points, p = 0.0047"));
  QVERIFY2(lines[4].contains(" 2 of 3 "), qPrintable(lines[4]));
}

void StudyTextTest::latexIsATabular() {
  const auto text = QString::fromStdString(study_table_text(text_table(), StudyTableFormat::Latex));
  QVERIFY(text.startsWith("\\begin{tabular}{lrrrrrrrr}\n\\toprule\n") && text.endsWith("\\end{tabular}\n"));
  QVERIFY(text.contains("accuracy \\%") && text.contains("92.20 $\\pm$ 0.10") &&
          text.contains("91.95 to 92.45"));
  for (const QChar c : text) QVERIFY(c.unicode() < 128);
}

void StudyTextTest::csvHasAllDigits() {
  const auto table = text_table();
  const auto lines = lines_of(study_table_text(table, StudyTableFormat::Csv));
  QCOMPARE(lines.size(), 4);
  const auto heads = lines[0].split(','), cells = lines[2].split(',');
  QCOMPARE(cells.size(), heads.size());
  const auto number = [&](const char* head) { return cells[heads.indexOf(head)].toDouble(); };
  QCOMPARE(cells[0], QString("linear"));
  QCOMPARE(cells[1], QString("lr=0.012"));
  QCOMPARE(number("accuracy_percent"), table[1].accuracy);
  QCOMPARE(number("accuracy_from"), table[1].accuracy_interval->from);
  QCOMPARE(number("p_holm"), *table[1].corrected_p);
  QCOMPARE(lines[1].split(',').last(), QString());  // the first row is compared with nothing
}

void StudyTextTest::comparisonsAreCorrected() {
  const auto table = text_table();
  QVERIFY(!table[0].against_first && !table[0].corrected_p);
  QCOMPARE(table[2].runs, 2);
  QCOMPARE(table[2].failed, 1);
  QCOMPARE(table[2].against_first->degrees_of_freedom, 1);  // the pair without its partner counts for nothing
  QVERIFY(table[1].against_first->p < table[2].against_first->p);
  QCOMPARE(*table[1].corrected_p, 2 * table[1].against_first->p);
  QCOMPARE(*table[2].corrected_p, table[2].against_first->p);
}

void StudyTextTest::formatsGoByTheName() {
  QVERIFY(*study_table_format("a/b.TEX") == StudyTableFormat::Latex);
  QVERIFY(*study_table_format("t.md") == StudyTableFormat::Markdown);
  QVERIFY(*study_table_format("t.csv") == StudyTableFormat::Csv);
  const auto wrong = study_table_format("t.xlsx");
  QVERIFY(!wrong && wrong.error().sentence().find("t.xlsx") != std::string::npos);
}

void StudyTextTest::signsAreEscaped() {
  StudyPlan plan;
  plan.models = {train::recommended_settings("linear", "digits")};
  plan.names = {"a|b, \"c\" 50 % x_1"};
  const auto table = study_table(plan, {text_run(planned_rows(plan)[0].settings, 1, 92)});
  QVERIFY(study_table_text(table, StudyTableFormat::Markdown).find("a\\|b") != std::string::npos);
  QVERIFY(study_table_text(table, StudyTableFormat::Latex).find("50 \\% x\\_1") != std::string::npos);
  QVERIFY(study_table_text(table, StudyTableFormat::Csv).find("\"a|b, \"\"c\"\" 50 % x_1\",") !=
          std::string::npos);
}

void StudyTextTest::nothingIsAnEmptyTable() {
  for (const auto format : {StudyTableFormat::Markdown, StudyTableFormat::Latex, StudyTableFormat::Csv})
    QVERIFY(study_table_text({}, format).empty());
}

void StudyTextTest::aTableIsSavedAsItsNameSays() {
  const QTemporaryDir folder;
  const auto at = [&](const char* name) { return std::filesystem::path(folder.path().toStdString()) / name; };
  const auto table = text_table();
  QVERIFY(save_study_table(at("t.csv"), table).ok());
  const auto bytes = read_file(at("t.csv"), 1 << 20);
  QVERIFY(bytes.ok());
  QCOMPARE(std::string(bytes->begin(), bytes->end()), study_table_text(table, StudyTableFormat::Csv));
  QVERIFY(!save_study_table(at("t.txt"), table).ok());
  QVERIFY(!std::filesystem::exists(at("t.txt")));
  QVERIFY(!save_study_table(at("no/such/folder/t.md"), table).ok());
}

// Values multiply, so that a few typed lines would be more rows than any memory holds.
void StudyTextTest::aStudyHasItsLimits() {
  const auto sentence = [](const StudyPlan& plan) {
    const auto status = check_plan(plan);
    return status.ok() ? std::string() : status.error().sentence();
  };
  std::vector<train::SettingValue> values;
  for (int k = 1; k <= 500; ++k) values.emplace_back(0.0001 * k);
  StudyPlan plan;
  plan.models = {train::recommended_settings("linear", "digits")};
  plan.variations = {{"lr", values}};
  plan.seeds = 20;
  QCOMPARE(sentence(plan), std::string());
  plan.seeds = 21;
  QCOMPARE(sentence(plan),
           std::string("--seeds: makes too many runs: expected at most 10000, found 500 × 21 = 10500"));
  plan.seeds = 1;
  for (const char* key : {"batch-size", "epochs", "clip", "minutes", "patience", "momentum", "weight-decay"})
    plan.variations.push_back({key, values});
  QCOMPARE(sentence(plan),
           std::string("--vary: makes too many rows: expected at most 500; vary fewer settings, "
                       "or compare fewer models"));
}

void StudyTextTest::readyPlansArePlans() {
  QVERIFY(!ready_studies().empty());
  for (const ReadyStudy& study : ready_studies()) {
    const auto plan = ready_plan(study, study.data);
    const auto status = check_plan(plan);
    QVERIFY2(status.ok(), status.ok() ? "" : status.error().sentence().c_str());
    QCOMPARE(plan.models.size(), study.rows.size());
    for (std::size_t r = 0; r < study.rows.size(); ++r) {
      // Each setting was understood.
      auto without = train::recommended_settings(study.rows[r].model, study.data);
      QCOMPARE(train::differences(without, plan.models[r]).size(), study.rows[r].settings.size());
    }
    QVERIFY(find_ready_study(study.id) == &study);
  }
  QVERIFY(find_ready_study("pixel-tset") == nullptr);
}

void StudyTextTest::theExpectedStandsBesideTheMeasured() {
  const ReadyStudy& study = *find_ready_study("pixel-test");
  const auto plan = ready_plan(study, "mnist");
  const auto rows = planned_rows(plan);
  const auto before = expected_rows(study, {});
  QCOMPARE(before.size(), rows.size());
  QVERIFY(before[0].measured == "–" && before[0].verdict.empty() && before[0].expected.starts_with("97.7 %"));
  std::vector<StudyRun> runs;
  runs.push_back(text_run(rows[0].settings, 1, 97.64));
  runs.push_back(text_run(rows[1].settings, 1, 90.0));
  runs.push_back(text_run(rows[3].settings, 1, 0, "the loss is not a number"));
  const auto after = expected_rows(study, study_table(plan, runs));
  QVERIFY(after[0].verdict == "as expected" && after[0].measured == "97.64 %, 1 run");
  QCOMPARE(after[1].verdict, std::string("differs by −2.3 points"));
  QVERIFY(after[3].verdict == "as expected" && after[3].measured == "not a number in 1 of 1 runs");
  const auto text = QString::fromStdString(expected_table_text(study, study_table(plan, runs)));
  QVERIFY(text.contains("| layer ") && text.contains("docs/theory.md"));
}

SYNANN_TEST(StudyTextTest)
#include "study_text_test.moc"
