// SPDX-License-Identifier: GPL-3.0-or-later
// Curves of other programs' runs on the Runs page: chosen in a dialog, drawn at their places, kept, and taken
// away.
#include <algorithm>
#include <cmath>
#include <memory>

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFile>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "runs_bench.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"
#include "ui/pages/runs/foreign_curves.h"
#include "ui/pages/runs/foreign_dialog.h"
#include "ui/pages/runs/foreign_scene.h"
#include "ui/pages/runs/runs_figure.h"

namespace synann::ui {

using testing::kWait;

class RunsForeignTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void aCurveIsDrawnBesideTheRuns();
  void itsPlacesFollowFromItsEpochs();
  void anotherQuantityDoesNotDrawIt();
  void itIsTakenAwayByTheMenu();
  void itComesBackWithThePage();
  void aFigureKeepsIt();
  void aFileOfNoCurveSaysSo();
  void longCurvesAreDrawnAsMeans();
  void filesThatThePageOpens();
  void everyControlHasANameAndHelp();

 private:
  QString runs() const { return home_.path(); }
  QString file(const QString& name, const QByteArray& text) const {
    QFile written(files_.filePath(name));
    if (!written.open(QIODevice::WriteOnly)) qFatal("cannot write");
    written.write(text);
    return written.fileName();
  }
  QString keras() const {
    return file(QStringLiteral("keras.csv"),
                "epoch,loss,val_loss,val_accuracy\n0,2,1.5,0.5\n1,1,0.75,0.625\n3,0.5,0.25,0.75\n");
  }
  static ForeignDialog* dialogOf(const RunsBench& b) {
    [&] { QTRY_VERIFY_WITH_TIMEOUT(b.page->foreign().dialog(), kWait); }();
    return b.page->foreign().dialog();
  }
  static void add(RunsBench& b, const QString& path) {
    b.page->foreign().add(path);
    ForeignDialog* const dialog = dialogOf(b);
    dialog->findChild<QPushButton*>("foreign.add")->click();
    b.settle();
  }
  // The column of the figure's table; −1: there is none.
  static int columnOf(const RunsBench& b, const QString& name) {
    for (int column = 0; b.figure() && column < b.figure()->columnCount(); ++column)
      if (b.figure()->columnName(column).contains(name)) return column;
    return -1;
  }
  static double valueAt(const RunsBench& b, const QString& name, double x) {
    for (int row = 0; row < b.figure()->rowCount(); ++row)
      if (b.figure()->cell(row, 0).toDouble() == x)
        return b.figure()->cell(row, columnOf(b, name)).toDouble();
    return std::nan("");
  }
  static void choose(const RunsBench& b, const char* name, int index) {
    auto* const box = b.find<QComboBox>(name);
    box->setCurrentIndex(index);
    emit box->activated(index);
  }

  QTemporaryDir home_, files_, nothing_;
};

void RunsForeignTest::initTestCase() {
  qputenv("XDG_DATA_HOME", nothing_.path().toUtf8());
  qputenv("XDG_CACHE_HOME", nothing_.path().toUtf8());
  Workspace workspace;
  testing::prepare(workspace.controller(), home_);
  train::Settings settings = testing::smallSettings(2);
  settings.model = "dense-pixel";
  workspace.controller().train(settings);
  QTRY_VERIFY_WITH_TIMEOUT(!workspace.controller().busy(), kWait);
}

void RunsForeignTest::aCurveIsDrawnBesideTheRuns() {
  RunsBench b(runs());
  QCOMPARE(b.figure()->columnCount(), 2);
  b.page->foreign().add(keras());
  ForeignDialog* const dialog = dialogOf(b);
  // What is shown is the test loss, and the epochs are those of the run.
  auto* const list = dialog->findChild<QListWidget*>("foreign.curves");
  QCOMPARE(list->count(), 3);
  QCOMPARE(list->item(2)->checkState(), Qt::Checked);
  QVERIFY(list->item(2)->text().startsWith("val_loss"));
  QCOMPARE(dialog->findChild<QComboBox*>("foreign.unit")->currentIndex(), 1);
  QCOMPARE(dialog->findChild<QDoubleSpinBox*>("foreign.steps")->value(), 20.0);
  QCOMPARE(dialog->findChild<QDoubleSpinBox*>("foreign.examples")->value(), 400.0);
  QVERIFY(dialog->findChild<QCheckBox*>("foreign.from-zero")->isChecked());  // after the first epoch
  dialog->findChild<QPushButton*>("foreign.add")->click();
  QCOMPARE(b.figure()->columnCount(), 3);
  QCOMPARE(columnOf(b, "val_loss of keras.csv"), 2);
  QCOMPARE(valueAt(b, "val_loss", 4), 0.25);
  QVERIFY(std::isnan(valueAt(b, "val_loss", 3)) && std::isnan(valueAt(b, "val_loss", 0)));
}

void RunsForeignTest::itsPlacesFollowFromItsEpochs() {
  RunsBench b(runs());
  add(b, keras());
  choose(b, "runs.across", 1);
  QCOMPARE(valueAt(b, "val_loss", 80), 0.25);
  choose(b, "runs.across", 3);
  QCOMPARE(valueAt(b, "val_loss", 1600), 0.25);
  choose(b, "runs.across", 2);  // no times in the table
  QCOMPARE(columnOf(b, "val_loss"), -1);
  QVERIFY(b.figure()->columnCount() == 2);
}

void RunsForeignTest::anotherQuantityDoesNotDrawIt() {
  RunsBench b(runs());
  add(b, keras());
  choose(b, "runs.curve", 2);
  QCOMPARE(columnOf(b, "val_loss"), -1);
  add(b, keras());  // proposes what is shown now, in percent
  QCOMPARE(valueAt(b, "val_accuracy", 4), 75.0);
  choose(b, "runs.curve", 0);
  QCOMPARE(valueAt(b, "val_loss", 4), 0.25);
}

void RunsForeignTest::itIsTakenAwayByTheMenu() {
  RunsBench b(runs());
  add(b, keras());
  QMenu* const menu = b.find<QToolButton>("runs.foreign")->menu();
  emit menu->aboutToShow();
  const QList<QAction*> actions = menu->actions();
  QCOMPARE(actions.size(), 4);
  QCOMPARE(actions[2]->text(), QStringLiteral("Not runs of this program"));
  QCOMPARE(actions[3]->text(), QStringLiteral("Take away val_loss of keras.csv"));
  actions[3]->trigger();
  QCOMPARE(columnOf(b, "val_loss"), -1);
  emit menu->aboutToShow();
  QCOMPARE(menu->actions().size(), 2);
}

void RunsForeignTest::itComesBackWithThePage() {
  RunsBench b(runs());
  const QSignalSpy remembered(b.page.get(), &Page::rememberWanted);
  add(b, keras());
  QVERIFY(!remembered.isEmpty());
  const QVariantMap kept = b.page->remembered();
  RunsBench other(runs());
  other.page->remember(kept);
  QCOMPARE(other.page->remembered(), kept);  // also before it is read
  other.settle();
  QCOMPARE(valueAt(other, "val_loss", 4), 0.25);
  QCOMPARE(other.page->remembered(), kept);
  RunsBench without(runs());  // the file is gone
  QSignalSpy failed(without.page.get(), &Page::failed);
  QVERIFY(QFile::remove(keras()));
  without.page->remember(kept);
  without.settle();
  QCOMPARE(failed.size(), 1);
  QCOMPARE(columnOf(without, "val_loss"), -1);
}

void RunsForeignTest::aFigureKeepsIt() {
  RunsBench b(runs());
  add(b, keras());
  const auto shown = b.page->shownFigure();
  QVERIFY(shown.ok());
  RunsBench other(runs());
  QVERIFY(other.page->restoreView(shown->view).ok());
  other.settle();
  QCOMPARE(valueAt(other, "val_loss", 4), 0.25);
}

void RunsForeignTest::aFileOfNoCurveSaysSo() {
  RunsBench b(runs());
  QSignalSpy failed(b.page.get(), &Page::failed);
  const QString path = file("words.csv", "name,word\na,b\n");
  b.page->foreign().add(path);
  QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, kWait);
  QVERIFY(failed[0][0].toString().startsWith(path + ": has no curve"));
  QVERIFY(!b.page->foreign().dialog());
}

void RunsForeignTest::longCurvesAreDrawnAsMeans() {
  exports::ForeignCurve curve;
  for (int k = 0; k < 5000; ++k) {
    curve.x.push_back(k);
    curve.y.push_back(k % 5);
  }
  const DrawnForeign foreign{{}, std::make_shared<const exports::ForeignCurve>(curve)};
  const auto places = foreignPlaces(foreign, RunsAcross::Steps);
  QCOMPARE(places.size(), std::size_t{1000});
  QCOMPARE(places[1].x, 7.0);
  QVERIFY(std::ranges::all_of(places, [](const runs::MeanPlace& place) { return place.y == 2.0; }));
  QVERIFY(foreignPlaces(foreign, RunsAcross::Epochs).empty());  // nobody says how long its epochs are
  QVERIFY(!runsFigure({}, {}, {}, {}));
  const DrawnForeign events{{.path = "/logs/second/events.out.tfevents.1.host", .curve = "loss"},
                            foreign.curve};
  QCOMPARE(events.name(), QStringLiteral("loss of second"));
}

void RunsForeignTest::filesThatThePageOpens() {
  RunsBench b(runs());
  QCOMPARE(b.page->claims(keras()), Page::Claim::WhileShown);
  QCOMPARE(b.page->claims(runs() + "/run1"), Page::Claim::None);
  QCOMPARE(b.page->claims(file("events.out.tfevents.1.host", "")), Page::Claim::Always);
  QCOMPARE(b.page->claims(files_.path()), Page::Claim::Always);
  QVERIFY(b.page->openFile(keras()).ok());
  dialogOf(b)->reject();
  QTRY_VERIFY_WITH_TIMEOUT(!b.page->foreign().dialog(), kWait);
  QCOMPARE(b.figure()->columnCount(), 2);
}

void RunsForeignTest::everyControlHasANameAndHelp() {
  RunsBench b(runs());
  b.page->foreign().add(keras());
  for (const QWidget* widget : dialogOf(b)->findChildren<QWidget*>()) {
    if (!widget->objectName().startsWith("foreign.") || widget->focusPolicy() == Qt::NoFocus) continue;
    if (qobject_cast<const QPushButton*>(widget)) continue;
    QVERIFY2(!widget->accessibleName().isEmpty() && !widget->toolTip().isEmpty(),
             qPrintable(widget->objectName()));
  }
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::RunsForeignTest)
#include "runs_foreign_test.moc"
