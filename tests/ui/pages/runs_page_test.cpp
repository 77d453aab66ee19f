// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_page.h"

#include <cmath>
#include <map>
#include <memory>

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "engine/runs/learning_curve.h"
#include "runs_bench.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"
#include "ui/pages/runs/run_care_actions.h"
#include "ui/pages/runs/run_table_model.h"
#include "ui/pages/runs/runs_export.h"
#include "ui/pages/runs/runs_figure.h"
#include "ui/pages/runs/runs_reader.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

using testing::kWait;

// Runs of other sessions and of this one, as a table, and their curves over each other.
class RunsPageTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void withoutRunsThereIsOneSentenceAndOneButton();
  void listsRecordedRuns();
  void aRunThatCannotBeReadSaysWhy();
  void searchLooksIntoEveryColumn();
  void sortsNumbersAsNumbers();
  void eachRunIsListedOnce();
  void readingCanBeStopped();
  void overlaysTheSelectedRuns();
  void looksStayAndDiffer();
  void tellsInWhatRunsDiffer();
  void theTreeIsMadeWhereItIsSeen();
  void whatIsComparedIsWhatIsListed();
  void enterOpensTheRun();
  void showsTheOpenRunUntilOthersAreSelected();
  void columnsAndFoldersAreRemembered();
  void rowsAreCopiedWithHeadings();
  void anExportedFigureRebuildsTheView();
  void aFolderIsExportedWithoutAWindow();
  void everyControlHasANameAndHelp();
  void tabGoesAsTheEyeGoes();

 private:
  QString runs() const { return home_.path(); }

  QTemporaryDir home_, nothing_;
};

// Two runs that differ in their epochs and learning rate, and one that is none.
void RunsPageTest::initTestCase() {
  qputenv("XDG_DATA_HOME", nothing_.path().toUtf8());
  qputenv("XDG_CACHE_HOME", nothing_.path().toUtf8());
  Workspace workspace;
  TrainingController& controller = workspace.controller();
  testing::prepare(controller, home_);
  train::Settings settings = testing::smallSettings(2);
  settings.model = "dense-pixel";
  controller.train(settings);
  QTRY_VERIFY_WITH_TIMEOUT(!controller.busy(), kWait);
  settings.epochs = 3;
  settings.learning_rate = 0.02;
  controller.restart(settings);
  QTRY_VERIFY_WITH_TIMEOUT(!controller.busy(), kWait);
  QVERIFY(QFile::exists(runs() + "/run2/history.jsonl"));
  QVERIFY(QDir(runs()).mkpath("broken"));
  QFile broken(runs() + "/broken/history.jsonl");
  QVERIFY(broken.open(QIODevice::WriteOnly));
  broken.write("{nonsense\n");
}

void RunsPageTest::withoutRunsThereIsOneSentenceAndOneButton() {
  const RunsBench b;
  QVERIFY(b.find<QLabel>("runs.empty")->isVisible());
  QVERIFY(b.find<QPushButton>("runs.add-first")->isVisible());
  QVERIFY(!b.table()->isVisible());
  QVERIFY(!b.page->canExport() && !b.page->shownFigure().ok());
}

void RunsPageTest::listsRecordedRuns() {
  const RunsBench b(runs());
  QCOMPARE(b.table()->model()->rowCount(), 3);
  const int row = b.rowOf("/run2");
  QVERIFY(row >= 0);
  const runs::RunSummary summary = runs::summarise((runs() + "/run2").toStdString());
  QCOMPARE(b.text(row, RunTableModel::ModelName), QStringLiteral("DensePixel"));
  QCOMPARE(b.text(row, RunTableModel::State), QStringLiteral("finished"));
  QCOMPARE(b.text(row, RunTableModel::Epochs), QStringLiteral("3 of 3"));
  QCOMPARE(b.text(row, RunTableModel::Last), QString::number(summary.last->accuracy(), 'f', 2));
  QCOMPARE(b.text(row, RunTableModel::TestLoss), QString::number(summary.last->test_loss, 'f', 4));
  QVERIFY(b.text(row, RunTableModel::Settings).contains("Learning rate 0.02"));
  QCOMPARE(b.find<QLabel>("runs.count")->text(), QStringLiteral("3 runs"));
}

void RunsPageTest::aRunThatCannotBeReadSaysWhy() {
  RunsBench b(runs());
  const int row = b.rowOf("/broken");
  QCOMPARE(b.text(row, RunTableModel::State), QStringLiteral("cannot be read"));
  QVERIFY(b.text(row, RunTableModel::Settings).contains("line 1"));
  b.select({"/broken", "/run1"});  // the others are drawn
  QCOMPARE(b.figure()->columnCount(), 2);
}

void RunsPageTest::searchLooksIntoEveryColumn() {
  const RunsBench b(runs());
  auto* const search = b.find<QLineEdit>("runs.search");
  const auto shown = [&](const char* words) {
    search->setText(words);
    return b.table()->model()->rowCount();
  };
  QCOMPARE(shown("densepixel"), 2);
  QCOMPARE(shown("0.02 FINISHED"), 1);
  QCOMPARE(shown("cannot"), 1);
  QCOMPARE(shown("no such words"), 0);
  QCOMPARE(b.find<QLabel>("runs.count")->text(), QStringLiteral("0 of 3 runs"));
  QCOMPARE(shown(""), 3);
}

void RunsPageTest::sortsNumbersAsNumbers() {
  const RunsBench b;
  auto* const model = b.page->findChild<RunTableModel*>();
  std::vector<runs::RunSummary> some(4);
  const double seconds[] = {9, 100, 20, 3000};
  for (std::size_t k = 0; k < some.size(); ++k) {
    some[k].name = std::to_string(k);
    some[k].train_seconds = seconds[k];
  }
  some[2].problem = "cannot be read";
  model->setRuns(some);
  const auto names = [&](Qt::SortOrder order) {
    b.table()->sortByColumn(RunTableModel::Time, order);
    QString all;
    for (int row = 0; row < 4; ++row) all += b.text(row, RunTableModel::Name);
    return all;
  };
  // What has no number is last either way.
  QCOMPARE(names(Qt::AscendingOrder), QStringLiteral("0132"));
  QCOMPARE(names(Qt::DescendingOrder), QStringLiteral("3102"));
}

// Whichever of the folders it is below, and by whatever way it is named.
void RunsPageTest::eachRunIsListedOnce() {
  RunsQuestion question;
  question.done = std::make_shared<std::atomic<double>>(0);
  question.usual = runs().toStdString();
  question.folders = {(runs() + "/run1").toStdString(), "/nowhere"};
  question.runs = {(runs() + "/broken/../run2").toStdString()};
  const RunListPtr list = readRuns(question, {});
  QCOMPARE(list->rows.runs.size(), std::size_t{3});
  QCOMPARE(list->notes.size(), std::size_t{1});
  QVERIFY(list->notes[0].starts_with("/nowhere"));
}

void RunsPageTest::readingCanBeStopped() {
  RunsQuestion question;
  question.done = std::make_shared<std::atomic<double>>(0);
  question.folders = {runs().toStdString()};
  question.stop = std::stop_source();
  question.stop.request_stop();
  QVERIFY(readRuns(question, {})->stopped);
  std::stop_source next;
  next.request_stop();
  question.stop = std::stop_source();
  QVERIFY(!readRuns(question, next.get_token()));  // which is told of no list that nobody waits for
}

void RunsPageTest::overlaysTheSelectedRuns() {
  RunsBench b(runs());
  b.select({"/run1", "/run2"});
  const auto history = train::read_history((runs() + "/run2").toStdString());
  QVERIFY(history.ok());
  const std::vector<runs::EpochPoint> points = runs::learning_curve(*history);
  QCOMPARE(points.size(), std::size_t{4});  // the one before training too
  QCOMPARE(b.figure()->columnCount(), 3);
  QCOMPARE(b.figure()->rowCount(), 4);
  const int column = b.figure()->columnName(1).contains("0.02") ? 1 : 2;
  QVERIFY(b.figure()->columnName(column).contains("Learning rate 0.02"));
  const auto choose = [&](const char* name, int index) {
    auto* const box = b.find<QComboBox>(name);
    box->setCurrentIndex(index);
    emit box->activated(index);
  };
  for (int row = 0; row < 4; ++row)
    QCOMPARE(b.figure()->cell(row, column).toDouble(), points[static_cast<std::size_t>(row)].test_loss);
  QVERIFY(std::isnan(b.figure()->cell(3, 3 - column).toDouble()));  // run1 had two epochs
  choose("runs.curve", 1);
  QVERIFY(std::isnan(b.figure()->cell(0, column).toDouble()));
  QCOMPARE(b.figure()->cell(3, column).toDouble(), *points[3].train_loss);
  choose("runs.curve", 2);
  QCOMPARE(b.figure()->cell(3, column).toDouble(), points[3].accuracy);
  choose("runs.across", 1);
  QCOMPARE(b.figure()->cell(3, 0).toDouble(), 60.0);  // 20 steps in each epoch
  choose("runs.across", 2);
  QCOMPARE(b.figure()->cell(b.figure()->rowCount() - 1, 0).toDouble(),
           std::max(points[3].seconds, runs::summarise((runs() + "/run1").toStdString()).train_seconds));
}

void RunsPageTest::looksStayAndDiffer() {
  RunsBench b(runs());
  const auto looks = [&](const QStringList& names) {
    b.select(names);
    std::map<std::string, int> all;
    for (const RunCurve& curve : b.page->curves()) all[curve.run.folder.filename().string()] = curve.look;
    return all;
  };
  const auto both = looks({"/run1", "/run2"});
  QCOMPARE(both.size(), std::size_t{2});
  QVERIFY(both.at("run1") != both.at("run2"));
  QCOMPARE(looks({"/run1"}).at("run1"), both.at("run1"));
  QCOMPARE(looks({"/run2"}).at("run2"), both.at("run2"));
}

void RunsPageTest::tellsInWhatRunsDiffer() {
  RunsBench b(runs());
  const QAbstractItemModel& model = *b.find<QTableView>("runs.differences")->model();
  b.select({"/run1"});
  QCOMPARE(model.rowCount(), 0);
  b.select({"/run1", "/run2"});
  QCOMPARE(model.columnCount(), 2);
  QMap<QString, QStringList> found;
  for (int row = 0; row < model.rowCount(); ++row)
    found[model.headerData(row, Qt::Vertical).toString()] = {model.index(row, 0).data().toString(),
                                                             model.index(row, 1).data().toString()};
  QCOMPARE(found.size(), 2);
  QVERIFY(found["Epochs"].contains("2") && found["Epochs"].contains("3"));
  QVERIFY(found["Learning rate"].contains("0.02"));
}

void RunsPageTest::theTreeIsMadeWhereItIsSeen() {
  const RunsBench b(runs());
  const auto* const tree = b.find<FigureView>("runs.run-tree");
  QVERIFY(!tree->figure());
  b.showTabOf(tree);
  QCOMPARE(tree->figure()->rowCount(), 2);
}

void RunsPageTest::whatIsComparedIsWhatIsListed() {
  RunsBench b(runs());
  const auto* const parallel = b.find<FigureView>("runs.runs-parallel");
  b.showTabOf(parallel);
  b.select({"/run1"});
  QCOMPARE(parallel->figure()->rowCount(), 2);
  b.page->care().archive();
  b.settle();
  QCOMPARE(parallel->figure()->rowCount(), 1);
  b.actions["runs.show-archived"]->setChecked(true);
  QCOMPARE(parallel->figure()->rowCount(), 2);
  b.find<QLineEdit>("runs.search")->setText("0.02");
  QCOMPARE(parallel->figure()->rowCount(), 1);
  b.find<QLineEdit>("runs.search")->clear();
  b.select({"/run1"});
  b.page->care().archive();  // and back
  b.settle();
}

void RunsPageTest::enterOpensTheRun() {
  RunsBench b(runs());
  b.select({"/run1"});
  b.table()->setFocus();
  QTest::keyClick(b.table(), Qt::Key_Return);
  QTRY_VERIFY_WITH_TIMEOUT(!b.workspace.controller().busy(), kWait);
  QCOMPARE(b.workspace.controller().runFolder(), std::filesystem::path((runs() + "/run1").toStdString()));
  b.settle();
  QCOMPARE(b.table()->model()->rowCount(), 3);
  QVERIFY(b.table()->model()->index(b.rowOf("/run1"), 0).data(Qt::FontRole).value<QFont>().bold());
  b.select({"/run2"});
  QVERIFY(b.actions["runs.open"]->isEnabled());
  b.actions["runs.open"]->trigger();
  QTRY_COMPARE_WITH_TIMEOUT(b.workspace.controller().runFolder(),
                            std::filesystem::path((runs() + "/run2").toStdString()), kWait);
  b.page->hide();
  QVERIFY(!b.actions["runs.open"]->isEnabled());
}

void RunsPageTest::showsTheOpenRunUntilOthersAreSelected() {
  RunsBench b(runs());
  QCOMPARE(b.page->chosen().size(), std::size_t{1});  // the latest
  for (const char* name : {"/run1", "/run2"}) {
    const QString run = runs() + name;
    b.workspace.controller().openRun(run);
    QTRY_VERIFY_WITH_TIMEOUT(!b.workspace.controller().busy(), kWait);
    QTRY_COMPARE_WITH_TIMEOUT(b.page->chosen(), std::vector<std::filesystem::path>{run.toStdString()}, kWait);
    b.settle();
  }
  b.select({"/run1"});
  b.actions["runs.refresh"]->trigger();
  b.settle();
  QCOMPARE(b.page->chosen(), std::vector<std::filesystem::path>{(runs() + "/run1").toStdString()});
}

void RunsPageTest::columnsAndFoldersAreRemembered() {
  const RunsBench b(runs());
  QHeaderView* const header = b.table()->horizontalHeader();
  QVERIFY(header->actions().size() > 10);
  for (QAction* column : header->actions())
    if (column->data() == "device") column->trigger();
  QVERIFY(header->isSectionHidden(RunTableModel::Device));
  b.table()->sortByColumn(RunTableModel::Best, Qt::AscendingOrder);
  RunsBench other;
  other.page->remember(b.page->remembered());
  QCOMPARE(other.page->remembered(), b.page->remembered());
  QVERIFY(other.table()->isColumnHidden(RunTableModel::Device));
  other.actions["runs.refresh"]->trigger();
  other.settle();
  QCOMPARE(other.table()->model()->rowCount(), 3);
}

void RunsPageTest::rowsAreCopiedWithHeadings() {
  RunsBench b(runs());
  b.select({"/run2"});
  b.table()->findChild<QAction*>("table.copy")->trigger();
  const QStringList lines = QGuiApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 2);
  QVERIFY(lines[0].startsWith("Run\tModel\tSettings that differ\tData\tDate\tState\t"));
  const runs::RunSummary summary = runs::summarise((runs() + "/run2").toStdString());
  const auto at = lines[0].split('\t').indexOf("Test loss");
  QCOMPARE(lines[1].split('\t')[at].toDouble(), summary.last->test_loss);  // all digits
}

void RunsPageTest::anExportedFigureRebuildsTheView() {
  RunsBench b(runs());
  b.select({"/run1", "/run2"});
  const auto shown = b.page->shownFigure();
  QVERIFY(shown.ok());
  QCOMPARE(shown->name, b.page->figureName());
  RunsBench other;  // that lists no folder
  QVERIFY(other.page->restoreView(shown->view).ok());
  other.settle();
  QCOMPARE(other.page->chosen().size(), std::size_t{2});
  QCOMPARE(other.figure()->columnCount(), 3);
}

void RunsPageTest::aFolderIsExportedWithoutAWindow() {
  ViewOptions options;
  options.view = "runs";
  QVERIFY(!checkRuns(options).ok());
  options.files["--runs"] = runs().toStdString();
  QVERIFY(checkRuns(options).ok());
  const auto shown = runsViewFigure(options);
  QVERIFY2(shown.ok(), shown.ok() ? "" : shown.error().sentence().c_str());
  QCOMPARE(shown->figure->columnCount(), 3);
  options.files["--runs"] = nothing_.path().toStdString();
  QVERIFY(!runsViewFigure(options).ok());
  // Or runs by themselves, instead.
  options.histories = {(runs() + "/run2/").toStdString(), (runs() + "/run1").toStdString()};
  QVERIFY(!checkRuns(options).ok());
  options.files.clear();
  QVERIFY(checkRuns(options).ok());
  QCOMPARE(runsViewFigure(options)->figure->columnCount(), 3);
  options.view = "run-tree";
  QCOMPARE(runsViewFigure(options)->figure->cell(0, 0).toString(), QStringLiteral("run2"));
  options.histories.push_back(runs().toStdString() + "/broken");
  QVERIFY(!runsViewFigure(options).ok());
}

void RunsPageTest::everyControlHasANameAndHelp() {
  const RunsBench b(runs());
  for (const QWidget* widget : b.page->findChildren<QWidget*>()) {
    if (!widget->objectName().startsWith("runs.") || widget->focusPolicy() == Qt::NoFocus) continue;
    QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
    QVERIFY2(!widget->toolTip().isEmpty() || !widget->whatsThis().isEmpty() || widget->inherits("QTabWidget"),
             qPrintable(widget->objectName()));
  }
}

void RunsPageTest::tabGoesAsTheEyeGoes() {
  const RunsBench b(runs());
  const QStringList wanted = {"runs.search", "button.runs.open", "button.runs.refresh",
                              "runs.list",   "runs.curve",       "runs.log-y",
                              "runs.runs"};
  QStringList found;
  QWidget* const first = b.find<QLineEdit>("runs.search");
  QWidget* at = first;
  do {
    if (wanted.contains(at->objectName())) found.append(at->objectName());
    at = at->nextInFocusChain();
  } while (at != first);
  QVERIFY2(found == wanted, qPrintable(found.join(' ')));
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::RunsPageTest)
#include "runs_page_test.moc"
