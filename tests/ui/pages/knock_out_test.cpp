// SPDX-License-Identifier: GPL-3.0-or-later
// The lab on the Synapses page: cells of β are set to other values, and the network is measured anew.
#include "ui/pages/synapses/knock_out.h"

#include <QComboBox>
#include <QLabel>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>

#include "engine/infer/asker.h"
#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/rank_figure.h"

namespace synann::ui {

namespace {

struct LabBench : testing::WindowBench {
  LabBench() : WindowBench("syna-cnn", 2) {
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

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::KnockOutTest)
#include "knock_out_test.moc"
