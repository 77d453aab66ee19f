// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_care_actions.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include <QAction>
#include <QDialogButtonBox>
#include <QDir>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "engine/core/folder_lock.h"
#include "engine/train/record.h"
#include "tests/engine/train/history_fixtures.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"
#include "ui/pages/runs/run_notes_dialog.h"
#include "ui/pages/runs/run_table_model.h"
#include "ui/pages/runs/runs_page.h"

namespace synann::ui {

namespace fs = std::filesystem;
namespace lines = synann::testing;
using testing::kWait;

namespace {

// Three runs that were trained long ago, in the page alone.
struct CareBench {
  CareBench() {
    for (const char* name : {"a", "b", "c"}) {
      fs::create_directories(top() / name);
      std::ofstream(top() / name / "history.jsonl")
          << lines::line_of(lines::small_start()) << lines::losses_line(1, 0, 7)
          << lines::line_of(lines::evaluation_of(1));
    }
    page = std::make_unique<RunsPage>(workspace, [this](const QString& id) {
      auto& action = actions[id];
      if (!action) action = std::make_unique<QAction>(id);
      return action.get();
    });
    QObject::connect(page.get(), &Page::failed, page.get(),
                     [this](const QString& text) { errors.append(text); });
    QObject::connect(page.get(), &Page::offered, page.get(),
                     [this](const QString& text, QAction*) { offers.append(text); });
    page->remember({{"folders", QStringList{home.path()}}});
    page->resize(950, 520);
    page->show();
    settle();
  }
  fs::path top() const { return home.path().toStdString(); }
  void settle() {
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!page->busy(), kWait); }();
  }
  QTableView* table() const { return page->findChild<QTableView*>("runs.list"); }
  QStringList names() const {
    QStringList found;
    for (int row = 0; row < table()->model()->rowCount(); ++row) found.append(text(row, RunTableModel::Name));
    found.sort();
    return found;
  }
  // Without the name of the folder that was added.
  QString text(int row, RunTableModel::Column column) const {
    const QString folder = QDir(home.path()).dirName() + '/';
    return table()->model()->index(row, column).data().toString().remove(folder);
  }
  void select(const QStringList& wanted) {
    table()->clearSelection();
    for (int row = 0; row < table()->model()->rowCount(); ++row)
      if (wanted.contains(text(row, RunTableModel::Name)))
        table()->selectionModel()->setCurrentIndex(table()->model()->index(row, 0),
                                                   QItemSelectionModel::Select | QItemSelectionModel::Rows);
    settle();
  }
  QAction* action(const char* id) { return actions[QLatin1String(id)].get(); }
  void trigger(const char* id) {
    action(id)->trigger();
    settle();
  }

  QTemporaryDir home;
  Workspace workspace;
  std::map<QString, std::unique_ptr<QAction>> actions;
  QStringList errors, offers;
  std::unique_ptr<RunsPage> page;
};

}  // namespace

// Runs are named, put away, thrown away and made smaller from the page.
class RunCareActionsTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void notesAreListedAndFound();
  void theDialogChangesWhatWasTouched();
  void severalRunsGetTags();
  void archivedRunsAreListedOnRequest();
  void theBinGivesBack();
  void renamesTheFolder();
  void aRunThatIsWrittenStays();
  void theOpenRunStays();
  void pruningMakesItSmaller();
  void nothingSelectedNothingOffered();

 private:
  QTemporaryDir nothing_;
};

void RunCareActionsTest::initTestCase() {
  qputenv("XDG_DATA_HOME", nothing_.path().toUtf8());
}

void RunCareActionsTest::notesAreListedAndFound() {
  QTest::failOnWarning(QRegularExpression("NaN"));  // of the curve of one epoch
  CareBench b;
  b.select({"b"});
  b.page->care().note([](runs::RunNotes& notes) {
    notes.title = "Wide";
    notes.tags = {"paper", "slow"};
    notes.note = "first line\nsecond";
  });
  b.settle();
  QCOMPARE(b.names(), (QStringList{"Wide (b)", "a", "c"}));
  b.page->findChild<QLineEdit*>("runs.search")->setText("SLOW");
  QCOMPARE(b.table()->model()->rowCount(), 1);
  QCOMPARE(b.text(0, RunTableModel::Tags), QString("paper, slow"));
  QCOMPARE(b.text(0, RunTableModel::Note), QString("first line second"));
  QVERIFY(b.errors.isEmpty());
}

void RunCareActionsTest::theDialogChangesWhatWasTouched() {
  runs::RunNotes before{.title = "Old", .tags = {"one", "two"}, .note = "kept"};
  RunNotesDialog dialog("b", 1, before, nullptr);
  QCOMPARE(dialog.findChild<QLineEdit*>("run-notes.tags")->text(), QString("one, two"));
  dialog.findChild<QLineEdit*>("run-notes.title")->setText("New");
  dialog.findChild<QLineEdit*>("run-notes.tags")->setText("two, , three,three");
  // Meanwhile somebody else has changed the file.
  runs::RunNotes now = before;
  now.tags.push_back("theirs");
  now.note = "theirs";
  dialog.change()(now);
  QCOMPARE(now.title, std::string("New"));
  QCOMPARE(now.tags, (std::vector<std::string>{"two", "theirs", "three"}));
  QCOMPARE(now.note, std::string("theirs"));
}

void RunCareActionsTest::severalRunsGetTags() {
  RunNotesDialog dialog("a", 2, {.tags = {"one"}}, nullptr);
  QVERIFY(dialog.findChild<QLineEdit*>("run-notes.title")->isHidden());
  dialog.findChild<QLineEdit*>("run-notes.tags")->setText("both");
  runs::RunNotes other{.title = "Other", .tags = {"mine"}};
  dialog.change()(other);
  QCOMPARE(other.tags, (std::vector<std::string>{"mine", "both"}));
  QCOMPARE(other.title, std::string("Other"));
}

void RunCareActionsTest::archivedRunsAreListedOnRequest() {
  CareBench b;
  b.select({"a", "b"});
  b.trigger("runs.archive");
  QCOMPARE(b.names(), (QStringList{"c"}));
  b.action("runs.show-archived")->setChecked(true);
  QCOMPARE(b.names().size(), 3);
  QVERIFY(b.page->remembered()["archived"].toBool());
  b.select({"a"});
  QVERIFY(b.action("runs.archive")->text().startsWith("Bring back"));
  b.trigger("runs.archive");
  b.action("runs.show-archived")->setChecked(false);
  QCOMPARE(b.names(), (QStringList{"a", "c"}));
}

void RunCareActionsTest::theBinGivesBack() {
  CareBench b;
  QVERIFY(!b.action("runs.take-back")->isEnabled());
  b.select({"a", "c"});
  b.table()->setFocus();
  QTest::keyClick(b.table(), Qt::Key_Delete);
  b.settle();
  QTRY_COMPARE(b.names(), (QStringList{"b"}));
  QCOMPARE(b.offers.size(), 1);
  QVERIFY(fs::exists(b.top() / ".bin" / "a" / "history.jsonl"));
  QVERIFY(b.action("runs.take-back")->isEnabled());
  b.trigger("runs.take-back");
  QTRY_COMPARE(b.names(), (QStringList{"a", "b", "c"}));
  QVERIFY(!b.action("runs.take-back")->isEnabled());
}

void RunCareActionsTest::renamesTheFolder() {
  CareBench b;
  b.select({"a"});
  b.page->care().rename("z");
  b.settle();
  QTRY_COMPARE(b.names(), (QStringList{"b", "c", "z"}));
  b.select({"b"});
  b.page->care().rename("c");
  b.settle();
  QCOMPARE(b.errors.size(), 1);
  QVERIFY2(b.errors[0].contains("is there already"), qPrintable(b.errors[0]));
}

void RunCareActionsTest::aRunThatIsWrittenStays() {
  CareBench b;
  const auto training = FolderLock::take(b.top() / "a");
  b.select({"a", "b"});
  b.trigger("runs.bin");
  QTRY_COMPARE(b.names(), (QStringList{"a", "c"}));
  QCOMPARE(b.errors.size(), 1);
  QVERIFY2(b.errors[0].contains("is being written by"), qPrintable(b.errors[0]));
  // What could be moved can be taken back.
  b.trigger("runs.take-back");
  QTRY_COMPARE(b.names(), (QStringList{"a", "b", "c"}));
}

void RunCareActionsTest::theOpenRunStays() {
  CareBench b;
  b.workspace.controller().openRun(QString::fromStdString((b.top() / "a").string()));
  QTRY_VERIFY_WITH_TIMEOUT(!b.workspace.controller().busy(), kWait);
  b.settle();
  b.select({"a"});
  b.trigger("runs.bin");
  QCOMPARE(b.names(), (QStringList{"a", "b", "c"}));
  QCOMPARE(b.errors.size(), 1);
}

void RunCareActionsTest::pruningMakesItSmaller() {
  CareBench b;
  std::ofstream(b.top() / "a" / train::kSynapseRecord) << std::string(5000, 'x');
  b.select({"a"});
  QSignalSpy told(b.page.get(), &Page::told);
  b.page->care().prune(runs::Prune::Records);
  b.settle();
  QVERIFY(!fs::exists(b.top() / "a" / train::kSynapseRecord));
  QVERIFY(fs::exists(b.top() / "a" / "history.jsonl"));
  QCOMPARE(told.size(), 1);
}

void RunCareActionsTest::nothingSelectedNothingOffered() {
  CareBench b;
  b.select({});
  for (const char* id : {"runs.note", "runs.rename", "runs.archive", "runs.bin", "runs.prune-records"})
    QVERIFY2(!b.action(id)->isEnabled(), id);
  b.select({"a", "b"});
  QVERIFY(!b.action("runs.rename")->isEnabled());
  QVERIFY(b.action("runs.note")->isEnabled());
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::RunCareActionsTest)
#include "run_care_actions_test.moc"
