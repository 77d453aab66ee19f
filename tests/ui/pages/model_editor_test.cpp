// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/network/model_editor.h"

#include <memory>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeWidget>

#include "engine/model/model_file.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"

namespace synann::ui {

namespace {

using model::LayerKind;

// The editor alone, on the network that Train would begin with.
struct EditorBench {
  explicit EditorBench(const char* model = "syna-pixel") {
    testing::prepare(workspace.controller(), home);
    workspace.plan().setModel(QString(model));
    editor = std::make_unique<ModelEditor>(workspace);
    editor->resize(340, 500);
    editor->show();
  }
  template <class Widget>
  Widget* find(const char* name) {
    const auto all = editor->findChildren<Widget*>(QString("network.edit.") + name);
    return all.isEmpty() ? nullptr : all.last();
  }
  void press(const char* name) { find<QPushButton>(name)->click(); }
  void add(LayerKind kind, int behind) {
    editor->chooseLayer(behind);
    auto* kinds = find<QComboBox>("kind");
    kinds->setCurrentIndex(kinds->findData(static_cast<int>(kind)));
    press("add");
  }
  void type(const char* key, const char* text) {
    auto* line = find<QLineEdit>(qPrintable(QString("key.") + key));
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, text);
    QTest::keyClick(line, Qt::Key_Return);
    QCoreApplication::sendPostedEvents(editor.get(), QEvent::MetaCall);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  }
  QString words() { return find<QLabel>("words")->text(); }
  QString row(int k) {
    auto* list = find<QTreeWidget>("layers");
    return list->topLevelItem(k)->text(0).trimmed() + " | " + list->topLevelItem(k)->text(1);
  }
  const train::Settings& plan() { return workspace.plan().settings(); }

  QTemporaryDir home;
  Workspace workspace;
  std::unique_ptr<ModelEditor> editor;
};

}  // namespace

// The layers of a network, changed by hand.
class ModelEditorTest : public QObject {
  Q_OBJECT
 private slots:
  void itBeginsWithThePlansNetwork();
  void whatCanBeBuiltIsThePlansAtOnce();
  void whatCannotIsExplainedAndThePlanStays();
  void stepsGoBackAndForth();
  void layersMoveIntoBlocksAndOut();
  void aValueThatCannotBeTakenChangesNothing();
  void everyKindCanBeAdded();
  void theKeyboardIsEnough();
};

void ModelEditorTest::itBeginsWithThePlansNetwork() {
  EditorBench bench;
  QCOMPARE(bench.row(0), QString("avg_pool2d | 1 × 14 × 14"));
  QCOMPARE(bench.row(1), QString("synapse  fcn | 1 × 14 × 14"));
  QVERIFY(!bench.plan().own);
  bench.workspace.plan().setModel(QStringLiteral("syna-mlp"));
  QCOMPARE(bench.row(0), QString("linear  fc1 | 300"));
}

void ModelEditorTest::whatCanBeBuiltIsThePlansAtOnce() {
  EditorBench bench;
  const double rate = bench.plan().learning_rate;
  bench.add(LayerKind::Linear, 0);
  QVERIFY(bench.plan().own);
  // Not under the name of the network that it was.
  QCOMPARE(bench.plan().model, std::string("syna-pixel-edited"));
  QCOMPARE(bench.plan().learning_rate, rate);
  QCOMPARE(bench.row(1), QString("linear  fc1 | 64"));
  QCOMPARE(bench.row(2), QString("synapse  fcn | 64"));
  bench.type("out", "32");
  QCOMPARE(bench.row(2), QString("synapse  fcn | 32"));
  QCOMPARE(bench.plan().own.definition->layers[1].out, 32);
  QVERIFY2(bench.words().contains("trained parameters"), qPrintable(bench.words()));
}

void ModelEditorTest::whatCannotIsExplainedAndThePlanStays() {
  EditorBench bench;
  bench.add(LayerKind::Linear, 0);
  const train::Settings before = bench.plan();
  bench.add(LayerKind::MaxPool2d, 1);  // of one pixel
  QVERIFY2(bench.words().contains("layer 3 (max_pool2d) sees 64"), qPrintable(bench.words()));
  QVERIFY(bench.row(0).endsWith("1 × 14 × 14"));
  QVERIFY(bench.plan() == before);
  bench.press("remove");
  QVERIFY(bench.words().contains("trained parameters"));
}

void ModelEditorTest::stepsGoBackAndForth() {
  EditorBench bench;
  const model::Definition begun = bench.editor->document().definition();
  bench.add(LayerKind::Relu, 0);
  bench.add(LayerKind::Tanh, 1);
  const model::Definition ended = bench.editor->document().definition();
  while (bench.editor->document().canUndo()) bench.press("undo");
  QVERIFY(bench.editor->document().definition().layers == begun.layers);
  while (bench.editor->document().canRedo()) bench.press("redo");
  QVERIFY(bench.editor->document().definition() == ended);
  bench.press("undo");
  bench.add(LayerKind::Sigmoid, 0);
  QVERIFY(!bench.editor->document().canRedo());
}

void ModelEditorTest::layersMoveIntoBlocksAndOut() {
  EditorBench bench;
  bench.add(LayerKind::Relu, 0);
  bench.add(LayerKind::Tanh, 1);
  bench.editor->chooseLayer(1);
  auto* kinds = bench.find<QComboBox>("kind");
  kinds->setCurrentIndex(kinds->count() - 1);
  bench.press("add");  // a block around the ReLU
  QCOMPARE(bench.row(1), QString("residual | 1 × 14 × 14"));
  QCOMPARE(bench.row(3), QString("end of residual | 1 × 14 × 14"));
  bench.editor->chooseLayer(4);
  bench.press("up");  // the hyperbolic tangent goes in
  QCOMPARE(bench.row(3), QString("tanh | 1 × 14 × 14"));
  QCOMPARE(bench.row(4), QString("end of residual | 1 × 14 × 14"));
  bench.editor->chooseLayer(1);
  bench.press("remove");  // the block alone
  QCOMPARE(bench.row(1), QString("relu | 1 × 14 × 14"));
  QCOMPARE(bench.row(2), QString("tanh | 1 × 14 × 14"));
}

void ModelEditorTest::aValueThatCannotBeTakenChangesNothing() {
  EditorBench bench;
  bench.add(LayerKind::Linear, 0);
  const model::Definition before = bench.editor->document().definition();
  bench.type("out", "-3");
  QCOMPARE(bench.words(),
           QString("out: cannot be taken: expected a whole number from 1 to 1048576, or \"classes\", "
                   "found \"-3\"."));
  QVERIFY(bench.editor->document().definition() == before);
  bench.type("name", "fcn");  // the synapse layer's
  QVERIFY2(bench.words().contains("has the name \"fcn\", which an earlier layer has"),
           qPrintable(bench.words()));
}

void ModelEditorTest::everyKindCanBeAdded() {
  EditorBench bench;
  auto* kinds = bench.find<QComboBox>("kind");
  QCOMPARE(kinds->count(), 19);
  for (int k = 0; k < kinds->count(); ++k) {
    bench.editor->chooseLayer(0);
    kinds->setCurrentIndex(k);
    bench.press("add");
    QVERIFY2(model::parse_model_file(model::model_file_text(bench.editor->document().definition()), "f").ok(),
             qPrintable(kinds->currentText()));
  }
}

void ModelEditorTest::theKeyboardIsEnough() {
  EditorBench bench;
  auto* list = bench.find<QTreeWidget>("layers");
  bench.editor->activateWindow();
  QVERIFY(QTest::qWaitForWindowActive(bench.editor.get()));
  list->setFocus();
  bench.add(LayerKind::Relu, 0);
  list->setFocus();
  QTest::keyClick(list, Qt::Key_Up, Qt::AltModifier);
  QCOMPARE(bench.row(0), QString("relu | 1 × 28 × 28"));
  QTest::keyClick(list, Qt::Key_Z, Qt::ControlModifier);
  QCOMPARE(bench.row(1), QString("relu | 1 × 14 × 14"));
  bench.editor->chooseLayer(1);
  QTest::keyClick(list, Qt::Key_Delete);
  QCOMPARE(bench.row(1), QString("synapse  fcn | 1 × 14 × 14"));
  for (const char* name : {"layers", "kind", "id", "words"})
    QVERIFY2(!bench.find<QWidget>(name)->accessibleName().isEmpty(), name);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::ModelEditorTest)
#include "model_editor_test.moc"
