// SPDX-License-Identifier: GPL-3.0-or-later
// A circuit is drawn: by mouse, by keyboard alone, and with a screen reader.
#include <memory>

#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QTest>

#include "engine/synapse/circuit_row.h"
#include "tests/test_main.h"
#include "tests/ui/pages/circuit_bench.h"
#include "ui/pages/circuit/circuit_editor.h"
#include "ui/pages/circuit/circuit_words.h"
#include "ui/shell/message_bar.h"

namespace synann::ui {

namespace {

using synapse::SourceKind;
using testing::CircuitBench;

}  // namespace

class CircuitEditingTest : public QObject {
  Q_OBJECT

 private slots:
  void symbolsAreDraggedAndSnap();
  void symbolsOfALargeCircuitAreDragged();
  void wiresAreDraggedToPorts();
  void aBandChoosesAndDeleteRemoves();
  void keyboardAloneBuildsACircuit();
  void keyboardReachesEverything();
  void theScreenReaderMeetsEveryPart();
  void copiesAreCircuits();
  void copiesStandWhereNothingStands();
  void theMenuOffersEditing();
  void aNewCircuitIsEmptyAndUndone();
  void whatIsNotSavedIsMarked();
};

void CircuitEditingTest::symbolsAreDraggedAndSnap() {
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
void CircuitEditingTest::symbolsOfALargeCircuitAreDragged() {
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

void CircuitEditingTest::wiresAreDraggedToPorts() {
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

void CircuitEditingTest::aBandChoosesAndDeleteRemoves() {
  const CircuitBench b;
  b.open("xor");
  b.drag({2, 2}, QPoint(b.view().width() - 3, b.view().height() - 3));
  QCOMPARE(b.view().chosen().size(), std::size_t{7});
  b.key(Qt::Key_Delete);
  QVERIFY(b.page().document().empty());
  b.action("circuit.undo")->trigger();
  QCOMPARE(b.circuit().synapses.size(), std::size_t{5});
}

void CircuitEditingTest::keyboardAloneBuildsACircuit() {
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

void CircuitEditingTest::keyboardReachesEverything() {
  const CircuitBench b;
  b.open("xor");
  b.view().setFocus();
  const CircuitScene& scene = b.view().scene();
  QCOMPARE(scene.itemCount(), 2 + 3 * 5);
  for (int k = 0; k < scene.itemCount(); ++k) {
    QTest::keyClick(&b.view(), Qt::Key_Tab);
    QCOMPARE(b.view().current(), scene.item(k));
    QCOMPARE(scene.itemPlace(scene.item(k)), k);
    QVERIFY(!b.view().currentPointText().isEmpty());
  }
  QVERIFY(!scene.item(-1) && !scene.item(scene.itemCount()));
  QVERIFY(b.view().hasFocus());
  QTest::keyClick(&b.view(), Qt::Key_Tab);  // and goes on
  QVERIFY(!b.view().hasFocus());
  b.view().setFocus();
  QTest::keyClick(&b.view(), Qt::Key_Home);
  QTest::keyClick(&b.view(), Qt::Key_Right);
  QVERIFY(b.view().scene().place(b.view().current().number).x() > b.view().scene().place(0).x());
}

void CircuitEditingTest::theScreenReaderMeetsEveryPart() {
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

void CircuitEditingTest::copiesAreCircuits() {
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

void CircuitEditingTest::copiesStandWhereNothingStands() {
  const CircuitBench b;
  b.open("xor");
  const CircuitScene& scene = b.view().scene();
  const auto overlap = [&] {
    for (int node = 0; node < scene.graph().nodeCount(); ++node)
      if (scene.nodesIn(scene.symbol(node).adjusted(1, 1, -1, -1)).size() != 1) return true;
    return false;
  };
  QVERIFY(!overlap());
  b.view().choose({"xor"});
  b.key(Qt::Key_C, Qt::ControlModifier);
  for (int k = 0; k < 3; ++k) b.key(Qt::Key_V, Qt::ControlModifier);
  QCOMPARE(b.circuit().synapses.size(), std::size_t{8});
  QVERIFY(!overlap());
  // All of it, and what was chosen is the copy.
  b.key(Qt::Key_A, Qt::ControlModifier);
  b.action("circuit.duplicate")->trigger();
  QCOMPARE(b.circuit().synapses.size(), std::size_t{16});
  QVERIFY(!overlap());
  QVERIFY(!b.view().chosenNames().contains("xor"));
  QCOMPARE(b.view().chosen().size(), std::size_t{10});
}

void CircuitEditingTest::theMenuOffersEditing() {
  const CircuitBench b;
  b.open("xor");
  b.view().choose({"xor"});
  const std::unique_ptr<QMenu> menu(b.view().makeMenu());
  const auto find = [&](const char* name) {
    QAction* found = nullptr;
    for (QAction* one : menu->actions())
      if (one->objectName() == QLatin1String(name)) found = one;
    return found;
  };
  for (const char* name : {"circuit.undo", "circuit.cut", "circuit.copy", "circuit.paste", "circuit.remove",
                           "circuit.duplicate", "circuit.add-synapse", "circuit.add-input"})
    QVERIFY2(find(name) != nullptr, name);
  find("circuit.cut")->trigger();
  QCOMPARE(b.circuit().synapses.size(), std::size_t{4});
  find("circuit.paste")->trigger();
  QCOMPARE(b.circuit().synapses.size(), std::size_t{5});
  b.key(Qt::Key_Escape);
  QVERIFY(!find("circuit.cut")->isEnabled());
}

void CircuitEditingTest::aNewCircuitIsEmptyAndUndone() {
  const CircuitBench b;
  b.open("xor");
  b.action("circuit.new")->trigger();
  QVERIFY(b.page().document().empty());
  QVERIFY(!b.action("circuit.save")->isEnabled());
  b.key(Qt::Key_S);
  QCOMPARE(b.circuit().synapses.size(), std::size_t{1});
  b.action("circuit.undo")->trigger();
  b.action("circuit.undo")->trigger();
  QCOMPARE(b.circuit().synapses.size(), std::size_t{5});
}

void CircuitEditingTest::whatIsNotSavedIsMarked() {
  const CircuitBench b;
  b.open("xor");
  auto* const choice = b.find<QComboBox>("circuit.example");
  QCOMPARE(choice->itemText(0), QString("Examples…"));
  const QString path = b.home.filePath("gate.json");
  QVERIFY(b.page().saveTo(path));
  QCOMPARE(choice->itemText(0), QString("gate.json"));
  b.view().choose({});
  b.key(Qt::Key_S);
  QCOMPARE(choice->itemText(0), QString("gate.json*"));
  b.key(Qt::Key_Escape);
  QVERIFY(b.find<QLabel>("circuit.numbers")->text().endsWith("not saved"));
  QVERIFY(b.page().saveTo(path));
  QCOMPARE(choice->itemText(0), QString("gate.json"));
  QVERIFY(!b.find<QLabel>("circuit.numbers")->text().contains("not saved"));
  b.action("circuit.undo")->trigger();
  QCOMPARE(choice->itemText(0), QString("gate.json*"));
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::CircuitEditingTest)
#include "circuit_editing_test.moc"
