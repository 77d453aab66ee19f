// SPDX-License-Identifier: GPL-3.0-or-later
// A circuit learns from targets in the window.
#include <cmath>

#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableWidget>
#include <QTest>
#include <QToolButton>

#include "engine/core/file.h"
#include "engine/synapse/circuit_parameter.h"
#include "tests/test_main.h"
#include "tests/ui/pages/circuit_bench.h"
#include "ui/pages/circuit/circuit_fit_tab.h"
#include "ui/pages/circuit/circuit_target_table.h"
#include "ui/pages/figure_deck.h"
#include "ui/shell/message_bar.h"
#include "ui/widgets/calm_spin_box.h"
#include "ui/widgets/number_slider.h"

namespace synann::ui {

namespace {

using testing::CircuitBench;
using testing::kWait;

}  // namespace

class CircuitFitPageTest : public QObject {
  Q_OBJECT

 private slots:
  void aFitLearnsAndIsApplied();
  void aStoppedFitKeepsItsBest();
  void targetsAreTypedDroppedAndRefused();
  void targetsOfAnotherCircuitAreSaidToBe();
  void aFitThatNobodyLooksAtIsNotDrawn();
};

void CircuitFitPageTest::aFitLearnsAndIsApplied() {
  const CircuitBench b;
  b.page().openExample("synapse");
  b.analysis().fit().choose({.targets = "x,y,s\n0.5,0,0.6\n0.5,1,0.12\n", .options = {.iterations = 3000}});
  b.look("circuit-fit");
  QSignalSpy changed(&b.analysis().fit(), &CircuitTab::figureChanged);
  const synapse::DrawnCircuit before = b.page().document().drawn();
  b.find<QToolButton>("circuit.fit-start")->click();
  QVERIFY(b.analysis().fit().running());
  // An edit meanwhile loses nothing.
  b.set({{"s.start", 0.25}});
  QTRY_VERIFY_WITH_TIMEOUT(!b.analysis().fit().running(), kWait);
  const auto& fit = b.analysis().fit().found();
  QVERIFY(fit && fit->best_loss < 1e-9);
  QCOMPARE(fit->losses.size(), std::size_t{3001});
  QVERIFY(testing::shownPoints(b.figure("circuit-fit")) > 1000);
  QVERIFY(b.circuit().synapses[0].alpha == 1);  // nothing is applied by itself
  auto* const apply = b.find<QToolButton>("circuit.fit-apply");
  QVERIFY(apply->isEnabled());
  apply->click();
  QVERIFY(std::abs(b.circuit().synapses[0].alpha - 1.2) < 1e-3);
  QVERIFY(std::abs(b.circuit().synapses[0].beta - 0.8) < 1e-3);
  QCOMPARE(b.circuit().synapses[0].start, 0.25);
  b.action("circuit.undo")->trigger();
  b.action("circuit.undo")->trigger();
  QVERIFY(b.page().document().drawn() == before);
  // What was learned is said before it is applied.
  const QString words = b.find<QLabel>("circuit.fit-words")->text();
  QVERIFY2(words.contains("s.alpha 1.") && words.contains("s.beta 0."), qPrintable(words));
  // A circuit without these numbers.
  b.page().openExample("flip");
  QVERIFY(!apply->isEnabled());
}

void CircuitFitPageTest::aStoppedFitKeepsItsBest() {
  const CircuitBench b;
  b.page().openExample("synapse");
  b.analysis().fit().choose(
      {.targets = "x,y,s\n0.5,0,0.6\n0.5,1,0.12\n", .options = {.iterations = synapse::kMostIterations}});
  b.look("circuit-fit");
  b.find<QToolButton>("circuit.fit-start")->click();
  QTRY_VERIFY_WITH_TIMEOUT(testing::shownPoints(b.figure("circuit-fit")) > 10, kWait);  // live
  QVERIFY(b.analysis().fit().running());
  QVERIFY(!b.find<QToolButton>("circuit.fit-apply")->isEnabled());
  b.find<QToolButton>("circuit.fit-start")->click();
  QTRY_VERIFY_WITH_TIMEOUT(!b.analysis().fit().running(), kWait);
  QCOMPARE(b.analysis().fit().found()->end, synapse::FitEnd::Stopped);
  QVERIFY(b.find<QLabel>("circuit.fit-words")->text().contains("Stopped."));
  QVERIFY(b.find<QToolButton>("circuit.fit-apply")->isEnabled());
}

void CircuitFitPageTest::targetsAreTypedDroppedAndRefused() {
  const CircuitBench b;
  b.page().openExample("synapse");
  auto* const table = b.find<QTableWidget>("circuit.targets");
  QCOMPARE(table->columnCount(), 3);
  QCOMPARE(table->horizontalHeaderItem(2)->text(), "s");
  QCOMPARE(table->item(0, 0)->text(), "0.7");
  QSignalSpy failed(&b.page(), &Page::failed);
  b.analysis().startFit();  // no target yet
  QCOMPARE(failed.count(), 1);
  QVERIFY(failed[0][0].toString().contains("column 3 (s)"));
  b.find<QToolButton>("circuit.targets-add")->click();
  b.find<QToolButton>("circuit.targets-remove")->click();
  QCOMPARE(table->rowCount(), 1);
  table->item(0, 2)->setText("0.25");
  const auto typed = b.analysis().fit().targets()->targets(b.circuit());
  QVERIFY(typed.ok());
  QCOMPARE(typed->target_values, std::vector<double>{0.25});
  // What was typed stays while the circuit is edited.
  b.set({{"x", 0.1}});
  QCOMPARE(table->item(0, 0)->text(), "0.7");
  const auto write = [&](const char* name, const QByteArray& text) {
    QFile file(b.home.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) return QString();
    return file.fileName();
  };
  const QString good = write("good.csv", "s,x\n0.5,1\n0.25,0.5\n");
  QCOMPARE(b.page().claims(good), Page::Claim::WhileShown);
  QVERIFY(b.page().openFile(good));
  QCOMPARE(table->rowCount(), 2);
  QCOMPARE(table->horizontalHeaderItem(0)->text(), "x");
  QCOMPARE(table->item(1, 1)->text(), "0.25");
  QCOMPARE(b.page().claims(write("other.csv", "a,b\n1,2\n")), Page::Claim::None);
  const QString bad = write("bad.csv", "x,s\n1,much\n");
  const Status refused = b.page().openFile(bad);
  QVERIFY(!refused);
  QVERIFY(QString::fromStdString(refused.error().sentence()).contains("column 2 (s)"));
  QCOMPARE(table->rowCount(), 2);
}

void CircuitFitPageTest::targetsOfAnotherCircuitAreSaidToBe() {
  const CircuitBench b;
  b.open("synapse");
  b.analysis().fit().choose({.targets = "x,y,s\n0.5,0,0.6\n", .options = {}});
  const auto said = [&] {
    QString words;
    for (const QLabel* label : b.analysis().fit().targets()->findChildren<QLabel*>())
      if (!label->isHidden()) words += label->text();
    return words;
  };
  QVERIFY2(!said().contains("This circuit has no"), qPrintable(said()));
  b.open("flip");  // x and y, but no s
  QVERIFY2(said().contains("This circuit has no s: New begins a table"), qPrintable(said()));
  b.find<QToolButton>("circuit.targets-new")->click();
  QVERIFY2(!said().contains("This circuit has no"), qPrintable(said()));
}

void CircuitFitPageTest::aFitThatNobodyLooksAtIsNotDrawn() {
  const CircuitBench b;
  b.open("synapse");
  b.analysis().fit().choose(
      {.targets = "x,y,s\n0.5,0,0.6\n0.5,1,0.12\n", .options = {.iterations = synapse::kMostIterations}});
  b.look("circuit-fit");
  b.find<QToolButton>("circuit.fit-start")->click();
  QTRY_VERIFY_WITH_TIMEOUT(testing::shownPoints(b.figure("circuit-fit")) > 10, kWait);
  b.look("circuit-trace");
  const auto hidden = b.figure("circuit-fit").figure();
  const std::size_t known = b.analysis().fit().found()->losses.size();
  QTRY_VERIFY_WITH_TIMEOUT(b.analysis().fit().found()->losses.size() > known, kWait);
  QVERIFY(b.figure("circuit-fit").figure() == hidden);
  b.look("circuit-fit");  // and is there at once when somebody does
  QVERIFY(b.figure("circuit-fit").figure() != hidden);
  QVERIFY(b.analysis().fit().running());
  b.analysis().fit().stop();
  QTRY_VERIFY_WITH_TIMEOUT(!b.analysis().fit().running(), kWait);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::CircuitFitPageTest)
#include "circuit_fit_page_test.moc"
