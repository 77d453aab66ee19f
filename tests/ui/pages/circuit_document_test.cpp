// SPDX-License-Identifier: GPL-3.0-or-later
// A circuit as it is edited, arranged and led, without any widget.
#include "ui/pages/circuit/circuit_document.h"

#include <algorithm>
#include <fmt/format.h>

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_row.h"
#include "tests/test_main.h"
#include "ui/pages/circuit/circuit_edit.h"
#include "ui/pages/circuit/circuit_layout.h"
#include "ui/pages/circuit/circuit_player.h"
#include "ui/pages/circuit/circuit_scene.h"
#include "ui/pages/circuit/circuit_words.h"

namespace synann::ui {

using synapse::DrawnCircuit;
using synapse::SourceKind;

namespace {

DrawnCircuit exampleOf(const char* id) {
  DrawnCircuit drawn{.circuit = synapse::circuit_example(id)->make()};
  drawn.layout = layOutCircuit(drawn.circuit);
  return drawn;
}

// A chain of n synapses with as many inputs.
DrawnCircuit chainOf(std::size_t n) {
  const std::vector<double> beta(n, 0.01), x(n, 0.5);
  return {.circuit = *synapse::circuit_of_row(beta, 1.0, 0, x)};
}

bool wiresAreClear(const CircuitScene& scene) {
  for (int wire = 0; wire < scene.graph().wireCount(); ++wire) {
    const auto& way = scene.path(wire);
    for (qsizetype k = 1; k < way.size(); ++k) {
      if (way[k].x() != way[k - 1].x() && way[k].y() != way[k - 1].y()) return false;  // orthogonal
      const QRectF piece = QRectF(way[k - 1], way[k]).normalized().adjusted(-1, -1, 1, 1);
      for (int node = 0; node < scene.graph().nodeCount(); ++node)
        if (scene.symbol(node).adjusted(3, 3, -3, -3).intersects(piece)) return false;
    }
  }
  return true;
}

}  // namespace

class CircuitDocumentTest : public QObject {
  Q_OBJECT

 private slots:
  void examplesAreSavedOpenedAndUndone_data();
  void examplesAreSavedOpenedAndUndone();
  void examplesAreDrawnClearly_data();
  void examplesAreDrawnClearly();
  void everyEditIsUndone();
  void changesOfOneNumberAreUndoneTogether();
  void aWireThatClosesACycleIsOfTheStepBefore();
  void namesAreChecked();
  void partsAreCopiedWithTheirWires();
  void filesThatAreWrongChangeNothing();
  void anEmptyCircuitCannotBeSaved();
  void whatIsSavedUnderAnotherNameStaysSo();
  void layersFollowTheWires();
  void aLongChainIsWrapped();
  void onlyWhatMovesIsLedAnew();
  void largeCircuitsKeepFewerEdits();
  void allOfItMovesAsItIs();
  void partsAreToldInWords();
};

namespace {

void exampleRows() {
  QTest::addColumn<QString>("id");
  for (const auto& example : synapse::circuit_examples())
    QTest::newRow(std::string(example.id).c_str()) << QString::fromStdString(std::string(example.id));
}

}  // namespace

void CircuitDocumentTest::examplesAreSavedOpenedAndUndone_data() {
  exampleRows();
}

void CircuitDocumentTest::examplesAreSavedOpenedAndUndone() {
  QFETCH(QString, id);
  QTemporaryDir home;
  CircuitDocument document;
  const DrawnCircuit drawn = exampleOf(qPrintable(id));
  QVERIFY(document.replace("open", drawn, {}, true).ok());
  QVERIFY(!document.modified());
  const QString path = home.filePath("c.json");
  QVERIFY(document.save(path).ok());
  CircuitDocument other;
  QVERIFY(other.open(path).ok());
  QVERIFY(other.drawn() == drawn);
  QCOMPARE(other.path(), path);
  DrawnCircuit after = other.drawn();
  addInput(after, {0, 0});
  addSynapse(after, {8, 8});
  QVERIFY(other.edit("add", after).ok());
  QVERIFY(other.modified());
  other.undoStack().undo();
  QVERIFY(other.drawn() == drawn && !other.modified());
  other.undoStack().undo();
  QVERIFY(other.empty() && other.path().isEmpty());
}

void CircuitDocumentTest::examplesAreDrawnClearly_data() {
  exampleRows();
}

void CircuitDocumentTest::examplesAreDrawnClearly() {
  QFETCH(QString, id);
  const CircuitScene scene(DrawnCircuit{synapse::circuit_example(id.toStdString())->make(), {}});
  QVERIFY(wiresAreClear(scene));
  for (int a = 0; a < scene.graph().nodeCount(); ++a)
    for (int b = 0; b < a; ++b) QVERIFY(!scene.body(a).intersects(scene.body(b)));
}

void CircuitDocumentTest::everyEditIsUndone() {
  CircuitDocument document;
  const DrawnCircuit start = exampleOf("xor");
  QVERIFY(document.replace("open", start, {}, true).ok());
  std::vector<DrawnCircuit> states = {start};
  const auto edit = [&](auto&& change) {
    DrawnCircuit after = document.drawn();
    change(after);
    QVERIFY(document.edit("edit", after).ok());
    states.push_back(document.drawn());
  };
  edit([](DrawnCircuit& d) { addSynapse(d, {400, 400}); });
  edit([](DrawnCircuit& d) { QVERIFY(renamePart(d, "x", "in").ok()); });
  edit([](DrawnCircuit& d) { removeParts(d, {"y_only"}); });
  edit([](DrawnCircuit& d) { d.circuit.synapses[0].alpha = 0.25; });
  edit([](DrawnCircuit& d) { putPart(d, partOf(d, {"in", "x_only"}, false), 32, 32); });
  edit([](DrawnCircuit& d) { d.layout = layOutCircuit(d.circuit); });
  for (std::size_t k = states.size() - 1; k-- > 0;) {
    document.undoStack().undo();
    QVERIFY(document.drawn() == states[k]);
  }
  QVERIFY(document.drawn() == start);
  for (std::size_t k = 1; k < states.size(); ++k) {
    document.undoStack().redo();
    QVERIFY(document.drawn() == states[k]);
  }
}

void CircuitDocumentTest::changesOfOneNumberAreUndoneTogether() {
  CircuitDocument document;
  const DrawnCircuit start = exampleOf("synapse");
  QVERIFY(document.replace("open", start, {}, true).ok());
  const int before = document.undoStack().count();
  for (const double alpha : {0.9, 0.8, 0.7}) {
    DrawnCircuit after = document.drawn();
    after.circuit.synapses[0].alpha = alpha;
    QVERIFY(document.edit("α", after, "alpha/s").ok());
  }
  QCOMPARE(document.undoStack().count(), before + 1);
  document.undoStack().undo();
  QVERIFY(document.drawn() == start);
}

void CircuitDocumentTest::aWireThatClosesACycleIsOfTheStepBefore() {
  CircuitDocument document;
  QVERIFY(document.replace("open", exampleOf("chain"), {}, true).ok());
  QString note;
  QVERIFY(document.wire("s3", "s1", true, false, &note).ok());
  QVERIFY(note.contains("closes a cycle"));
  QCOMPARE(document.circuit().synapses[0].inhibitory.kind, SourceKind::Previous);
  note.clear();
  QVERIFY(document.wire("x", "s3", true, false, &note).ok());
  QVERIFY(note.isEmpty());
  QCOMPARE(document.circuit().synapses[2].inhibitory.kind, SourceKind::Input);
  QVERIFY(document.wire("s2", "s2", false, false, &note).ok());  // itself
  QCOMPARE(document.circuit().synapses[1].excitatory.kind, SourceKind::Previous);
  // A cycle that was made in another way is refused, and nothing changes.
  const DrawnCircuit kept = document.drawn();
  DrawnCircuit bad = kept;
  setSource(bad, "s2", true, {.kind = SourceKind::Synapse, .name = "s3"});
  const Status refused = document.edit("bad", bad);
  QVERIFY(!refused.ok() && document.drawn() == kept);
}

void CircuitDocumentTest::namesAreChecked() {
  DrawnCircuit drawn = exampleOf("and");
  QVERIFY(!renamePart(drawn, "x", "").ok());
  QVERIFY(!renamePart(drawn, "x", "and").ok());
  QVERIFY(!renamePart(drawn, "x", std::string(101, 'a')).ok());
  QVERIFY(drawn == exampleOf("and"));
  QVERIFY(renamePart(drawn, "and", "gate").ok());
  QCOMPARE(drawn.circuit.outputs, std::vector<std::string>{"gate"});
  QVERIFY(drawn.layout.contains("gate") && !drawn.layout.contains("and"));
  QCOMPARE(freeName(drawn.circuit, "x"), std::string("x2"));
}

void CircuitDocumentTest::partsAreCopiedWithTheirWires() {
  DrawnCircuit drawn = exampleOf("latch");
  const auto names = putPart(drawn, partOf(drawn, {"x_self", "x"}, false), 32, 32);
  QCOMPARE(names.size(), std::size_t{2});
  QVERIFY(synapse::CircuitRun::create(drawn.circuit).ok());
  const auto& copy = drawn.circuit.synapses.back();
  QCOMPARE(copy.name, std::string("x2"));
  QCOMPARE(copy.excitatory.name, std::string("x_self2"));
  QCOMPARE(copy.inhibitory.name, std::string("y"));  // from outside
  QCOMPARE(copy.inhibitory.kind, SourceKind::Previous);
  // Standing alone, what came from outside is a constant.
  const DrawnCircuit alone = partOf(drawn, {"x"}, true);
  QVERIFY(synapse::CircuitRun::create(alone.circuit).ok());
  QCOMPARE(alone.circuit.synapses[0].excitatory.value, 1.0);
  QCOMPARE(alone.circuit.synapses[0].inhibitory.value, 0.0);
}

void CircuitDocumentTest::filesThatAreWrongChangeNothing() {
  QTemporaryDir home;
  CircuitDocument document;
  const DrawnCircuit start = exampleOf("flip");
  QVERIFY(document.replace("open", start, {}, true).ok());
  QSignalSpy changed(&document, &CircuitDocument::changed);
  const auto refused = [&](const QByteArray& text) {
    const QString path = home.filePath("bad.json");
    QFile file(path);
    [&] { QVERIFY(file.open(QIODevice::WriteOnly)); }();
    file.write(text);
    file.close();
    const Status done = document.open(path);
    return done ? QString() : QString::fromStdString(done.error().sentence());
  };
  const QByteArray head =
      R"({"format": "synann-circuit-1", "synapses": [{"name": "n", "excitatory": 1, "inhibitory": )";
  QVERIFY(refused("{").contains("is no JSON"));
  QVERIFY(refused(head + R"("m"}]})").contains("bad.json"));
  QVERIFY(refused(head + R"(0}], "layout": {"m": [0, 0]}})").contains("no input or synapse of this name"));
  QVERIFY(refused(head + R"(0}], "layout": {"n": [0]}})").contains("is no place"));
  QVERIFY(refused(head + R"(0}], "layout": {"n": [0, 1e9]}})").contains("too far away"));
  QVERIFY(refused(head + R"(0}], "layout": [1]})").contains("is no object"));
  QVERIFY(!document.open(home.filePath("none.json")).ok());
  QCOMPARE(changed.count(), 0);
  QVERIFY(document.drawn() == start);
  QCOMPARE(refused(head + R"(0}], "layout": {"n": [8, -1e7]}})"), QString());
  QCOMPARE(document.drawn().layout.at("n").y, -1e7);
}

void CircuitDocumentTest::anEmptyCircuitCannotBeSaved() {
  QTemporaryDir home;
  CircuitDocument document;
  const Status refused = document.save(home.filePath("c.json"));
  QVERIFY(!refused.ok() && QString::fromStdString(refused.error().sentence()).contains("without synapses"));
  QVERIFY(!QFile::exists(home.filePath("c.json")));
  QVERIFY(document.replace("open", exampleOf("not"), {}, true).ok());
  QVERIFY(!document.save("/nowhere/c.json").ok());
  QVERIFY(document.path().isEmpty());
}

void CircuitDocumentTest::whatIsSavedUnderAnotherNameStaysSo() {
  QTemporaryDir home;
  const QString first = home.filePath("a.json"), other = home.filePath("b.json");
  CircuitDocument document;
  QVERIFY(document.replace("open", exampleOf("flip"), {}, true).ok());
  QVERIFY(document.save(first).ok());
  DrawnCircuit edited = document.drawn();
  edited.circuit.synapses[0].alpha = 3.5;
  QVERIFY(document.edit("alpha", edited).ok());
  QVERIFY(document.save(other).ok());
  document.undoStack().undo();
  QCOMPARE(document.path(), other);
  QVERIFY(document.modified());
  document.undoStack().redo();
  QCOMPARE(document.path(), other);
  QVERIFY(!document.modified());
  // Another circuit has another file, and undo goes back to that of before.
  QVERIFY(document.open(first).ok());
  QCOMPARE(document.path(), first);
  document.undoStack().undo();
  QCOMPARE(document.path(), other);
}

void CircuitDocumentTest::layersFollowTheWires() {
  for (const auto& example : synapse::circuit_examples()) {
    const auto circuit = example.make();
    const auto layout = layOutCircuit(circuit);
    const CircuitGraph graph(circuit);
    QCOMPARE(layout.size(), static_cast<std::size_t>(graph.nodeCount()));
    for (const CircuitWire& wire : graph.wires())
      if (wire.from >= 0 && !wire.previous) {
        const auto from = layout.at(graph.name(wire.from)), to = layout.at(graph.name(wire.to));
        QVERIFY(from.x < to.x || from.y < to.y);  // to the right, or on to a line below
      }
    for (const auto& [name, place] : layout) QVERIFY(onGrid(place) == place);
  }
}

void CircuitDocumentTest::aLongChainIsWrapped() {
  const CircuitScene scene(chainOf(784));
  const QRectF all = scene.bounds();
  QVERIFY(all.width() < 2.5 * all.height() && all.height() < 2.5 * all.width());
  QVERIFY(wiresAreClear(scene));
}

void CircuitDocumentTest::onlyWhatMovesIsLedAnew() {
  CircuitScene scene(chainOf(500));
  scene.takeChanged();
  const QList<QPointF> far = scene.path(900);
  const int node = scene.graph().node("s3");
  const QPointF before = scene.place(node);
  scene.moveNodes({node}, {0, 16});
  QCOMPARE(scene.place(node), before + QPointF(0, 16));
  const QList<QRectF> changed = scene.takeChanged();
  QVERIFY(!changed.isEmpty() && changed.size() < 60);
  QRectF all;
  for (const QRectF& box : changed) all |= box;
  QVERIFY(all.width() < scene.bounds().width() / 2);
  QCOMPARE(scene.path(900), far);
  QCOMPARE(scene.path(scene.graph().wireInto(node, false)).constLast(),
           scene.port(scene.graph().wireInto(node, false)));
}

void CircuitDocumentTest::largeCircuitsKeepFewerEdits() {
  constexpr std::size_t kParts = CircuitDocument::kMostKeptParts / 10;
  DrawnCircuit drawn;
  for (std::size_t k = 0; k < kParts / 2; ++k) drawn.circuit.inputs.push_back({fmt::format("x{}", k), 0});
  for (std::size_t k = 0; k < kParts / 2; ++k) {
    drawn.circuit.synapses.push_back({.name = fmt::format("s{}", k), .excitatory = {}, .inhibitory = {}});
    drawn.layout[drawn.circuit.synapses.back().name] = {};
  }
  for (const auto& input : drawn.circuit.inputs) drawn.layout[input.name] = {};
  CircuitDocument document;
  QVERIFY(document.replace("open", drawn, {}, true).ok());
  for (int k = 1; k <= 15; ++k) {
    drawn.circuit.inputs[0].value = k;
    QVERIFY(document.edit("change", drawn).ok());
  }
  int undone = 0;
  while (document.canUndo()) {
    document.undoStack().undo();
    ++undone;
    QCOMPARE(document.circuit().inputs[0].value, 15.0 - undone);
  }
  QCOMPARE(undone, 10);
  for (; document.undoStack().canRedo(); --undone) document.undoStack().redo();
  QCOMPARE(undone, 0);
  QCOMPARE(document.circuit().inputs[0].value, 15.0);
}

void CircuitDocumentTest::allOfItMovesAsItIs() {
  CircuitScene scene(exampleOf("xor"));
  std::vector<int> all;
  for (int node = 0; node < scene.graph().nodeCount(); ++node) all.push_back(node);
  const QList<QPointF> before = scene.path(3);
  const QPointF by(-640, 328);
  scene.moveNodes(all, by);
  QList<QPointF> moved;
  for (const QPointF& corner : before) moved.append(corner + by);
  QCOMPARE(scene.path(3), moved);
  QCOMPARE(scene.nodeAt(scene.symbol(2).center()), 2);
  CircuitScene anew({.circuit = scene.circuit(), .layout = scene.layout()});
  for (int wire = 0; wire < scene.graph().wireCount(); ++wire) QCOMPARE(anew.path(wire), scene.path(wire));
}

void CircuitDocumentTest::partsAreToldInWords() {
  CircuitScene scene(exampleOf("synapse"));
  CircuitPlayer player;
  player.setCircuit(scene.circuit());
  scene.setValues(player.values());
  const int s = scene.graph().node("s");
  QCOMPARE(nodeText(scene, s),
           QStringLiteral("synapse s, α 1, β 0.5, excitatory from x, inhibitory from y, value 0.56"));
  QCOMPARE(nodeText(scene, 0), QStringLiteral("input x, value 0.7"));
  QCOMPARE(wireText(scene, 1), QStringLiteral("inhibitory input of s, wire from y"));
  QCOMPARE(valueText(1.215, 1.215), QStringLiteral("1.215 > 1"));
  QCOMPARE(valueText(1, 1.215), QStringLiteral("1 (clamped)"));
}

}  // namespace synann::ui

SYNANN_TEST(synann::ui::CircuitDocumentTest)
#include "circuit_document_test.moc"
