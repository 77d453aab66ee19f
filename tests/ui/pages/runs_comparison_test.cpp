// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_comparison.h"

#include <cmath>
#include <fstream>
#include <vector>

#include <QCheckBox>
#include <QMessageBox>
#include <QTabWidget>
#include <QTimer>
#include <nlohmann/json.hpp>

#include "engine/core/folder_lock.h"
#include "engine/train/event_json.h"
#include "engine/train/record.h"
#include "runs_bench.h"
#include "tests/test_main.h"
#include "ui/pages/runs/run_differences_model.h"
#include "ui/pages/runs/run_filter_model.h"
#include "ui/pages/runs/run_numbers.h"
#include "ui/pages/runs/runs_export.h"
#include "ui/pages/runs/runs_figure.h"

namespace synann::ui {

namespace {

namespace fs = std::filesystem;

// A run that was trained for three epochs, its accuracy rising to this percentage.
runs::RunSummary comparedRun(const std::string& name, double rate, std::uint64_t seed, int percent) {
  runs::RunSummary run;
  run.name = name;
  run.folder = "/runs/" + name;
  run.settings.learning_rate = rate;
  run.settings.seed = seed;
  run.data_sha256 = "same";
  run.state = runs::RunState::Finished;
  run.epochs = 3;
  run.train_seconds = 10.0 * percent;
  run.written = 1'796'000'000;
  for (int epoch = 1; epoch <= 3; ++epoch) {
    train::Evaluation e{
        .epoch = epoch, .test_loss = 1.0 - 0.01 * percent, .correct = percent - 3 + epoch, .count = 100};
    e.numbers.headroom = 0.5;
    run.latest.push_back({e.accuracy(), e.test_loss});
    run.last = e;
    run.best = e;
  }
  return run;
}

std::vector<runs::RunSummary> someRuns() {
  std::vector<runs::RunSummary> runs = {comparedRun("slow", 0.003, 1, 80),
                                        comparedRun("slow-2", 0.003, 2, 84), comparedRun("fast", 0.1, 1, 95),
                                        comparedRun("mlp", 0.003, 1, 70)};
  runs[3].settings.model = "syna-mlp";
  runs[2].notes.tags = {"paper"};
  runs[2].notes.note = "two words here";
  return runs;
}

std::vector<runs::EpochPoint> pointsTo(double accuracy, bool timed = true) {
  std::vector<runs::EpochPoint> points;
  for (int epoch = 0; epoch <= 3; ++epoch) {
    runs::EpochPoint point;
    point.epoch = epoch;
    point.steps = 20 * epoch;
    point.examples = 1000 * epoch;
    point.seconds = 2.5 * epoch;
    point.accuracy = accuracy - 3 + epoch;
    point.numbers.gradient_norm = 4.0 - epoch;
    if (timed) point.unix_time = 1'796'000'000 + 60 * epoch;
    if (epoch > 0) point.rate = 0.01;
    points.push_back(point);
  }
  return points;
}

std::vector<RunCurve> someCurves() {
  std::vector<RunCurve> curves;
  int look = 0;
  for (const runs::RunSummary& run : someRuns())
    curves.push_back({.run = run, .points = pointsTo(run.best->accuracy()), .look = look++});
  return curves;
}

}  // namespace

// Runs found among many, and compared with each other.
class RunsComparisonTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void searchesByColumnAndSetting_data();
  void searchesByColumnAndSetting();
  void meansOfTheLastEpochsAreColumns();
  void otherMeansAreSortedAnew();
  void onlyDifferencesOrAllSettings();
  void everyQuantityHasItsNumbers();
  void whatWasSmoothedStaysBehind();
  void seedsBecomeABand();
  void overTheTimeOfDay();
  void settingsAndOutcomeAreAxes();
  void anyTwoNumbersMakeAScatter();
  void theFiguresNeedNoWindow();
  void looksAreForLife();
  void aRunThatIsWrittenIsFollowed();
  void nothingIsFollowedWhileHidden();
  void pruningAsksWithItsSize();

 private:
  fs::path makeRun(const std::string& name, double rate) const {
    const fs::path folder = fs::path(home_.path().toStdString()) / name;
    fs::create_directories(folder);
    train::StartInfo start;
    start.settings.learning_rate = rate;
    start.train_count = 100;
    start.steps_per_epoch = 1;
    std::ofstream(folder / "history.jsonl") << train::to_json(start).dump() << "\n"
                                            << epochLine(0) << epochLine(1);
    return folder;
  }
  static std::string epochLine(int epoch) {
    return train::to_json(
               train::Evaluation{.epoch = epoch, .test_loss = 0.5, .correct = 10 + epoch, .count = 20})
               .dump() +
           "\n";
  }

  QTemporaryDir home_, nothing_;
};

void RunsComparisonTest::initTestCase() {
  qputenv("XDG_DATA_HOME", nothing_.path().toUtf8());
  qputenv("XDG_CACHE_HOME", nothing_.path().toUtf8());
}

void RunsComparisonTest::searchesByColumnAndSetting_data() {
  QTest::addColumn<QString>("search");
  QTest::addColumn<QStringList>("found");
  const auto row = [](const char* search, const QStringList& found) {
    QTest::newRow(search) << search << found;
  };
  const QStringList all = {"fast", "mlp", "slow", "slow-2"};
  row("", all);
  row("slow", {"slow", "slow-2"});
  row("accuracy>83", {"fast", "slow-2"});
  row("best>=84 best<95", {"slow-2"});
  row("last<=70", {"mlp"});
  row("mean=94", {"fast"});
  row("lr<0.01", {"mlp", "slow", "slow-2"});
  row("LR=0.1", {"fast"});
  row("lr!=0.003", {"fast"});
  row("seed=2", {"slow-2"});
  row("batch_size=0", {});
  row("optimizer=sgd seed=1 model!=syna-mlp", {"fast", "slow"});
  row("model:syna-cnn accuracy>90", {"fast"});
  row("model:synamlp", {"mlp"});
  row("model=SynaMLP", {"mlp"});
  row("tag:paper", {"fast"});
  row("note:\"two words\"", {"fast"});
  row("note:\"words two\"", {});
  row("state:finished time>900", {"fast"});
  row("date>2026-01-01", all);
  row("date<2026-01-01", {});
  row("epochs=3", all);
  row("colour:red", {});  // no column: a word like any other
  row("accuracy>", {});
}

void RunsComparisonTest::searchesByColumnAndSetting() {
  QFETCH(QString, search);
  QFETCH(QStringList, found);
  RunTableModel model;
  RunFilterModel filter(&model);
  model.setRuns(someRuns());
  filter.setSearch(search);
  QStringList names;
  for (int row = 0; row < filter.rowCount(); ++row)
    names.append(filter.index(row, RunTableModel::Name).data().toString());
  names.sort();
  QCOMPARE(names, found);
}

void RunsComparisonTest::otherMeansAreSortedAnew() {
  std::vector<runs::RunSummary> two = {comparedRun("a", 0.1, 1, 50), comparedRun("b", 0.1, 1, 70)};
  two[0].latest = {{90, 0.5}, {50, 0.5}};
  two[1].latest = {{60, 0.5}, {70, 0.5}};
  RunTableModel model;
  RunFilterModel filter(&model);
  filter.sort(RunTableModel::MeanAccuracy, Qt::DescendingOrder);
  model.setRuns(two);
  const auto first = [&] { return filter.index(0, RunTableModel::Name).data().toString(); };
  QCOMPARE(first(), QStringLiteral("a"));  // 70 and 65
  model.setMeanEpochs(1);
  QCOMPARE(first(), QStringLiteral("b"));  // 50 and 70
}

void RunsComparisonTest::meansOfTheLastEpochsAreColumns() {
  RunTableModel model;
  model.setRuns(someRuns());
  const auto mean = [&](int row) {
    return model.index(row, RunTableModel::MeanAccuracy).data(Qt::EditRole).toDouble();
  };
  QCOMPARE(mean(0), 79.0);  // of 78, 79, 80: there are no more than three
  model.setMeanEpochs(1);
  QCOMPARE(mean(0), 80.0);
  QCOMPARE(model.index(0, RunTableModel::MeanLoss).data().toString(), QStringLiteral("0.2000"));
  QVERIFY(model.headerData(RunTableModel::MeanAccuracy, Qt::Horizontal, Qt::ToolTipRole)
              .toString()
              .contains("last 1 "));
  model.setRows(RunTableModel::rowsOf(someRuns(), 3));  // read before another number was chosen
  QCOMPARE(mean(0), 80.0);
  QCOMPARE(RunTableModel::columnIds().size(), static_cast<qsizetype>(RunTableModel::ColumnCount));
  // What is new of one run.
  runs::RunSummary more = comparedRun("slow", 0.003, 1, 91);
  more.name = "named otherwise";
  model.updateRun(more);
  QCOMPARE(mean(0), 91.0);
  QCOMPARE(model.index(0, RunTableModel::Name).data().toString(), QStringLiteral("slow"));
  more.folder = "/not/listed";
  model.updateRun(more);
  QCOMPARE(model.rowCount(), 4);
}

void RunsComparisonTest::onlyDifferencesOrAllSettings() {
  RunDifferencesModel model;
  model.setRuns(someRuns());
  const int differing = model.rowCount();
  QCOMPARE(differing, 3);  // model, learning rate, seed
  QVERIFY(!model.index(0, 0).data(Qt::FontRole).isValid());
  model.setDifferencesOnly(false);
  QVERIFY(model.rowCount() > differing + 5);
  int bold = 0;
  for (int row = 0; row < model.rowCount(); ++row)
    bold += model.index(row, 0).data(Qt::FontRole).value<QFont>().bold() ? 1 : 0;
  QCOMPARE(bold, differing);
  model.setDifferencesOnly(true);
  QCOMPARE(model.rowCount(), differing);
}

void RunsComparisonTest::everyQuantityHasItsNumbers() {
  RunsScene scene;
  const auto value = [&](RunsQuantity what, int row) {
    scene.quantity = what;
    return runsFigure(scene, someCurves())->cell(row, 1).toDouble();
  };
  QCOMPARE(value(RunsQuantity::Accuracy, 3), 80.0);
  QCOMPARE(value(RunsQuantity::Rate, 3), 0.01);
  QVERIFY(std::isnan(value(RunsQuantity::Rate, 0)));
  QCOMPARE(value(RunsQuantity::GradientNorm, 1), 3.0);
  QVERIFY(std::isnan(value(RunsQuantity::BetaNorm, 1)));  // which this run does not have
  scene.across = RunsAcross::Examples;
  QCOMPARE(runsFigure(scene, someCurves())->cell(3, 0).toDouble(), 3000.0);
  scene.log_x = true;
  QVERIFY(runsFigure(scene, someCurves())->pointText(0).startsWith("examples 0, "));
}

void RunsComparisonTest::whatWasSmoothedStaysBehind() {
  RunsScene scene;
  scene.quantity = RunsQuantity::Accuracy;
  scene.smooth = 2;
  const auto figure = runsFigure(scene, someCurves());
  QCOMPARE(figure->columnCount(), 1 + 2 * 4);
  QCOMPARE(figure->cell(3, 1).toDouble(), 79.5);
  QCOMPARE(figure->cell(3, 2).toDouble(), 80.0);
  QVERIFY2(figure->columnName(2).endsWith(", as measured"), qPrintable(figure->columnName(2)));
}

void RunsComparisonTest::seedsBecomeABand() {
  RunsScene scene;
  scene.quantity = RunsQuantity::Accuracy;
  scene.seeds = true;
  const auto figure = runsFigure(scene, someCurves());
  QCOMPARE(figure->columnCount(), 1 + 3 + 1);  // three groups, one of them with a band
  QVERIFY2(figure->columnName(1).endsWith(", 2 seeds") && !figure->columnName(1).contains("Seed "),
           qPrintable(figure->columnName(1)));
  QCOMPARE(figure->cell(3, 1).toDouble(), 82.0);
  QCOMPARE(figure->cell(3, 2).toDouble(), std::sqrt(8.0));
  QCOMPARE(figure->cell(3, 3).toDouble(), 95.0);
}

void RunsComparisonTest::overTheTimeOfDay() {
  RunsScene scene;
  scene.across = RunsAcross::Clock;
  scene.seeds = true;  // which has no meaning here
  std::vector<RunCurve> curves = someCurves();
  curves[1].points = pointsTo(84, false);  // of an older version, which did not record it
  const auto figure = runsFigure(scene, curves);
  QCOMPARE(figure->columnCount(), 5);
  QCOMPARE(figure->rowCount(), 4);
  QVERIFY(std::isnan(figure->cell(0, 2).toDouble()));
  QVERIFY2(figure->cell(0, 0).toString().startsWith("2026-"), qPrintable(figure->cell(0, 0).toString()));
}

void RunsComparisonTest::settingsAndOutcomeAreAxes() {
  std::vector<runs::RunSummary> runs = someRuns();
  runs.emplace_back().problem = "cannot be read";
  const auto figure = runsParallelFigure(runs);
  QCOMPARE(figure->rowCount(), 4);
  QStringList names;
  for (int column = 0; column < figure->columnCount(); ++column) names.append(figure->columnName(column));
  QCOMPARE(names, (QStringList{"Model", "Learning rate", "Seed", "Test loss (nats)", "Best accuracy (%)",
                               "Best accuracy (%)"}));
  QCOMPARE(figure->cell(3, 0).toString(), QStringLiteral("SynaMLP"));
  QCOMPARE(figure->cell(2, 1).toDouble(), 0.1);
  QCOMPARE(figure->cell(2, 4).toDouble(), 95.0);
  QCOMPARE(runsParallelFigure({}), nullptr);
}

void RunsComparisonTest::anyTwoNumbersMakeAScatter() {
  RunsScene scene;
  auto figure = runsScatterFigure(scene, someRuns());
  QCOMPARE(figure->columnName(0), QStringLiteral("Learning rate"));
  QCOMPARE(figure->cell(2, 0).toDouble(), 0.1);
  QCOMPARE(figure->cell(2, 1).toDouble(), 95.0);
  scene.scatter_x = runNumberAt("time");
  scene.scatter_y = runNumberAt("headroom");
  figure = runsScatterFigure(scene, someRuns());
  QCOMPARE(figure->cell(0, 0).toDouble(), 800.0);
  QCOMPARE(figure->cell(0, 1).toDouble(), 0.5);
  // A view that is kept names its numbers, not their places.
  const QJsonObject json = toJson(scene, {}, QLatin1String(kRunsScatterView));
  QCOMPARE(json.value("program").toString(), QString("synann-studio"));  // else no figure's file opens again
  QCOMPARE(json["scatter_x"].toString(), QStringLiteral("time"));
  QCOMPARE(runsSceneFromJson(json).scatter_y, scene.scatter_y);
  QCOMPARE(runsSceneFromJson({}).scatter_x, RunsScene().scatter_x);
}

void RunsComparisonTest::theFiguresNeedNoWindow() {
  makeRun("export/a", 0.003);
  makeRun("export/b", 0.1);
  ViewOptions options;
  options.files["--runs"] = (home_.path() + "/export").toStdString();
  for (const char* view : {kRunsView, kRunsParallelView, kRunsScatterView}) {
    options.view = view;
    QVERIFY(checkRuns(options).ok());
    const auto shown = runsViewFigure(options);
    QVERIFY2(shown.ok(), shown.ok() ? "" : shown.error().sentence().c_str());
    QCOMPARE(shown->name, QString::fromLatin1(view));
    QCOMPARE(shown->view["view"].toString(), QString::fromLatin1(view));
    QCOMPARE(shown->figure->rowCount(), 2);  // epochs, or runs
    // And back into the page.
    RunsBench b;
    QVERIFY(b.page->restoreView(shown->view).ok());
    b.settle();
    QCOMPARE(b.page->figureName(), QString::fromLatin1(view));
    QVERIFY(b.page->canExport() && b.page->shownFigure().ok());
  }
  options.files.clear();
  QVERIFY(checkRuns(options).error().sentence().find("--view runs-scatter requires") != std::string::npos);
}

// Remembered, and not given up where another run has it too.
void RunsComparisonTest::looksAreForLife() {
  const std::string a = makeRun("looks/a", 0.003).string(), b_run = makeRun("looks/b", 0.1).string();
  RunsBench b(home_.path() + "/looks");
  b.page->remember(
      {{"looks", QVariantMap{{QString::fromStdString(a), 17}, {QString::fromStdString(b_run), 17}}}});
  const auto lookOf = [&](const std::string& folder) {
    for (const RunCurve& curve : b.page->curves())
      if (curve.run.folder == folder) return curve.look;
    return -1;
  };
  b.select({"/a"});
  QCOMPARE(lookOf(a), 17);
  b.select({"/b"});
  QCOMPARE(lookOf(b_run), 17);
  b.select({"/a", "/b"});
  QVERIFY(lookOf(a) != lookOf(b_run));
  QVERIFY(lookOf(a) == 17 || lookOf(b_run) == 17);
  const QVariantMap kept = b.page->remembered()["looks"].toMap();
  QCOMPARE(kept[QString::fromStdString(a)].toInt(), 17);
  QCOMPARE(kept[QString::fromStdString(b_run)].toInt(), 17);
}

void RunsComparisonTest::aRunThatIsWrittenIsFollowed() {
  const fs::path folder = makeRun("live/run", 0.003);
  auto lock = FolderLock::take(folder);
  QVERIFY(lock);
  RunsBench b(home_.path() + "/live");
  b.page->remember({{"folders", QStringList{home_.path() + "/live"}}, {"scatter_y", "last"}});
  const auto* const scatter = b.find<FigureView>("runs.runs-scatter");
  b.showTabOf(scatter);
  b.select({"/run"});
  QCOMPARE(scatter->figure()->cell(0, 1).toDouble(), 55.0);
  QCOMPARE(b.text(0, RunTableModel::State), QStringLiteral("running"));
  QCOMPARE(b.figure()->rowCount(), 2);
  std::ofstream(folder / "history.jsonl", std::ios::app) << epochLine(2);
  QTRY_COMPARE_WITH_TIMEOUT(b.figure()->rowCount(), 3, testing::kWait);
  QVERIFY(b.text(0, RunTableModel::Epochs).startsWith("2 of "));
  QCOMPARE(scatter->figure()->cell(0, 1).toDouble(), 60.0);
  QCOMPARE(b.page->chosen().size(), std::size_t{1});
  *lock = FolderLock();
  QTRY_COMPARE_WITH_TIMEOUT(b.text(0, RunTableModel::State), QStringLiteral("interrupted"), testing::kWait);
}

void RunsComparisonTest::nothingIsFollowedWhileHidden() {
  const RunsBench b;
  const auto* const follow = b.find<QTimer>("runs.follow");
  QVERIFY(follow->isActive());
  b.page->hide();
  QVERIFY(!follow->isActive());
  b.page->show();
  QVERIFY(follow->isActive());
}

void RunsComparisonTest::pruningAsksWithItsSize() {
  const fs::path folder = makeRun("prune/run", 0.003);
  std::ofstream(folder / train::kSynapseRecord) << std::string(3 << 20, 'x');
  RunsBench b(home_.path() + "/prune");
  b.select({"/run"});
  QString question;
  auto* const answer = new QTimer(b.page.get());
  connect(answer, &QTimer::timeout, [&] {
    for (QWidget* widget : QApplication::topLevelWidgets())
      if (auto* box = qobject_cast<QMessageBox*>(widget); box != nullptr && box->isVisible()) {
        question = box->text();
        box->reject();
      }
  });
  answer->start(20);
  b.actions["runs.prune-records"]->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(!question.isEmpty(), testing::kWait);
  QVERIFY2(question.contains("3 MiB"), qPrintable(question));
  QVERIFY(fs::exists(folder / train::kSynapseRecord));
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::RunsComparisonTest)
#include "runs_comparison_test.moc"
