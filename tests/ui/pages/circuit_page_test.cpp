// SPDX-License-Identifier: GPL-3.0-or-later
// The Circuit page as a person uses it: by mouse, by keyboard alone, and with a screen reader.
#include "ui/pages/circuit/circuit_page.h"

#include <QAccessible>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>

#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_row.h"
#include "tests/test_main.h"
#include "tests/ui/pages/circuit_bench.h"
#include "ui/pages/circuit/circuit_export.h"
#include "ui/pages/circuit/circuit_figure.h"
#include "ui/pages/circuit/circuit_view.h"
#include "ui/pages/circuit/circuit_words.h"
#include "ui/pages/circuit/truth_figure.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/plots/figure_view.h"
#include "ui/shell/message_bar.h"
#include "ui/widgets/number_slider.h"

namespace synann::ui {

namespace {

using synapse::SourceKind;

using testing::CircuitBench;

}  // namespace

class CircuitPageTest : public QObject {
  Q_OBJECT

 private slots:
  void everyExampleRunsAndIsExported_data();
  void everyExampleRunsAndIsExported();
  void thePanelEditsWhatIsChosen();
  void valuesFollowEveryEdit();
  void playingNeverBlocksAndStopsWhenHidden();
  void theTruthTableWarnsOfMeetingPaths();
  void unsavedWorkComesBack();
  void filesAreDroppedSavedAndRefused();
  void aFigureRebuildsTheCircuit();
  void viewsAreExportedWithoutAWindow();
  void aUnitBecomesAChain();
  void everyControlIsNamed();
  void fitsASmallWindow();
};

void CircuitPageTest::everyExampleRunsAndIsExported_data() {
  QTest::addColumn<QString>("id");
  for (const auto& example : synapse::circuit_examples())
    QTest::newRow(std::string(example.id).c_str()) << QString::fromStdString(std::string(example.id));
}

void CircuitPageTest::everyExampleRunsAndIsExported() {
  QFETCH(QString, id);
  const CircuitBench b;
  const synapse::DrawnCircuit before = b.page().document().drawn();
  b.open(qPrintable(id));
  QVERIFY(b.circuit() == synapse::circuit_example(id.toStdString())->make());
  for (int k = 0; k < 3; ++k) b.action("circuit.step")->trigger();
  QCOMPARE(b.page().player().values().step, qint64{4});
  for (const char* kind : {"png", "svg", "pdf", "csv"}) {
    const QString path = b.home.filePath(QStringLiteral("c.") + kind);
    QVERIFY(b.window->exportFigure(path));
    QVERIFY(QFileInfo(path).size() > 60);
  }
  b.action("circuit.undo")->trigger();
  QVERIFY(b.page().document().drawn() == before);
}

void CircuitPageTest::thePanelEditsWhatIsChosen() {
  const CircuitBench b;
  b.open("synapse");
  b.view().choose({"s"});
  auto* const beta = b.find<QDoubleSpinBox>("circuit.beta");
  QVERIFY(beta->isVisible());
  beta->setValue(0.25);
  QCOMPARE(b.synapse("s").beta, 0.25);
  QCOMPARE(b.page().player().values().shown[0], 0.7 * (1 - 0.25 * 0.4));
  auto* const source = b.find<QComboBox>("circuit.excitatory");
  source->setCurrentIndex(0);
  emit source->activated(0);
  QCOMPARE(b.synapse("s").excitatory.kind, SourceKind::Constant);
  b.find<QDoubleSpinBox>("circuit.excitatory-constant")->setValue(0.5);
  QCOMPARE(b.synapse("s").excitatory.value, 0.5);
  auto* const name = b.find<QLineEdit>("circuit.name");
  name->setText("out");
  emit name->editingFinished();
  QCOMPARE(b.circuit().synapses[0].name, std::string("out"));
  QCOMPARE(b.circuit().outputs, std::vector<std::string>{"out"});
  QTRY_COMPARE(b.view().chosenNames(), std::set<std::string>{"out"});
  name->setText("x");
  emit name->editingFinished();
  QVERIFY(b.window->messageBar()->text().contains("another input or synapse"));
  QCOMPARE(name->text(), QStringLiteral("out"));
  b.view().choose({"x"});
  QVERIFY(b.find<QDoubleSpinBox>("circuit.value")->isVisible() && !beta->isVisible());
  b.find<QDoubleSpinBox>("circuit.value")->setValue(0.125);
  QCOMPARE(b.circuit().inputs[0].value, 0.125);
}

void CircuitPageTest::valuesFollowEveryEdit() {
  const CircuitBench b;
  b.open("latch");
  b.action("circuit.step")->trigger();
  QCOMPARE(b.page().player().values().step, qint64{2});
  QVERIFY(b.find<QLabel>("circuit.numbers")->text().startsWith("step 2"));
  b.find<QCheckBox>("circuit.clamp")->setChecked(true);
  QVERIFY(b.page().player().clamped());
  b.view().choose({"x_self"});
  b.find<QDoubleSpinBox>("circuit.alpha")->setValue(50);
  QCOMPARE(b.page().player().values().shown[0], 1.0);
  QVERIFY(b.view().currentPointText().contains("clamped from"));
  b.action("circuit.reset")->trigger();
  QCOMPARE(b.page().player().values().step, qint64{1});
}

void CircuitPageTest::playingNeverBlocksAndStopsWhenHidden() {
  const CircuitBench b;
  b.open("flip");
  auto* const rate = b.find<QComboBox>("circuit.rate");
  rate->setCurrentIndex(rate->count() - 1);
  emit rate->activated(rate->currentIndex());
  b.action("circuit.play")->trigger();
  QVERIFY(b.page().player().playing());
  QTRY_VERIFY(b.page().player().values().step > 100);
  b.window->showPage(b.window->page<SynapsesPage>());
  QVERIFY(!b.page().player().playing());
  QVERIFY(!b.action("circuit.step")->isEnabled());
  b.window->showPage(&b.page());
  QVERIFY(b.page().player().playing());
  b.action("circuit.play")->trigger();
  QVERIFY(!b.page().player().playing());
  const auto& history = b.page().player().history();
  QVERIFY(history.values.size() <= CircuitPlayer::kMostSteps);
  b.find<QTabWidget>("circuit.figures")->setCurrentIndex(0);
  QVERIFY(b.find<FigureView>("circuit.circuit-trace")->figure() != nullptr);
}

void CircuitPageTest::theTruthTableWarnsOfMeetingPaths() {
  const CircuitBench b;
  b.open("xor");
  b.find<QTabWidget>("circuit.figures")->setCurrentIndex(1);
  auto* const tab = b.find<FigureView>("circuit.truth-table");
  const auto figure = std::dynamic_pointer_cast<const TruthFigure>(tab->figure());
  QVERIFY(figure != nullptr);
  QCOMPARE(figure->pointCount(), 4);
  for (int row = 0; row < 4; ++row) QCOMPARE(figure->cell(row, 2).toDouble(), double((row >> 1) ^ (row & 1)));
  QVERIFY(figure->notes().join(' ').contains("no probabilities"));
  // Clamped, as the drawing is.
  synapse::DrawnCircuit loud = b.page().document().drawn();
  loud.circuit.synapses.back().alpha = 5;
  QVERIFY(b.page().document().edit("loud", loud));
  QCOMPARE(tab->figure()->cell(1, 2).toDouble(), 5.0);
  b.find<QCheckBox>("circuit.clamp")->setChecked(true);
  QCOMPARE(tab->figure()->cell(1, 2).toDouble(), 1.0);
  b.find<QCheckBox>("circuit.clamp")->setChecked(false);
  b.open("latch");
  QVERIFY(tab->figure() == nullptr && tab->placeholder().contains("at least one input"));
}

void CircuitPageTest::unsavedWorkComesBack() {
  const CircuitBench b;
  b.open("and");
  b.key(Qt::Key_S);
  QVERIFY(b.page().document().modified());
  const QVariantMap kept = b.page().remembered();
  const CircuitBench other;
  other.page().remember(kept);
  QVERIFY(other.circuit() == b.circuit());
  QVERIFY(other.page().document().modified());
  other.page().remember({{"circuit", "nonsense"}});
  QVERIFY(other.circuit() == b.circuit());
}

void CircuitPageTest::filesAreDroppedSavedAndRefused() {
  const CircuitBench b;
  b.open("nand");
  const QString path = b.home.filePath("nand.json");
  QVERIFY(b.page().saveTo(path));
  QVERIFY(!b.page().document().modified());
  b.open("or");
  QVERIFY(b.window->openDropped(path));
  QCOMPARE(b.circuit().name, std::string("nand"));
  QCOMPARE(b.page().document().path(), path);
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write("{\"format\": \"synann-circuit-1\", \"synapses\": 7}");
  file.close();
  QVERIFY(!b.window->openDropped(path));
  QVERIFY(b.window->messageBar()->text().contains("nand.json"));
  QCOMPARE(b.circuit().name, std::string("nand"));
  QVERIFY(!b.page().saveTo("/nowhere/c.json"));
  QVERIFY(b.window->messageBar()->isError());
}

void CircuitPageTest::aFigureRebuildsTheCircuit() {
  const CircuitBench b;
  b.open("disinhibition");
  b.action("circuit.step")->trigger();
  const QString path = b.home.filePath("d.svg");
  QVERIFY(b.window->exportFigure(path));
  const synapse::Circuit drawn = b.circuit();
  b.open("flip");
  QVERIFY(b.window->openFigure(path));
  QVERIFY(b.circuit() == drawn);
  QCOMPARE(b.page().player().values().step, qint64{2});
  QVERIFY(!b.page().restoreView({{"view", "circuit"}}).ok());
}

void CircuitPageTest::viewsAreExportedWithoutAWindow() {
  ViewOptions options;
  options.view = "circuit";
  QVERIFY(!checkCircuit(options).ok());
  options.files["--circuit"] = "latch";
  options.typed["--circuit-steps"] = {2};
  const auto shown = circuitViewFigure(options);
  QVERIFY(shown.ok());
  QCOMPARE(shown->name, QStringLiteral("circuit"));
  QVERIFY(std::abs(shown->figure->cell(1, 7).toDouble() - 0.457979691008) < 1e-12);
  options.view = "circuit-trace";
  QCOMPARE(circuitViewFigure(options)->figure->rowCount(), 3);  // with the starts
  options.view = "truth-table";
  QVERIFY(!circuitViewFigure(options).ok());  // no inputs
  options.files["--circuit"] = "/nowhere.json";
  QVERIFY(QString::fromStdString(circuitViewFigure(options).error().sentence()).contains("/nowhere.json"));
}

void CircuitPageTest::aUnitBecomesAChain() {
  CircuitBench b("syna-pixel");
  b.train();
  b.window->showPage(b.window->page<SynapsesPage>());
  QTRY_VERIFY_WITH_TIMEOUT(b.window->page<SynapsesPage>()->frame() != nullptr, testing::kWait);
  QTRY_VERIFY_WITH_TIMEOUT(!b.window->workspace().source().frame()->x.empty(), testing::kWait);
  b.window->workspace().selection().setCell({5, 0});
  QTest::keyClick(b.window.get(), Qt::Key_U, Qt::ControlModifier);
  QTRY_VERIFY(b.page().isVisible());
  const train::SynapseFrame& frame = *b.window->workspace().source().frame();
  const auto n = static_cast<std::size_t>(frame.n());
  QCOMPARE(b.circuit().synapses.size(), n);
  double expected = static_cast<double>(frame.parameters.alpha[5]) * frame.x[5];
  for (std::size_t j = 0; j < n; ++j)
    expected *= 1 - static_cast<double>(frame.parameters.beta[5 * n + j]) * frame.x[j];
  QVERIFY(std::abs(b.page().player().values().shown.back() - expected) <=
          1e-9 * std::max(1.0, std::abs(expected)));
  QVERIFY(b.view().scene().bounds().width() < 3 * b.view().scene().bounds().height());
}

void CircuitPageTest::everyControlIsNamed() {
  const CircuitBench b;
  b.open("synapse");
  b.view().choose({"s"});
  for (const QWidget* widget : b.page().findChildren<QWidget*>()) {
    const QString id = widget->objectName();
    if (!id.startsWith("circuit.") || widget->focusPolicy() == Qt::NoFocus || id == "circuit.split" ||
        id == "circuit.numbers" || id == "circuit.note")
      continue;
    QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(id));
    QVERIFY2(!widget->toolTip().isEmpty() || !widget->whatsThis().isEmpty() || widget->inherits("QTabWidget"),
             qPrintable(id));
  }
}

void CircuitPageTest::fitsASmallWindow() {
  const CircuitBench b;
  b.open("xor");
  b.view().choose({"xor"});
  b.window->resize(1024, 600);
  QTRY_COMPARE(b.window->size(), QSize(1024, 600));
  for (const char* id : {"circuit.start", "circuit.figures", "circuit.rate"}) {
    const QWidget* const widget = b.find<QWidget>(id);
    const QRect place(widget->mapTo(b.window.get(), QPoint()), widget->size());
    QVERIFY2(b.window->rect().contains(place), id);
  }
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::CircuitPageTest)
#include "circuit_page_test.moc"
