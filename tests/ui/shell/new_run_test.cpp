// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QSlider>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/surface/surface_page.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/pages/train/train_page.h"
#include "ui/plots/crosshair.h"
#include "ui/plots/heat_view.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/loss_view.h"
#include "ui/plots/surface_view.h"
#include "ui/shell/time_line.h"

namespace synann::ui {

namespace {

using testing::kWait;

struct NewRunBench : testing::WindowBench {
  using WindowBench::WindowBench;

  LossChart* loss() const { return window->page<TrainPage>()->chart(); }
  Selection& selection() const { return window->page<SynapsesPage>()->source().selection(); }
  void restart() {
    window->controller().restart(settings);
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!window->controller().busy(), kWait); }();
  }
  void settle() const {
    SynapseSource& source = window->page<SynapsesPage>()->source();
    [&] { QTRY_VERIFY_WITH_TIMEOUT(source.frame() && !source.busy(), kWait); }();
  }
};

}  // namespace

// Another run takes the place of the one that is shown: what was picked of that one is no longer there.
class NewRunTest : public QObject {
  Q_OBJECT

 private slots:
  void aRestartForgetsThePointUnderThePointer();
  void aRestartOnAnotherPageForgetsItToo();
  void theTimeGoesLive();
  void aSmallerLayerHasItsOwnCells();
};

void NewRunTest::aRestartForgetsThePointUnderThePointer() {
  NewRunBench b;
  b.train();
  const LossCurve& curve = b.window->page<TrainPage>()->curve();
  QCOMPARE(curve.losses().size(), 40u);
  b.loss()->zoomTo({0, 600, 0, 5});
  b.loss()->setCurrentPoint(CurvePoint{CurveSeries::Train, 20});
  QVERIFY(b.loss()->view()->crosshair()->isVisible());
  b.settings.epochs = 1;  // and it is shorter
  b.restart();
  QCOMPARE(curve.losses().size(), 20u);
  QVERIFY(b.loss()->follow());
  QVERIFY(!b.loss()->currentPoint() && !b.loss()->view()->crosshair()->isVisible());
}

void NewRunTest::aRestartOnAnotherPageForgetsItToo() {
  NewRunBench b;
  b.train();
  b.loss()->zoomTo({0, 600, 0, 5});
  b.loss()->setCurrentPoint(CurvePoint{CurveSeries::Test, 2});
  b.window->showPage(b.window->page<SynapsesPage>());
  b.settings.epochs = 1;
  b.restart();
  QVERIFY(b.loss()->currentPointText().isEmpty());
  b.window->showPage(b.window->page<TrainPage>());
  QCoreApplication::processEvents();
  QVERIFY(!b.loss()->currentPoint() && !b.loss()->view()->crosshair()->isVisible());
}

void NewRunTest::theTimeGoesLive() {
  NewRunBench b;
  b.train();
  b.window->showPage(b.window->page<SynapsesPage>());
  b.settle();
  auto* slider = b.find<QSlider>("time.slider");
  QTRY_COMPARE(slider->maximum(), 40);
  slider->setValue(35);
  b.find<QToolButton>("time.play")->click();
  QVERIFY(b.window->timeLine()->playing());
  b.settings.epochs = 1;
  b.restart();
  QVERIFY(!b.window->timeLine()->playing());
  QVERIFY(b.selection().live());
  b.settle();
  QTRY_COMPARE(slider->maximum(), 20);
  QTRY_COMPARE(b.window->page<SynapsesPage>()->frame()->at.steps, std::int64_t{20});
}

void NewRunTest::aSmallerLayerHasItsOwnCells() {
  NewRunBench b("syna-pixel", 1);
  b.train();
  b.window->showPage(b.window->page<SynapsesPage>());
  b.settle();
  HeatView* const heat = b.window->page<SynapsesPage>()->heatView();
  const int large = b.window->page<SynapsesPage>()->frame()->n();
  b.selection().setCell({large - 1, large - 2});
  heat->zoom(8);
  b.settings.model = "syna-cnn";
  b.train();
  b.settle();
  const auto smaller = [&] {
    const auto& frame = b.window->page<SynapsesPage>()->frame();
    return frame && frame->n() < large;
  };
  QTRY_VERIFY_WITH_TIMEOUT(smaller(), kWait);
  const int last = b.window->page<SynapsesPage>()->frame()->n() - 1;
  QCOMPARE(heat->row(), last);
  QCOMPARE(heat->column(), last);
  QVERIFY(b.find<QLabel>("synapses.cell")->text().startsWith(QStringLiteral("i %1   j %1 ").arg(last)));
  QTest::keyClick(heat, Qt::Key_Left);
  QCOMPARE(heat->column(), last - 1);
  b.window->showPage(b.window->page<SurfacePage>());
  b.settle();
  QTRY_VERIFY_WITH_TIMEOUT(b.window->page<SurfacePage>()->frame() != nullptr, kWait);
  QCOMPARE(b.window->page<SurfacePage>()->scene().cell.i, last);
  QVERIFY(b.window->page<SurfacePage>()->surfaceView()->figure() != nullptr);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::NewRunTest)
#include "new_run_test.moc"
