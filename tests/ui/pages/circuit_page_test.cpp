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
#include "tests/ui/pages/window_bench.h"
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

struct CircuitBench : testing::WindowBench {
  explicit CircuitBench(const char* model = "syna-cnn") : WindowBench(model, 1) { window->showPage(&page()); }
  CircuitPage& page() const { return *window->page<CircuitPage>(); }
  CircuitView& view() const { return *page().view(); }
  const synapse::Circuit& circuit() const { return page().document().circuit(); }
  const synapse::CircuitSynapse& synapse(const std::string& name) const {
    return *std::find_if(circuit().synapses.begin(), circuit().synapses.end(),
                         [&](const auto& s) { return s.name == name; });
  }
  int node(const char* name) const { return view().scene().graph().node(name); }
  void open(const char* id) const { page().openExample(id); }
  QAction* action(const char* id) const { return window->actions().action(id); }
  void key(int key, Qt::KeyboardModifiers held = {}) const {
    view().setFocus();
    QTest::keyClick(&view(), Qt::Key(key), held);
  }
  QPoint at(QPointF scene) const { return view().toWidget(scene).toPoint(); }
  void drag(QPoint from, QPoint to, Qt::KeyboardModifiers held = {}) const {
    QTest::mousePress(&view(), Qt::LeftButton, held, from);
    for (int k = 1; k <= 4; ++k) QTest::mouseMove(&view(), from + (to - from) * k / 4);
    QTest::mouseRelease(&view(), Qt::LeftButton, held, to);
  }
};

}  // namespace

class CircuitPageTest : public QObject {
  Q_OBJECT

 private slots:
  void everyExampleRunsAndIsExported_data();
  void everyExampleRunsAndIsExported();
  void symbolsAreDraggedAndSnap();
  void symbolsOfALargeCircuitAreDragged();
  void wiresAreDraggedToPorts();
  void aBandChoosesAndDeleteRemoves();
  void keyboardAloneBuildsACircuit();
  void keyboardReachesEverything();
  void theScreenReaderMeetsEveryPart();
  void thePanelEditsWhatIsChosen();
  void copiesAreCircuits();
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

void CircuitPageTest::symbolsAreDraggedAndSnap() {
  const CircuitBench b;
  b.open("synapse");
  const int s = b.node("s");
  const QPointF before = b.view().scene().place(s), middle = b.view().scene().symbol(s).center();
  b.drag(b.at(middle), b.at(middle + QPointF(43, 29)));
  const QPointF after = b.view().scene().place(s);
  QVERIFY(after != before);
  QCOMPARE(std::fmod(after.x(), 8), 0.0);
  QCOMPARE(std::fmod(after.y(), 8), 0.0);
  QCOMPARE(b.page().document().drawn().layout.at("s").x, after.x());
  b.action("circuit.undo")->trigger();
  QCOMPARE(b.view().scene().place(s), before);
}

// However small it is seen: a symbol can be grabbed beside its ports.
void CircuitPageTest::symbolsOfALargeCircuitAreDragged() {
  const CircuitBench b;
  const std::vector<double> beta(1000, 0.01), x(1000, 0.5);
  synapse::Circuit chain = *synapse::circuit_of_row(beta, 1.0, 0, x);
  QVERIFY(b.page().document().replace("open", {.circuit = std::move(chain)}, {}, true).ok());
  b.view().fitAll();
  const int node = b.node("s500");
  const QPointF before = b.view().scene().place(node), middle = b.view().scene().symbol(node).center();
  const QList<QPointF> far = b.view().scene().path(1800);
  b.drag(b.at(middle), b.at(middle) + QPoint(12, 9));
  QVERIFY(b.view().scene().place(node).x() > before.x());
  QCOMPARE(b.view().scene().path(1800), far);
  b.action("circuit.undo")->trigger();
  QCOMPARE(b.view().scene().place(node), before);
}

void CircuitPageTest::wiresAreDraggedToPorts() {
  const CircuitBench b;
  b.open("and");
  const auto& scene = b.view().scene();
  const int gate = b.node("and"), x = b.node("x");
  b.drag(b.at(scene.output(x)), b.at(scene.port(scene.graph().wireInto(gate, true))));
  QCOMPARE(b.synapse("and").inhibitory, (synapse::CircuitSource{.kind = SourceKind::Input, .name = "x"}));
  // From a port to an output, as one of the step before: Shift.
  const int not_y = b.node("not_y");
  b.drag(b.at(scene.output(gate)), b.at(scene.port(scene.graph().wireInto(not_y, false))), Qt::ShiftModifier);
  QCOMPARE(b.synapse("not_y").excitatory.kind, SourceKind::Previous);
  // A cycle is told and becomes one of the step before.
  b.drag(b.at(scene.output(gate)), b.at(scene.port(scene.graph().wireInto(gate, true))));
  QCOMPARE(b.synapse("and").inhibitory.kind, SourceKind::Previous);
  QVERIFY(b.find<QLabel>("circuit.note")->text().contains("closes a cycle"));
}

void CircuitPageTest::aBandChoosesAndDeleteRemoves() {
  const CircuitBench b;
  b.open("xor");
  b.drag({2, 2}, QPoint(b.view().width() - 3, b.view().height() - 3));
  QCOMPARE(b.view().chosen().size(), std::size_t{7});
  b.key(Qt::Key_Delete);
  QVERIFY(b.page().document().empty());
  b.action("circuit.undo")->trigger();
  QCOMPARE(b.circuit().synapses.size(), std::size_t{5});
}

void CircuitPageTest::keyboardAloneBuildsACircuit() {
  const CircuitBench b;
  b.key(Qt::Key_A, Qt::ControlModifier);
  b.key(Qt::Key_Delete);
  QVERIFY(b.page().document().empty());
  b.key(Qt::Key_I);
  b.key(Qt::Key_S);
  QCOMPARE(b.circuit().inputs.size(), std::size_t{1});
  QCOMPARE(b.circuit().synapses.size(), std::size_t{1});
  // From the input to the inhibitory port.
  b.view().setCurrent(CircuitItem::node(b.node("x")));
  b.key(Qt::Key_W);
  b.key(Qt::Key_Tab);
  QCOMPARE(b.view().current(), CircuitItem::node(b.node("s")));
  b.key(Qt::Key_Minus);
  QCOMPARE(b.synapse("s").inhibitory.name, std::string("x"));
  // Enter edits: α has the focus.
  b.key(Qt::Key_Return);
  QCOMPARE(QApplication::focusWidget(), b.find<QWidget>("circuit.alpha"));
  // A loop, of the step before.
  b.key(Qt::Key_W);
  b.key(Qt::Key_Plus);
  QCOMPARE(b.synapse("s").excitatory.kind, SourceKind::Previous);
  const QPointF place = b.view().scene().place(b.node("s"));
  b.key(Qt::Key_Right, Qt::ControlModifier);
  QCOMPARE(b.view().scene().place(b.node("s")), place + QPointF(8, 0));
  b.key(Qt::Key_Delete);
  QVERIFY(b.circuit().synapses.empty());
}

void CircuitPageTest::keyboardReachesEverything() {
  const CircuitBench b;
  b.open("xor");
  b.view().setFocus();
  const QList<CircuitItem> items = b.view().scene().items();
  QCOMPARE(items.size(), 2 + 3 * 5);
  for (const CircuitItem& item : items) {
    QTest::keyClick(&b.view(), Qt::Key_Tab);
    QCOMPARE(b.view().current(), item);
    QVERIFY(!b.view().currentPointText().isEmpty());
  }
  QVERIFY(b.view().hasFocus());
  QTest::keyClick(&b.view(), Qt::Key_Tab);  // and goes on
  QVERIFY(!b.view().hasFocus());
  b.view().setFocus();
  QTest::keyClick(&b.view(), Qt::Key_Home);
  QTest::keyClick(&b.view(), Qt::Key_Right);
  QVERIFY(b.view().scene().place(b.view().current().number).x() > b.view().scene().place(0).x());
}

void CircuitPageTest::theScreenReaderMeetsEveryPart() {
  const CircuitBench b;
  b.open("synapse");
  b.view().setFocus();
  QAccessibleInterface* const view = QAccessible::queryAccessibleInterface(&b.view());
  QVERIFY(view != nullptr);
  QCOMPARE(view->childCount(), 5);  // x, y, s and its two ports
  QAccessibleInterface* const s = view->child(2);
  QCOMPARE(s->text(QAccessible::Name),
           QStringLiteral("synapse s, α 1, β 0.5, excitatory from x, inhibitory from y, value 0.56"));
  QVERIFY(view->child(4)->text(QAccessible::Name).startsWith("inhibitory input of s"));
  QCOMPARE(view->indexOfChild(s), 2);
  QCOMPARE(s->parent()->object(), &b.view());
  QVERIFY(!s->rect().isEmpty());
  s->actionInterface()->doAction(QAccessibleActionInterface::setFocusAction());
  QVERIFY(s->state().focused);
  QCOMPARE(view->focusChild(), s);
  QVERIFY(view->text(QAccessible::Value).startsWith("synapse s"));
  b.key(Qt::Key_Delete);
  QVERIFY(!s->isValid() || !s->text(QAccessible::Name).contains("synapse s"));
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

void CircuitPageTest::copiesAreCircuits() {
  const CircuitBench b;
  b.open("latch");
  b.view().choose({"x", "x_self"});
  b.key(Qt::Key_C, Qt::ControlModifier);
  QVERIFY(QGuiApplication::clipboard()->text().contains("synann-circuit-1"));
  b.key(Qt::Key_V, Qt::ControlModifier);
  QCOMPARE(b.circuit().synapses.size(), std::size_t{6});
  QCOMPARE(b.view().chosenNames(), (std::set<std::string>{"x2", "x_self2"}));
  QCOMPARE(b.synapse("x2").inhibitory.name, std::string("y"));
  b.action("circuit.duplicate")->trigger();
  QCOMPARE(b.circuit().synapses.size(), std::size_t{8});
  QGuiApplication::clipboard()->setText("something else");
  b.key(Qt::Key_V, Qt::ControlModifier);
  QVERIFY(b.window->messageBar()->text().startsWith("the clipboard"));
  for (int k = 0; k < 2; ++k) b.action("circuit.undo")->trigger();
  QCOMPARE(b.circuit().synapses.size(), std::size_t{4});
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
