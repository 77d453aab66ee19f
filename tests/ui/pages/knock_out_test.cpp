// SPDX-License-Identifier: GPL-3.0-or-later
// The lab on the Synapses page: cells of β are set to other values, and the network is measured anew.
#include "ui/pages/synapses/knock_out.h"

#include <algorithm>

#include <QComboBox>
#include <QLabel>
#include <QSignalSpy>
#include <QSlider>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>

#include "engine/infer/asker.h"
#include "engine/train/history.h"
#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/plots/bars_figure.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/heat_view.h"
#include "ui/plots/rank_figure.h"
#include "ui/session/words.h"

namespace synann::ui {

namespace {

// The small digits under any name.
Result<data::DataPairPtr> openNamedDigits(const std::string& spec) {
  auto pair = std::make_shared<data::DataPair>(*testing::smallDigits());
  pair->spec = spec;
  return data::DataPairPtr(std::move(pair));
}

struct LabBench : testing::WindowBench {
  explicit LabBench(const std::string& data = "digits") : WindowBench("syna-cnn", 2) {
    window->controller().setDataOpener(openNamedDigits);
    settings.data = data;
    train();
    window->showPage(&page());
    look("knock-out");
    settle("knock-out");
  }
  SynapsesPage& page() const { return *window->page<SynapsesPage>(); }
  KnockOut& lab() const { return page().knockOut(); }
  FigureView& figure(const char* name) const {
    return *find<FigureView>(QStringLiteral("synapses.") + QLatin1String(name));
  }
  void look(const char* name) const {
    auto* const tabs = find<QTabWidget>("synapses.figures");
    for (int k = 0; k < tabs->count(); ++k)
      if (tabs->widget(k)->isAncestorOf(&figure(name))) tabs->setCurrentIndex(k);
  }
  void settle(const char* name) const {
    [&] { QTRY_VERIFY_WITH_TIMEOUT(figure(name).figure() != nullptr && !lab().busy(), testing::kWait); }();
  }
  QString title() const { return figure("knock-out").figure()->title(); }
  // The score of the network that the page shows, with these changes, evaluated as a whole.
  infer::Score evaluated() const {
    const auto& frame = *page().frame();
    infer::Network network{frame.model, frame.network};
    const auto layer = infer::layer_named(*network.model, frame.layer.name);
    if (!lab().changes().empty()) network = *infer::with_beta(network, *layer, lab().changes());
    infer::Asker asker;
    return infer::score(*asker.predict(network, *infer::set_of(page().source().data()), {}, {}));
  }
};

}  // namespace

class KnockOutTest : public QObject {
  Q_OBJECT

 private slots:
  void aRowIsKnockedOutAndRestored();
  void whatIsMeasuredIsTheChangedNetwork();
  void theStrongestAndAValue();
  void everyCellIsRanked();
  void theChangedNetworkIsSaved();
  void aBlockIsSet();
  void aDragIsOneStepOfUndo();
  void aDragKeepsToWhatTheLayerCanHave();
  void aRunBeginsFromTheChangedNetwork_data();
  void aRunBeginsFromTheChangedNetwork();
  void itGoesOnWithTheDataAtHand();
  void itsFiguresAreExportedAndOpened_data();
  void itsFiguresAreExportedAndOpened();
};

void KnockOutTest::aRowIsKnockedOutAndRestored() {
  const LabBench b;
  QVERIFY(b.title().startsWith("0 cells"));
  b.page().source().selection().setCell({5, 7});
  b.find<QComboBox>("synapses.knock-what")->setCurrentIndex(1);
  b.find<QToolButton>("synapses.knock-set")->click();
  QCOMPARE(b.lab().changes().size(), std::size_t{64});
  for (const infer::CellValue& one : b.lab().changes()) {
    QCOMPARE(one.cell.row, 5);
    QCOMPARE(one.beta, 0.0F);
  }
  QTRY_VERIFY_WITH_TIMEOUT(b.title().startsWith("64 cells") && !b.lab().busy(), testing::kWait);
  // Another cell beside it, then all of it back by the keys.
  b.lab().set(KnockOut::What::Column, 1, 0.5);
  QCOMPARE(b.lab().changes().size(), std::size_t{127});  // one cell is in both
  b.page().setFocus();
  QTest::keyClick(&b.page(), Qt::Key_Z, Qt::ControlModifier);
  QCOMPARE(b.lab().changes().size(), std::size_t{64});
  QTest::keyClick(&b.page(), Qt::Key_Z, Qt::ControlModifier);
  QVERIFY(b.lab().changes().empty());
  QTRY_VERIFY_WITH_TIMEOUT(b.title().startsWith("0 cells"), testing::kWait);
  QTest::keyClick(&b.page(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  QCOMPARE(b.lab().changes().size(), std::size_t{64});
  b.find<QToolButton>("synapses.knock-restore")->click();
  QVERIFY(b.lab().changes().empty());
  b.lab().undoStack().undo();
  QCOMPARE(b.lab().changes().size(), std::size_t{64});
}

void KnockOutTest::whatIsMeasuredIsTheChangedNetwork() {
  const LabBench b;
  const auto right = [&](int column) {
    double sum = 0;
    const auto figure = b.figure("knock-out").figure();
    const auto& test = b.page().source().data()->test;
    for (int label = 0; label < 10; ++label)
      sum += figure->cell(label, column).toDouble() / 100 *
             static_cast<double>(std::count(test.labels.begin(), test.labels.end(), label));
    return std::lround(sum);
  };
  QCOMPARE(right(1), b.evaluated().correct);
  QCOMPARE(right(2), b.evaluated().correct);
  b.page().source().selection().setCell({3, 9});
  b.lab().set(KnockOut::What::Row, 1, 0.9);
  QTRY_VERIFY_WITH_TIMEOUT(b.title().startsWith("64 cells") && !b.lab().busy(), testing::kWait);
  QCOMPARE(right(2), b.evaluated().correct);
  // The images that changed class, each with what it was and is; a click chooses one.
  b.look("switched");
  QTRY_VERIFY_WITH_TIMEOUT(!b.lab().busy(), testing::kWait);
  if (const auto switched = b.figure("switched").figure()) {
    QVERIFY(switched->pointText(0).startsWith("test image "));
    emit b.figure("switched").pointChosen(0);
    QVERIFY(switched->pointText(0).startsWith(
        QString("test image %1:").arg(b.page().source().selection().image())));
  } else {
    QVERIFY(b.figure("switched").placeholder().contains("no test image"));
  }
}

void KnockOutTest::theStrongestAndAValue() {
  const LabBench b;
  b.lab().set(KnockOut::What::Strongest, 12, 0.25);
  QCOMPARE(b.lab().changes().size(), std::size_t{12});
  const auto& frame = *b.page().frame();
  float least = 1e9F;
  std::vector<bool> changed(64 * 64);
  for (const infer::CellValue& one : b.lab().changes()) {
    const auto k = static_cast<std::size_t>(one.cell.row * 64 + one.cell.column);
    changed[k] = true;
    least = std::min(least, std::abs(frame.parameters.beta[k]));
  }
  for (std::size_t k = 0; k < changed.size(); ++k)
    QVERIFY(changed[k] || std::abs(frame.parameters.beta[k]) <= least);
  // A figure that was exported brings its changes back.
  const QJsonObject view = b.page().view();
  b.lab().restore({});
  QVERIFY(b.page().restoreView(view));
  QCOMPARE(b.lab().changes().size(), std::size_t{12});
}

void KnockOutTest::everyCellIsRanked() {
  const LabBench b;
  b.look("effects");
  b.settle("effects");
  const auto ranks = std::dynamic_pointer_cast<const RankFigure>(b.figure("effects").figure());
  QVERIFY(ranks && ranks->pointCount() > 1);
  for (int k = 1; k < ranks->pointCount(); ++k)
    QVERIFY(std::abs(ranks->cells()[std::size_t(k - 1)].value) >=
            std::abs(ranks->cells()[std::size_t(k)].value) - 1e-6);
  emit b.figure("effects").pointChosen(1);
  const synapse::Cell cell = b.page().source().selection().cell();
  QCOMPARE(cell.i, ranks->cells()[1].row);
  QCOMPARE(cell.j, ranks->cells()[1].column);
  // What is said of it is what an evaluation without it says.
  b.look("knock-out");
  const double before = b.evaluated().loss();
  b.lab().set(KnockOut::What::Cell, 1, 0);
  QVERIFY(std::abs(b.evaluated().loss() - before - ranks->cells()[1].value) < 1e-9);
}

void KnockOutTest::theChangedNetworkIsSaved() {
  const LabBench b;
  b.page().source().selection().setCell({5, 7});
  b.lab().set(KnockOut::What::Row, 1, 0);
  const QString path = b.home.filePath("out/knocked.safetensors");
  QVERIFY(!b.lab().save(path));  // no such folder: said, not lost
  const QString good = b.home.filePath("knocked.safetensors");
  const Status saved = b.lab().save(good);
  QVERIFY2(saved.ok(), saved ? "" : saved.error().sentence().c_str());
  const auto opened = infer::open_network(good.toStdString());
  QVERIFY(opened.ok());
  const auto layer = infer::layer_named(*opened->network.model, {});
  const std::vector<float> beta = infer::beta_of(opened->network, *layer);
  for (int j = 0; j < 64; ++j) QCOMPARE(beta[std::size_t(5 * 64 + j)], 0.0F);
  infer::Asker asker;
  QCOMPARE(
      infer::score(*asker.predict(opened->network, *infer::set_of(b.page().source().data()), {}, {})).correct,
      b.evaluated().correct);
}

void KnockOutTest::aBlockIsSet() {
  const LabBench b;
  HeatView& heat = *b.page().heatView();
  b.lab().set(KnockOut::What::Block, 1, 0);  // there is none: said, nothing is changed
  QVERIFY(b.lab().changes().empty());
  heat.setFocus();
  b.page().source().selection().setCell({5, 7});
  QTest::keyClick(&heat, Qt::Key_Right, Qt::ShiftModifier);
  QTest::keyClick(&heat, Qt::Key_Down, Qt::ShiftModifier);
  QTest::keyClick(&heat, Qt::Key_Down, Qt::ShiftModifier);
  QCOMPARE(b.find<QComboBox>("synapses.knock-what")->currentText(), "block");
  QVERIFY(b.find<QLabel>("synapses.knock-words")->text().contains("block of 6 cells"));
  b.find<QToolButton>("synapses.knock-set")->click();
  QCOMPARE(b.lab().changes().size(), std::size_t{6});
  for (const infer::CellValue& one : b.lab().changes())
    QVERIFY(one.cell.row >= 5 && one.cell.row <= 7 && one.cell.column >= 7 && one.cell.column <= 8);
  // The matrix is the run's; what the lab changed has a mark, and the read-out says to what.
  QCOMPARE(heat.marks().size(), std::size_t{6});
  QVERIFY(std::ranges::count(heat.marks(), QPoint(8, 7)) == 1);
  QVERIFY(b.find<QLabel>("synapses.cell")->text().endsWith("set to 0"));
  b.lab().undoStack().undo();
  QVERIFY(heat.marks().empty() && !b.find<QLabel>("synapses.cell")->text().contains("set to"));
  // Without the block it is the cell again.
  QTest::keyClick(&heat, Qt::Key_Escape);
  QCOMPARE(b.find<QComboBox>("synapses.knock-what")->currentText(), "cell");
  QVERIFY(!b.find<QLabel>("synapses.knock-words")->text().contains("block"));
  // What would be set is said for rows and the strongest too.
  auto* const what = b.find<QComboBox>("synapses.knock-what");
  what->setCurrentIndex(static_cast<int>(KnockOut::What::Row));
  QVERIFY(b.find<QLabel>("synapses.knock-words")->text().endsWith("selected: row of unit 7"));
  what->setCurrentIndex(static_cast<int>(KnockOut::What::Strongest));
  b.find<QSpinBox>("synapses.knock-count")->setValue(12);
  QVERIFY(b.find<QLabel>("synapses.knock-words")->text().endsWith("selected: the 12 strongest cells"));
}

void KnockOutTest::aDragIsOneStepOfUndo() {
  const LabBench b;
  b.page().source().selection().setCell({5, 7});
  b.find<QComboBox>("synapses.knock-what")->setCurrentIndex(static_cast<int>(KnockOut::What::Row));
  auto* const slider = b.find<QSlider>("synapses.knock-value-slider");
  slider->setSliderDown(true);
  for (int step = 101; step <= 150; ++step) {
    slider->setSliderPosition(step);
    QCoreApplication::processEvents();
  }
  slider->setSliderDown(false);
  QCOMPARE(b.lab().changes().size(), std::size_t{64});
  QCOMPARE(b.lab().changes().front().beta, 0.5F);
  QCOMPARE(b.lab().undoStack().count(), 1);
  // What is measured is what the drag ended at.
  QTRY_VERIFY_WITH_TIMEOUT(b.title().startsWith("64 cells") && !b.lab().busy(), testing::kWait);
  const QString loss = numberText(b.evaluated().loss(), 4);
  QTRY_VERIFY_WITH_TIMEOUT(
      dynamic_cast<const BarsFigure&>(*b.figure("knock-out").figure()).content().note.contains(loss),
      testing::kWait);
  // Another drag is another step; so are other cells.
  slider->setSliderDown(true);
  slider->setSliderPosition(20);
  slider->setSliderPosition(10);
  slider->setSliderDown(false);
  QCOMPARE(b.lab().undoStack().count(), 2);
  b.page().source().selection().setCell({6, 7});
  slider->setFocus();
  QTest::keyClick(slider, Qt::Key_Right);
  QTest::keyClick(slider, Qt::Key_Right);
  QCOMPARE(b.lab().undoStack().count(), 3);
  QCOMPARE(b.lab().changes().size(), std::size_t{128});
  b.lab().undoStack().undo();
  b.lab().undoStack().undo();
  QCOMPARE(b.lab().changes().front().beta, 0.5F);
  b.lab().undoStack().undo();
  QVERIFY(b.lab().changes().empty());
  b.lab().undoStack().redo();
  QCOMPARE(b.lab().changes().front().beta, 0.5F);
}

void KnockOutTest::aDragKeepsToWhatTheLayerCanHave() {
  LabBench b;
  b.settings.beta = "sigmoid";
  b.train();
  QTRY_COMPARE_WITH_TIMEOUT(b.page().frame()->run.settings.beta, std::string("sigmoid"), testing::kWait);
  b.settle("knock-out");
  auto* const slider = b.find<QSlider>("synapses.knock-value-slider");
  QSignalSpy failed(&b.lab(), &KnockOut::failed);
  slider->setSliderPosition(slider->maximum());
  slider->setSliderPosition(slider->minimum());
  QVERIFY(failed.isEmpty());
  QCOMPARE(b.lab().changes().size(), std::size_t{1});
  QCOMPARE(b.lab().changes().front().beta, 0.0F);
}

void KnockOutTest::aRunBeginsFromTheChangedNetwork_data() {
  QTest::addColumn<bool>("frozen");
  QTest::newRow("changed cells frozen") << true;
  QTest::newRow("all cells trained") << false;
}

void KnockOutTest::aRunBeginsFromTheChangedNetwork() {
  QFETCH(bool, frozen);
  const LabBench b;
  auto* const button = b.find<QToolButton>("synapses.knock-train");
  QVERIFY(!button->isEnabled());
  b.page().source().selection().setCell({5, 7});
  b.lab().set(KnockOut::What::Row, 1, 0.25);
  QVERIFY(button->isEnabled());
  const infer::Network changed =
      *infer::with_beta({b.page().frame()->model, b.page().frame()->network},
                        *infer::layer_named(*b.page().frame()->model, {}), b.lab().changes());
  const std::filesystem::path before = b.run();
  QSignalSpy began(&b.window->controller(), &TrainingController::runBegan);
  QSignalSpy idle(&b.window->controller(), &TrainingController::idle);
  b.find<QAction>(frozen ? "synapses.knock-train-frozen" : "synapses.knock-train-all")->trigger();
  QTRY_COMPARE_WITH_TIMEOUT(idle.size(), 1, testing::kWait);
  QCOMPARE(began.size(), 1);
  QVERIFY(b.run() != before);
  QVERIFY(b.lab().changes().empty());  // they are in the run
  const auto start = train::read_checkpoint(b.run() / kStartCheckpoint);
  QVERIFY(start.ok() && start->checkpoint.state.values == *changed.values);
  const auto last = train::read_checkpoint(b.run() / train::kLastCheckpoint);
  QVERIFY(last.ok());
  QCOMPARE(last->checkpoint.settings.frozen, std::string(frozen ? "row 5" : ""));
  QCOMPARE(last->checkpoint.position.epoch, b.page().frame()->run.settings.epochs + 1);
  const auto weight = last->model->parameters.find("fcn.weight")->offset;
  int moved = 0, others = 0;
  for (std::size_t k = 0; k < 64 * 64; ++k) {
    const bool same = last->checkpoint.state.values[weight + k] == (*changed.values)[weight + k];
    (k / 64 == 5 ? moved : others) += same ? 0 : 1;
  }
  QCOMPARE(moved, frozen ? 0 : 64);
  QVERIFY(others > 63 * 64 - 10);
  // Train on with the run that it is now: its cells stay frozen.
  QCOMPARE(b.window->workspace().plan().settings().frozen, std::string(frozen ? "row 5" : ""));
}

// Not with the built-in digits, which a record's settings name.
void KnockOutTest::itGoesOnWithTheDataAtHand() {
  const LabBench b("other");
  b.lab().set(KnockOut::What::Row, 1, 0);
  const std::filesystem::path before = b.run();
  QSignalSpy idle(&b.window->controller(), &TrainingController::idle);
  b.find<QAction>("synapses.knock-train-all")->trigger();
  QTRY_COMPARE_WITH_TIMEOUT(idle.size(), 1, testing::kWait);
  QVERIFY(b.run() != before);
  const auto history = train::read_history(b.run());
  QVERIFY(history.ok());
  QCOMPARE(history->start.settings.data, std::string("other"));
}

void KnockOutTest::itsFiguresAreExportedAndOpened_data() {
  QTest::addColumn<QString>("figure");
  for (const char* name : {"knock-out", "effects"}) QTest::newRow(name) << name;
}

// As any other figure: saved, and opened as it stood.
void KnockOutTest::itsFiguresAreExportedAndOpened() {
  QFETCH(QString, figure);
  const LabBench b;
  b.page().source().selection().setCell({5, 7});
  b.lab().set(KnockOut::What::Row, 1, 0.25);
  const QByteArray name = figure.toLatin1();
  b.look(name.constData());
  b.figure(name.constData()).setFocus();
  b.settle(name.constData());
  QVERIFY(b.page().canExport());
  QCOMPARE(b.page().figureName(), figure);
  const QString file = b.home.filePath(figure + ".png");
  QVERIFY(b.window->exportFigure(file));
  b.lab().restore({});
  b.look("histogram");
  QVERIFY(b.window->openFigure(file));
  QCOMPARE(b.lab().changes().size(), std::size_t{64});
  QVERIFY(b.figure(name.constData()).isVisible());
  QCOMPARE(b.page().figureName(), figure);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::KnockOutTest)
#include "knock_out_test.moc"
