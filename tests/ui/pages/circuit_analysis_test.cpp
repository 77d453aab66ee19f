// SPDX-License-Identifier: GPL-3.0-or-later
// What the Circuit page finds out about its circuit: at rest, over two synapses, over a parameter, as a
// latch, and by learning.
#include "ui/pages/circuit/circuit_analysis.h"

#include <cmath>

#include <QComboBox>
#include <QFile>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableWidget>
#include <QTest>
#include <QToolButton>

#include "engine/core/file.h"
#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_parameter.h"
#include "tests/test_main.h"
#include "tests/ui/pages/circuit_bench.h"
#include "ui/pages/circuit/circuit_bifurcation_tab.h"
#include "ui/pages/circuit/circuit_export.h"
#include "ui/pages/circuit/circuit_fit_tab.h"
#include "ui/pages/circuit/circuit_latch_tab.h"
#include "ui/pages/circuit/circuit_page.h"
#include "ui/pages/circuit/circuit_phase_tab.h"
#include "ui/pages/circuit/circuit_study_export.h"
#include "ui/pages/circuit/circuit_target_table.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/plane_figure.h"
#include "ui/shell/message_bar.h"
#include "ui/widgets/calm_spin_box.h"
#include "ui/widgets/number_slider.h"

namespace synann::ui {

namespace {

using testing::CircuitBench;
using testing::kWait;

ViewOptions viewOf(const char* view, const char* circuit) {
  ViewOptions options;
  options.view = view;
  options.files["--circuit"] = circuit;
  return options;
}

}  // namespace

class CircuitAnalysisTest : public QObject {
  Q_OBJECT

 private slots:
  void theFixedPointIsToldAndShown();
  void cyclesAndInfinityAreTold();
  void settlingStops();
  void phasePortraitsMarkTheFixedPoint();
  void theFlipHasItsFamousDiagram();
  void theDiagramFollowsTheCircuit();
  void parametersAreChecked();
  void theLatchIsKnownByItsForm();
  void aClickSetsTheLatch();
  void aHiddenPageFindsNothing();
  void studiesAreRemembered();
  void viewsAreExportedWithoutAWindow();
  void everyTabIsReachedAndNamed();
};

void CircuitAnalysisTest::theFixedPointIsToldAndShown() {
  const CircuitBench b;
  b.page().openExample("flip");
  b.action("circuit.settle")->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(b.note().startsWith("Fixed after "), kWait);
  for (const double value : b.page().player().values().shown)
    QVERIFY(std::abs(value - (1 - 1 / 2.0) / 0.5) < 1e-9);  // (1 − 1/α)/β
  QVERIFY(b.page().player().values().step > 3);
  // From here on it is there already.
  b.action("circuit.settle")->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(!b.analysis().settling(), kWait);
  QVERIFY(b.note().startsWith("Fixed after "));
}

void CircuitAnalysisTest::cyclesAndInfinityAreTold() {
  const CircuitBench b;
  b.page().openExample("flip");
  b.set({{"x.alpha", 3.2}, {"y.alpha", 3.2}});
  b.action("circuit.settle")->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(b.note().startsWith("Period 2, seen after "), kWait);
  b.set({{"x.alpha", 3.9}, {"y.alpha", 3.9}, {"x.beta", -1}, {"y.beta", -1}});
  b.page().player().reset();
  b.action("circuit.settle")->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(b.note().startsWith("Infinite: "), kWait);
}

void CircuitAnalysisTest::settlingStops() {
  const CircuitBench b;
  b.page().openExample("flip");
  b.set({{"x.alpha", 3.9}, {"y.alpha", 3.9}});
  const auto before = b.page().player().values();
  b.action("circuit.settle")->trigger();
  QVERIFY(b.analysis().settling());
  QVERIFY(b.action("circuit.play")->text().contains("Pause"));
  b.action("circuit.play")->trigger();
  QVERIFY(!b.analysis().settling());
  QCOMPARE(b.page().player().values().step, before.step);
  // Of a circuit that has changed meanwhile nothing is told.
  QSignalSpy settled(&b.analysis(), &CircuitAnalysis::settled);
  b.action("circuit.settle")->trigger();
  b.set({{"x.alpha", 2}, {"y.alpha", 2}});
  QVERIFY(!b.analysis().settling());
  b.action("circuit.settle")->trigger();
  QTRY_COMPARE_WITH_TIMEOUT(settled.count(), 1, kWait);
  QVERIFY(settled[0][2].toString().startsWith("Fixed after "));
}

void CircuitAnalysisTest::phasePortraitsMarkTheFixedPoint() {
  const CircuitBench b;
  b.page().openExample("latch");
  b.look("circuit-phase");
  const FigureView& view = b.figure("circuit-phase");
  QTRY_COMPARE_WITH_TIMEOUT(testing::shownPoints(view), 201, kWait);
  QCOMPARE(view.figure()->columnName(0), "x");
  QCOMPARE(view.figure()->columnName(1), "y");
  QCOMPARE(view.figure()->cell(0, 0).toDouble(), 0.5);
  QCOMPARE(view.figure()->cell(0, 1).toDouble(), 0.4);
  const auto* const plane = dynamic_cast<const PlaneFigure*>(view.figure().get());
  QVERIFY(plane != nullptr);
  const auto found = findPhase(b.circuit(), 200, false);
  QVERIFY(found.ok());
  QVERIFY(found->settled.rest == synapse::Rest::Fixed);
  // Other synapses are drawn from the same steps.
  auto* const across = b.find<QComboBox>("circuit.phase-across");
  across->setCurrentIndex(across->findText("x_self"));
  emit across->activated(across->currentIndex());
  QCOMPARE(view.figure()->columnName(0), "x_self");
  b.find<CalmSpinBox>("circuit.phase-steps")->setValue(10);
  QTRY_COMPARE_WITH_TIMEOUT(testing::shownPoints(view), 11, kWait);
  // An edit shows nothing old.
  b.set({{"x.start", 0.3}});
  QVERIFY(!view.figure() || view.figure()->cell(0, 0).toDouble() != 0.5);
  QTRY_COMPARE_WITH_TIMEOUT(testing::shownPoints(view), 11, kWait);
}

void CircuitAnalysisTest::theFlipHasItsFamousDiagram() {
  const CircuitBench b;
  b.page().openExample("flip");
  b.look("circuit-bifurcation");
  const FigureView& view = b.figure("circuit-bifurcation");
  QTRY_COMPARE_WITH_TIMEOUT(testing::shownPoints(view), 1000 * 500, kWait);
  QCOMPARE(b.find<QComboBox>("circuit.bifurcation-parameter")->currentText(), "x.alpha,y.alpha");
  QCOMPARE(view.figure()->cell(0, 0).toDouble(), 1.0);
  QCOMPARE(view.figure()->cell(999 * 500, 0).toDouble(), 4.0);
  // At α = 2 or near it, one value: (1 − 1/α)/β.
  const int middle = 333 * 500;
  const double alpha = view.figure()->cell(middle, 0).toDouble();
  QVERIFY(std::abs(view.figure()->cell(middle + 7, 1).toDouble() - (1 - 1 / alpha) / 0.5) < 1e-9);
}

void CircuitAnalysisTest::theDiagramFollowsTheCircuit() {
  const CircuitBench b;
  b.page().openExample("flip");
  b.look("circuit-bifurcation");
  b.find<CalmSpinBox>("circuit.bifurcation-points")->setValue(100);
  b.find<CalmSpinBox>("circuit.bifurcation-keep")->setValue(10);
  const FigureView& view = b.figure("circuit-bifurcation");
  QTRY_COMPARE_WITH_TIMEOUT(testing::shownPoints(view), 1000, kWait);
  // The varied number itself moves the line alone: the diagram is there at once.
  b.set({{"x.alpha", 3}, {"y.alpha", 3}});
  QCOMPARE(testing::shownPoints(view), 1000);
  const double before = view.figure()->cell(400, 1).toDouble();
  // What it is made of makes it anew, and shows nothing old meanwhile.
  b.set({{"x.beta", 0.25}, {"y.beta", 0.25}});
  QVERIFY(testing::shownPoints(view) == 0 || view.figure()->cell(400, 1).toDouble() != before);
  QTRY_COMPARE_WITH_TIMEOUT(testing::shownPoints(view), 1000, kWait);
  const double alpha = view.figure()->cell(400, 0).toDouble();
  QVERIFY(std::abs(view.figure()->cell(400, 1).toDouble() - (1 - 1 / alpha) / 0.25) < 1e-9);
}

void CircuitAnalysisTest::parametersAreChecked() {
  const CircuitBench b;
  b.page().openExample("flip");
  b.look("circuit-bifurcation");
  auto* const box = b.find<QComboBox>("circuit.bifurcation-parameter");
  QSignalSpy failed(&b.page(), &Page::failed);
  box->setEditText("x.alfa");
  emit box->lineEdit()->editingFinished();
  QCOMPARE(failed.count(), 1);
  QVERIFY(failed[0][0].toString().contains("x.alpha"));
  QCOMPARE(box->currentText(), "x.alpha,y.alpha");
  box->setEditText("x.start");
  emit box->lineEdit()->editingFinished();
  QCOMPARE(b.find<ExactBox>("circuit.bifurcation-to")->value(), 1.0);
  // Another circuit has no such number.
  b.page().openExample("and");
  QCOMPARE(box->currentText(), "not_y.alpha");
  QTRY_VERIFY_WITH_TIMEOUT(testing::shownPoints(b.figure("circuit-bifurcation")) > 0, kWait);
  b.find<ExactBox>("circuit.bifurcation-from")->setValue(9);
  QTRY_VERIFY_WITH_TIMEOUT(b.figure("circuit-bifurcation").placeholder().contains("9"), kWait);
}

void CircuitAnalysisTest::theLatchIsKnownByItsForm() {
  synapse::Circuit latch = synapse::circuit_example("latch")->make();
  auto form = synapse::latch_form(latch);
  QVERIFY(form && form->alike);
  QCOMPARE(form->numbers.alpha, 2.0);
  QCOMPARE(form->numbers.self, 0.6);
  QCOMPARE(form->numbers.cross, 0.9);
  // Inhibited in the other order, and α in two parts.
  for (const int half : {0, 2}) {
    std::swap(latch.synapses[std::size_t(half)].inhibitory, latch.synapses[std::size_t(half) + 1].inhibitory);
    latch.synapses[std::size_t(half) + 1].alpha = 1.25;
  }
  form = synapse::latch_form(latch);
  QVERIFY(form && form->alike);
  QCOMPARE(form->numbers.alpha, 2.5);
  QCOMPARE(form->numbers.self, 0.9);
  QCOMPARE(form->numbers.cross, 0.6);
  synapse::set_latch(latch, *form, 0.2, 0.3);
  QCOMPARE(synapse::latch_form(latch)->numbers.self, 0.2);
  QCOMPARE(synapse::latch_form(latch)->numbers.cross, 0.3);
  latch.synapses[0].alpha = 1;
  QVERIFY(!synapse::latch_form(latch)->alike);
  for (const auto& example : synapse::circuit_examples())
    QCOMPARE(synapse::latch_form(example.make()).has_value(), example.id == "latch");

  const CircuitBench b;
  QVERIFY(b.tabShown("circuit-latch"));
  b.page().openExample("flip");
  QVERIFY(!b.tabShown("circuit-latch"));
  b.action("circuit.undo")->trigger();
  QVERIFY(b.tabShown("circuit-latch"));
  QVERIFY(b.find<QLabel>("circuit.latch-words")->text().startsWith("Memory"));
  b.set({{"x.beta", 0.5}});
  b.look("circuit-latch");
  QVERIFY(b.figure("circuit-latch").placeholder().contains("alike"));
}

void CircuitAnalysisTest::aClickSetsTheLatch() {
  const CircuitBench b;
  b.look("circuit-latch");
  FigureView& view = b.figure("circuit-latch");
  QTRY_COMPARE_WITH_TIMEOUT(testing::shownPoints(view), kLatchSide * kLatchSide, kWait);
  const synapse::DrawnCircuit before = b.page().document().drawn();
  const int row = 20, column = 160;
  emit view.pointChosen(row * kLatchSide + column);
  const auto form = synapse::latch_form(b.circuit());
  QCOMPARE(form->numbers.self, (column + 0.5) / kLatchSide);
  QCOMPARE(form->numbers.cross, (row + 0.5) / kLatchSide);
  QVERIFY(form->alike);
  QVERIFY(b.find<QLabel>("circuit.latch-words")->text().startsWith("Shared"));
  QCOMPARE(testing::shownPoints(view), kLatchSide * kLatchSide);  // the map is the same
  b.action("circuit.undo")->trigger();
  QVERIFY(b.page().document().drawn() == before);
  // Another α has another map.
  b.set({{"x_self.alpha", 0.9}, {"y_self.alpha", 0.9}});
  QVERIFY(testing::shownPoints(view) != kLatchSide * kLatchSide);
  QTRY_COMPARE_WITH_TIMEOUT(testing::shownPoints(view), kLatchSide * kLatchSide, kWait);
  QCOMPARE(view.figure()->cell(row * kLatchSide + column, 2).toDouble(), 0.0);
}

void CircuitAnalysisTest::aHiddenPageFindsNothing() {
  const CircuitBench b;
  b.page().openExample("flip");
  b.look("circuit-bifurcation");
  b.find<CalmSpinBox>("circuit.bifurcation-points")->setValue(synapse::kMostBifurcationPoints);
  b.find<CalmSpinBox>("circuit.bifurcation-drop")->setValue(1'000'000);  // minutes
  b.window->showPage(b.window->page<SynapsesPage>());
  QVERIFY(b.figure("circuit-bifurcation").figure() == nullptr);
  QSignalSpy found(&b.analysis(), &CircuitAnalysis::figuresChanged);
  b.find<CalmSpinBox>("circuit.bifurcation-drop")->setValue(100);
  b.find<CalmSpinBox>("circuit.bifurcation-points")->setValue(50);  // milliseconds
  found.clear();
  QVERIFY(!found.wait(500));
  QVERIFY(b.figure("circuit-bifurcation").figure() == nullptr);
  b.window->showPage(&b.page());
  QTRY_COMPARE_WITH_TIMEOUT(testing::shownPoints(b.figure("circuit-bifurcation")), 50 * 500, kWait);
}

void CircuitAnalysisTest::studiesAreRemembered() {
  CircuitStudy study;
  study.phase = {.across = "y", .up = "x", .steps = 17};
  study.bifurcation = {
      .parameters = "x.beta,y.beta", .from = -1, .to = 2.5, .of = "y", .points = 30, .drop = 7, .keep = 3};
  study.fit.targets = "x,y\n1,2\n";
  study.fit.options = {.steps = 4,
                       .iterations = 12,
                       .rate = 0.5,
                       .optimiser = synapse::FitOptimiser::GradientDescent,
                       .constraint = synapse::FitConstraint::Clamped,
                       .train = {"x.alpha", "y"}};
  const CircuitStudy back = circuitStudyFromJson(toJson(study));
  QVERIFY(back.phase == study.phase);
  QVERIFY(back.bifurcation == study.bifurcation);
  QCOMPARE(back.fit.targets, study.fit.targets);
  QCOMPARE(toJson(back), toJson(study));
  // What makes no sense is as at first.
  const CircuitStudy odd =
      circuitStudyFromJson({{"points", -5}, {"fit_rate", "much"}, {"phase_steps", 1e300}});
  QCOMPARE(odd.bifurcation.points, 2);
  QCOMPARE(odd.fit.options.rate, 0.05);
  QCOMPARE(odd.phase.steps, kMostPhaseSteps);
  // The page keeps them, and a figure brings them back.
  const CircuitBench b;
  b.page().openExample("flip");
  b.analysis().choose(study);
  const QVariantMap kept = b.page().remembered();
  b.analysis().choose({});
  b.page().remember(kept);
  QCOMPARE(b.find<QComboBox>("circuit.bifurcation-parameter")->currentText(), "x.beta,y.beta");
  QCOMPARE(b.find<CalmSpinBox>("circuit.fit-iterations")->value(), 12.0);
  b.look("circuit-bifurcation");
  QTRY_COMPARE_WITH_TIMEOUT(testing::shownPoints(b.figure("circuit-bifurcation")), 90, kWait);
  b.figure("circuit-bifurcation").setFocus();
  QCOMPARE(b.page().figureName(), "circuit-bifurcation");
  const auto shown = b.page().shownFigure();
  QVERIFY(shown.ok());
  b.analysis().choose({});
  b.page().openExample("and");
  QVERIFY(b.page().restoreView(shown->view));
  QTRY_COMPARE_WITH_TIMEOUT(testing::shownPoints(b.figure("circuit-bifurcation")), 90, kWait);
  QCOMPARE(b.page().figureName(), "circuit-bifurcation");
}

void CircuitAnalysisTest::viewsAreExportedWithoutAWindow() {
  QTemporaryDir home;
  const QString targets = home.filePath("targets.csv");
  QFile file(targets);
  QVERIFY(file.open(QIODevice::WriteOnly) && file.write("x,y,s\n0.5,0,0.6\n") > 0);
  file.close();
  auto options = viewOf("circuit-bifurcation", "flip");
  options.typed["--points"] = {40};
  options.typed["--keep"] = {20};
  options.files["--bifurcation"] = "x.alpha,y.alpha=2:3";
  QVERIFY(checkCircuit(options));
  auto shown = circuitViewFigure(options);
  QVERIFY(shown.ok());
  QCOMPARE(shown->figure->pointCount(), 800);
  QCOMPARE(shown->figure->cell(0, 0).toDouble(), 2.0);
  QCOMPARE(shown->name, "circuit-bifurcation");
  options.files["--bifurcation"] = "x.alpha";
  QVERIFY(QString::fromStdString(circuitViewFigure(options).error().sentence()).contains("PARAM=FROM:TO"));

  options = viewOf("circuit-phase", "latch");
  options.files["--phase"] = "x,y_self";
  options.typed["--circuit-steps"] = {30};
  shown = circuitViewFigure(options);
  QVERIFY(shown.ok());
  QCOMPARE(shown->figure->pointCount(), 31);
  QCOMPARE(shown->figure->columnName(1), "y_self");
  options.files["--phase"] = "x,z";
  QVERIFY(!circuitViewFigure(options));

  QVERIFY(circuitViewFigure(viewOf("circuit-latch", "latch")).ok());
  QVERIFY(!circuitViewFigure(viewOf("circuit-latch", "flip")));

  options = viewOf("circuit-fit", "synapse");
  QVERIFY(!checkCircuit(options));  // no targets
  options.files["--targets"] = targets.toStdString();
  options.typed["--iterations"] = {25};
  QVERIFY(checkCircuit(options));
  shown = circuitViewFigure(options);
  QVERIFY(shown.ok());
  QCOMPARE(shown->figure->pointCount(), 26);
  // Options of another view are refused.
  options.files["--of"] = "s";
  QVERIFY(!checkCircuit(options));
}

void CircuitAnalysisTest::everyTabIsReachedAndNamed() {
  const CircuitBench b;
  for (const char* name : {"circuit-phase", "circuit-bifurcation", "circuit-latch", "circuit-fit"}) {
    b.look(name);
    const QWidget* const tab = b.find<QTabWidget>("circuit.figures")->currentWidget();
    int reached = 0;
    for (const QWidget* widget : tab->findChildren<QWidget*>()) {
      if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisible()) continue;
      if (widget->objectName().startsWith("qt_")) continue;  // parts of a control
      QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
      QVERIFY2(!widget->toolTip().isEmpty() || qobject_cast<const QLineEdit*>(widget),
               qPrintable(widget->objectName()));
      ++reached;
    }
    QVERIFY2(reached >= 1, name);
  }
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::CircuitAnalysisTest)
#include "circuit_analysis_test.moc"
