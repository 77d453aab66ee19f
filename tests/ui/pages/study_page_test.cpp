// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_page.h"

#include <map>
#include <memory>

#include <QAction>
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "engine/core/folder_lock.h"
#include "engine/model/description.h"
#include "engine/runs/study.h"
#include "engine/runs/study_tasks.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"
#include "ui/pages/study/study_export.h"
#include "ui/pages/study/study_form.h"
#include "ui/pages/study/submit_dialog.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

using testing::kWait;

// A study planned, run, paused, continued, extended and shown.
class StudyPageTest : public QObject {
  Q_OBJECT

 private slots:
  void plansWhatIsChosen();
  void wrongSettingsAreToldInTheirPlace();
  void runsToATableAndAFigure();
  void pausesAndGoesOnWithTheSameNumbers();
  void moreSeedsExtendIt();
  void aDoubleClickOpensARun();
  void theTableIsCopied();
  void thePixelTestIsOneClick();
  void showsWhatAnotherProgramWrites();
  void nothingRunsInAFolderThatIsStillRead();
  void aStudyOfNothingIsShown();
  void rivalsAndTheNetworkOnTheScreenAreTrained();
  void whatTheDataDoNotFitIsToldBefore();
  void aFileThatCannotBeReadLeavesThePage();
  void tooManyRunsAreRefused();
  void whatIsSelectedStays();
  void anExportedStudyRebuildsTheView();
  void itIsRememberedWithItsFolder();
  void everyStudyControlHasANameAndHelp();
  void aStudyIsHandedToSlurmAndFollowed();
  void theDialogAsksForWhatTheWayNeeds();
};

namespace {

// The page alone, without the window around it.
struct StudyBench {
  StudyBench() {
    testing::prepare(workspace.controller(), home);
    make();
    choose({"linear", "identity-pixel"}, "epochs=1\nbatch-size=50\nlr=0.01,0.05", 2);
  }
  void make() {
    page = std::make_unique<StudyPage>(workspace, [this](const QString& id) {
      auto& action = actions[id];
      if (!action) action = std::make_unique<QAction>(id);
      action->setObjectName(id);
      return action.get();
    });
    page->runner().setDataOpener(testing::openSmallDigits);
    page->submitter().setDataOpener(testing::openSmallDigits);
    page->setHome(home.path().toStdString());
    page->resize(950, 520);
    page->show();
  }
  void choose(const QStringList& models, const QString& settings, int seeds) {
    page->form().remember({{"models", models}, {"settings", settings}, {"seeds", seeds}, {"first_seed", 1}});
  }
  void settle() {
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!page->busy(), kWait); }();
  }
  void run() {
    trigger("study.run");
    settle();
  }
  void trigger(const char* id) { actions[QString::fromLatin1(id)]->trigger(); }
  bool enabled(const char* id) { return actions[QString::fromLatin1(id)]->isEnabled(); }
  template <class Widget>
  Widget* find(const char* name) const {
    return page->findChild<Widget*>(name);
  }
  QAbstractItemModel* rows(const char* table) const { return find<QTableView>(table)->model(); }
  QString words(const char* label) const { return find<QLabel>(label)->text(); }
  QString text(const char* table, int row, int column) const {
    return rows(table)->index(row, column).data().toString();
  }

  QTemporaryDir home;
  Workspace workspace;
  std::map<QString, std::unique_ptr<QAction>> actions;
  std::unique_ptr<StudyPage> page;
};

}  // namespace

void StudyPageTest::plansWhatIsChosen() {
  StudyBench bench;
  QCOMPARE(bench.rows("study.runs")->rowCount(), 8);
  QCOMPARE(bench.words("study.plan-words"), QString("4 rows × 2 seeds: 8 runs"));
  QCOMPARE(bench.text("study.runs", 0, 0), QString("linear lr=0.01"));
  QCOMPARE(bench.text("study.runs", 0, 2), QString("planned"));
  QVERIFY(bench.enabled("study.run") && !bench.enabled("study.pause"));
  QVERIFY(bench.page->canExport());
}

void StudyPageTest::wrongSettingsAreToldInTheirPlace() {
  StudyBench bench;
  bench.find<QPlainTextEdit>("study.settings")->setPlainText("lrr=0.1");
  QVERIFY2(
      bench.words("study.plan-words").contains("lrr") || bench.words("study.plan-words").contains("epochs"),
      qPrintable(bench.words("study.plan-words")));
  QVERIFY(!bench.enabled("study.run"));
  bench.choose({}, "", 2);
  QVERIFY(!bench.enabled("study.run"));
  QVERIFY(bench.words("study.plan-words").contains("tick at least one"));
}

void StudyPageTest::runsToATableAndAFigure() {
  StudyBench bench;
  bench.run();
  QCOMPARE(bench.page->table().size(), std::size_t{4});
  QCOMPARE(bench.rows("study.results")->rowCount(), 4);
  QCOMPARE(bench.text("study.runs", 7, 2), QString("finished"));
  QCOMPARE(bench.find<FigureView>("study.study")->figure()->pointCount(), 8);
  QVERIFY(!bench.enabled("study.run"));  // nothing is left to do
  // The numbers are those of the engine with the same plan.
  auto file = runs::read_study(bench.page->folder());
  QVERIFY2(file.ok(), file.ok() ? "" : file.error().sentence().c_str());
  auto plan = file->plan;
  plan.execution = bench.workspace.controller().execution();
  plan.data = *testing::openSmallDigits("digits");
  auto alone = runs::Study::open(plan);
  const std::atomic<bool> never{false};
  QVERIFY(alone.ok() && *alone->run(
                            never, [](const runs::StudyProgress&) {}, [](const runs::StudyRun&) {}));
  for (std::size_t k = 0; k < 4; ++k) QCOMPARE(bench.page->table()[k].test_loss, alone->table()[k].test_loss);
}

void StudyPageTest::pausesAndGoesOnWithTheSameNumbers() {
  StudyBench whole;
  whole.choose({"linear", "identity-pixel"}, "epochs=20\nbatch-size=20", 1);
  whole.run();
  StudyBench bench;
  bench.choose({"linear", "identity-pixel"}, "epochs=20\nbatch-size=20", 1);
  bench.trigger("study.run");
  QTRY_VERIFY_WITH_TIMEOUT(bench.page->runner().news().run > 0, kWait);
  bench.trigger("study.pause");
  bench.settle();
  QVERIFY(bench.enabled("study.run"));
  bench.run();
  QCOMPARE(bench.page->table().size(), std::size_t{2});
  for (std::size_t k = 0; k < 2; ++k)
    QCOMPARE(bench.page->table()[k].test_loss, whole.page->table()[k].test_loss);
}

void StudyPageTest::moreSeedsExtendIt() {
  StudyBench bench;
  bench.run();
  bench.page->form().setSeeds(3);
  emit bench.page->form().changed();
  QVERIFY(bench.enabled("study.run"));
  QCOMPARE(bench.words("study.plan-words"), QString("4 rows × 3 seeds: 12 runs, 8 of them made"));
  bench.run();
  QCOMPARE(bench.page->table()[3].runs, 3);
  QVERIFY(bench.page->table()[0].accuracy_interval.has_value());
}

void StudyPageTest::aDoubleClickOpensARun() {
  StudyBench bench;
  bench.run();
  auto* table = bench.find<QTableView>("study.runs");
  emit table->activated(table->model()->index(5, 0));
  QTRY_VERIFY_WITH_TIMEOUT(!bench.workspace.controller().busy(), kWait);
  QCOMPARE(QString::fromStdString(bench.workspace.controller().runFolder().filename().string()),
           QString("linear-epochs=1-batch-size=50-lr=0.05-s2"));
}

void StudyPageTest::theTableIsCopied() {
  StudyBench bench;
  bench.run();
  bench.trigger("study.copy-markdown");
  QVERIFY(QGuiApplication::clipboard()->text().startsWith("| model "));
  bench.trigger("study.copy-latex");
  QVERIFY(QGuiApplication::clipboard()->text().startsWith("\\begin{tabular}"));
  bench.trigger("study.copy-csv");
  QCOMPARE(QGuiApplication::clipboard()->text().count('\n'), 5);
}

void StudyPageTest::thePixelTestIsOneClick() {
  StudyBench bench;
  bench.trigger("study.ready-pixel-test");
  QCOMPARE(bench.rows("study.expected")->rowCount(), 6);
  QVERIFY(bench.text("study.expected", 0, 1).startsWith("97.7 %"));
  QCOMPARE(bench.rows("study.runs")->rowCount(), 18);
  QVERIFY(bench.enabled("study.run"));
  bench.trigger("study.new");
  QCOMPARE(bench.rows("study.runs")->rowCount(), 8);
  QCOMPARE(bench.rows("study.expected")->rowCount(), 0);
}

// The prompt holds the folder's lock and has made one run; then it makes another.
void StudyPageTest::showsWhatAnotherProgramWrites() {
  StudyBench bench;
  const auto folder = std::filesystem::path(bench.home.path().toStdString()) / "other";
  runs::StudyPlan plan;
  plan.models = {train::recommended_settings("linear", "digits")};
  plan.models[0].epochs = 1;
  plan.seeds = 2;
  plan.execution.threads = 1;
  plan.data = *testing::openSmallDigits("digits");
  plan.folder = folder;
  auto study = runs::Study::open(plan);
  QVERIFY(study.ok());
  bench.page->openStudy(QString::fromStdString(folder.string()));
  QTRY_VERIFY_WITH_TIMEOUT(bench.words("study.progress-words").contains("read only"), kWait);
  QVERIFY(!bench.enabled("study.run"));
  QCOMPARE(bench.rows("study.results")->rowCount(), 0);
  const std::atomic<bool> never{false};
  QVERIFY(*study->run(
      never, [](const runs::StudyProgress&) {}, [](const runs::StudyRun&) {}));
  QTRY_COMPARE_WITH_TIMEOUT(bench.rows("study.results")->rowCount(), 1, kWait);
}

// Else the plan of the form would take the place of the one that lies there.
void StudyPageTest::nothingRunsInAFolderThatIsStillRead() {
  StudyBench bench;
  bench.run();
  const auto folder = bench.page->folder();
  bench.trigger("study.new");
  bench.choose({"dense-pixel"}, "epochs=1", 1);
  QVERIFY(bench.enabled("study.run"));
  bench.page->openStudy(QString::fromStdString(folder.string()));
  QVERIFY(!bench.enabled("study.run"));
  bench.run();
  const auto file = runs::read_study(folder);
  QVERIFY(file.ok());
  QCOMPARE(file->plan.models.size(), std::size_t{2});
  QCOMPARE(bench.page->table().size(), std::size_t{4});
}

// As an older program wrote it before its first run had ended.
void StudyPageTest::aStudyOfNothingIsShown() {
  StudyBench bench;
  QFile file(bench.home.filePath("study.json"));
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(R"({"format":"synann-study-1","data_sha256":"","runs":[]})");
  file.close();
  bench.page->openStudy(bench.home.path());
  bench.settle();
  QVERIFY(bench.words("study.folder").contains(bench.home.path()));
  QCOMPARE(bench.rows("study.runs")->rowCount(), 0);
  QVERIFY(!bench.enabled("study.run"));
}

void StudyPageTest::rivalsAndTheNetworkOnTheScreenAreTrained() {
  StudyBench bench;
  auto own = *model::definition_of("identity-pixel");
  own.id = "my-net";
  bench.workspace.plan().takeDefinition(own);
  bench.choose({"syna-pixel:dense-relu", "identity-pixel", ""}, "epochs=1\nbatch-size=50", 1);
  QCOMPARE(bench.rows("study.runs")->rowCount(), 3);
  bench.run();
  QStringList titles;
  for (const runs::StudyRow& row : bench.page->table()) titles.append(QString::fromStdString(row.title()));
  QCOMPARE(titles, (QStringList{"dense-relu-pixel", "my-net", "identity-pixel"}));
  const auto folder = bench.page->folder() / "runs";
  for (const char* name : {"dense-relu-pixel-epochs=1-batch-size=50-s1", "my-net-epochs=1-batch-size=50-s1"})
    QVERIFY2(std::filesystem::exists(folder / name), name);
  // A study that has begun stays as it is, whatever is on the screen.
  bench.workspace.plan().setModel("syna-cnn");
  QCOMPARE(bench.page->table()[1].title(), std::string("my-net"));
  const auto figure = bench.find<FigureView>("study.study")->figure();
  QCOMPARE(figure->cell(0, 0).toString(), QString("dense-relu-pixel"));
  // It is planned again as it was.
  const QVariantMap kept = bench.page->remembered();
  bench.trigger("study.new");
  QCOMPARE(bench.rows("study.runs")->rowCount(), 3);
  QCOMPARE(kept["form"].toMap()["models"].toStringList().size(), 3);
}

// The engine's sentence, before anything is trained.
void StudyPageTest::whatTheDataDoNotFitIsToldBefore() {
  StudyBench bench;
  bench.choose({"syna-cnn"}, "", 1);
  QVERIFY(bench.enabled("study.run"));
  bench.workspace.controller().openData("digits");
  QTRY_VERIFY_WITH_TIMEOUT(!bench.workspace.controller().busy(), kWait);
  auto wide = *model::definition_of("syna-pixel");
  wide.id = "wide";
  wide.layers.front().kernel = 29;
  bench.workspace.plan().takeDefinition(wide);
  bench.choose({""}, "", 1);
  QVERIFY2(bench.words("study.plan-words").contains("layer 1"), qPrintable(bench.words("study.plan-words")));
  QVERIFY(!bench.enabled("study.run"));
}

void StudyPageTest::aFileThatCannotBeReadLeavesThePage() {
  StudyBench bench;
  bench.run();
  const auto folder = bench.page->folder();
  QSignalSpy failed(bench.page.get(), &Page::failed);
  QFile file(bench.home.filePath("study.json"));
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write("{");
  file.close();
  QVERIFY(bench.page->openFile(file.fileName()).ok());
  QVERIFY(bench.page->busy());  // it is read on a thread
  bench.settle();
  QCOMPARE(failed.count(), 1);
  QVERIFY(failed.front().front().toString().contains("study.json"));
  QVERIFY(bench.page->folder() == folder);
  QCOMPARE(bench.page->table().size(), std::size_t{4});
}

void StudyPageTest::tooManyRunsAreRefused() {
  StudyBench bench;
  QString lines;
  for (const char* key : {"epochs", "batch-size", "test-batch-size", "patience", "schedule-epochs", "clip"})
    lines += QString(key) + "=1,2,3,4,5,6,7,8,9,10\n";
  bench.choose({"linear"}, lines, 3);
  QVERIFY2(bench.words("study.plan-words").contains("too many rows"),
           qPrintable(bench.words("study.plan-words")));
  QVERIFY(!bench.enabled("study.run"));
  // Seeds that are added to a study that is there.
  runs::StudyFile file;
  for (int epochs = 1; epochs <= 11; ++epochs) {
    file.plan.models.push_back(train::recommended_settings("linear", "digits"));
    file.plan.models.back().epochs = epochs;
  }
  QVERIFY(runs::write_study(bench.home.path().toStdString(), file).ok());
  bench.page->openStudy(bench.home.path());
  bench.settle();
  QVERIFY(bench.enabled("study.run"));
  bench.page->form().setSeeds(1000);
  emit bench.page->form().changed();
  QVERIFY2(bench.words("study.plan-words").contains("too many runs"),
           qPrintable(bench.words("study.plan-words")));
  QVERIFY(!bench.enabled("study.run"));
}

void StudyPageTest::whatIsSelectedStays() {
  StudyBench bench;
  auto* table = bench.find<QTableView>("study.runs");
  const auto selected = [&] {
    const auto rows = table->selectionModel()->selectedRows();
    return rows.size() == 1 && rows.front() == table->currentIndex() ? rows.front().row() : -1;
  };
  table->selectRow(5);
  QVERIFY(bench.enabled("study.open-run"));
  bench.run();
  QCOMPARE(selected(), 5);
  bench.page->form().setSeeds(3);
  emit bench.page->form().changed();
  QCOMPARE(table->model()->rowCount(), 12);
  QCOMPARE(selected(), 5);
  bench.page->form().setSeeds(1);
  emit bench.page->form().changed();
  QCOMPARE(table->model()->rowCount(), 4);
  QCOMPARE(selected(), -1);
}

void StudyPageTest::anExportedStudyRebuildsTheView() {
  StudyBench bench;
  bench.run();
  const auto shown = bench.page->shownFigure();
  QVERIFY(shown.ok());
  StudyBench other;
  QVERIFY(other.page->restoreView(shown->view).ok());
  other.settle();
  QCOMPARE(other.page->table().size(), std::size_t{4});
  // The prompt draws the same.
  ViewOptions options;
  options.files["--study"] = bench.page->folder().string();
  QVERIFY(checkStudyView(options).ok());
  const auto drawn = studyViewFigure(options);
  QVERIFY(drawn.ok());
  QCOMPARE(drawn->figure->pointCount(), 8);
  QVERIFY(!checkStudyView({}).ok());
}

void StudyPageTest::itIsRememberedWithItsFolder() {
  StudyBench bench;
  bench.run();
  const QVariantMap kept = bench.page->remembered();
  const auto rows = bench.page->table().size();
  bench.make();
  bench.page->remember(kept);
  bench.settle();
  QCOMPARE(bench.page->table().size(), rows);
  QCOMPARE(bench.page->remembered(), kept);
}

void StudyPageTest::everyStudyControlHasANameAndHelp() {
  StudyBench bench;
  for (const char* name : {"study.models", "study.first", "study.settings", "study.seeds", "study.first-seed",
                           "study.results", "study.runs", "study.expected"}) {
    auto* widget = bench.find<QWidget>(name);
    QVERIFY2(widget != nullptr, name);
    QVERIFY2(!widget->accessibleName().isEmpty() && !widget->toolTip().isEmpty(), name);
  }
}

// Slurm's programs are made up; what they are told is real, and so is what the page makes of the files.
void StudyPageTest::aStudyIsHandedToSlurmAndFollowed() {
  StudyBench bench;
  const QString programs = bench.home.filePath("programs"), log = bench.home.filePath("log");
  QVERIFY(QDir().mkpath(programs));
  const auto program = [&](const QString& name, const QByteArray& lines) {
    QFile file(programs + '/' + name);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("#!/bin/sh\necho \"$0 $*\" >>'" + log.toUtf8() + "'\n" + lines);
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
  };
  program("sbatch", "echo 4711\n");
  program("scontrol", "echo 'MaxArraySize = 1001'\n");
  program("squeue", "echo 4711\n");
  program("scancel", "");
  const QByteArray path = qgetenv("PATH");
  qputenv("PATH", programs.toUtf8() + ':' + path);
  const auto restore = qScopeGuard([&] { qputenv("PATH", path); });

  QSignalSpy told(bench.page.get(), &Page::told), failed(bench.page.get(), &Page::failed);
  QVERIFY(bench.enabled("study.submit") && !bench.enabled("study.cancel"));
  SubmitChoice choice;
  choice.folder = bench.home.filePath("cluster").toStdString();
  choice.sbatch = "--partition=debug --comment=\"two words\"";
  bench.page->submit(choice);
  QVERIFY(!bench.enabled("study.submit") && !bench.enabled("study.run"));
  QTRY_VERIFY_WITH_TIMEOUT(!told.isEmpty() || !failed.isEmpty(), kWait);
  QVERIFY2(failed.isEmpty(), qPrintable(failed.isEmpty() ? QString() : failed[0][0].toString()));
  QVERIFY2(told[0][0].toString().contains("8 runs in job 4711"), qPrintable(told[0][0].toString()));
  QFile spoken(log);
  QVERIFY(spoken.open(QIODevice::ReadOnly));
  const QByteArray words = spoken.readAll();
  QVERIFY2(
      words.contains("--array=1-8 --export=ALL,SYNANN_FIRST_TASK=0 --partition=debug --comment=two words"),
      words.constData());
  // The page shows the folder, and a result as soon as it is there.
  QTRY_VERIFY_WITH_TIMEOUT(!bench.page->busy() && bench.enabled("study.cancel"), kWait);
  QCOMPARE(bench.rows("study.results")->rowCount(), 0);
  const auto tasks = runs::read_tasks(choice.folder);
  QVERIFY(tasks.ok());
  runs::StudyRun made;
  made.settings = tasks->front().settings;
  made.accuracy = 81.25;
  made.test_loss = 0.5;
  made.epochs = 1;
  QVERIFY(make_folder(choice.folder / runs::kStudyRunsFolder / tasks->front().id).ok());
  QVERIFY(runs::write_task_result(choice.folder, tasks->front(), made).ok());
  QTRY_COMPARE_WITH_TIMEOUT(bench.rows("study.results")->rowCount(), 1, kWait);
  // One that is being trained keeps the page from training it, too.
  {
    const auto lock = FolderLock::take(choice.folder / runs::kStudyRunsFolder / (*tasks)[1].id);
    QTRY_VERIFY_WITH_TIMEOUT(!bench.enabled("study.run"), kWait);
    QVERIFY2(bench.words("study.progress-words").contains("program"),
             qPrintable(bench.words("study.progress-words")));
  }
  QTRY_VERIFY_WITH_TIMEOUT(bench.enabled("study.run"), kWait);
  bench.trigger("study.cancel");
  QTRY_VERIFY_WITH_TIMEOUT(told.size() > 1, kWait);
  QVERIFY2(told.last()[0].toString().contains("Slurm job 4711: cancelled"),
           qPrintable(told.last()[0].toString()));
  bench.settle();
}

void StudyPageTest::theDialogAsksForWhatTheWayNeeds() {
  SubmitDialog dialog("/somewhere/study", true);
  dialog.show();
  const auto shown = [&](const char* name) { return dialog.findChild<QWidget*>(name)->isVisible(); };
  QVERIFY(shown("submit.sbatch") && !shown("submit.jobs") && !shown("submit.hosts"));
  SubmitChoice choice;
  choice.way = SubmitWay::Parallel;
  choice.jobs = 5;
  choice.hosts = "hosts.txt";
  dialog.setChoice(choice);
  QVERIFY(!shown("submit.sbatch") && shown("submit.jobs") && shown("submit.hosts"));
  choice.folder = "/somewhere/study";
  QVERIFY(dialog.choice() == choice);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::StudyPageTest)
#include "study_page_test.moc"
