// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QSlider>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/surface_page.h"
#include "ui/pages/synapses_page.h"
#include "ui/pages/time_line.h"
#include "ui/pages/train_page.h"
#include "ui/plots/crosshair.h"
#include "ui/plots/heat_view.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/loss_view.h"
#include "ui/plots/surface_view.h"

namespace synann::ui {

namespace {

using testing::kWait;

struct NewRunBench : testing::WindowBench {
  using WindowBench::WindowBench;

  LossView* loss() const { return window->trainPage()->chart()->view(); }
  Selection& selection() const { return window->synapsesPage()->source().selection(); }
  void restart() {
    window->controller().restart(settings);
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!window->controller().busy(), kWait); }();
  }
  void settle() const {
    SynapseSource& source = window->synapsesPage()->source();
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
  const LossCurve& curve = b.window->trainPage()->curve();
  QCOMPARE(curve.losses().size(), 40u);
  b.loss()->zoomTo({0, 600, 0, 5});
  b.loss()->setCurrentPoint(CurvePoint{CurveSeries::Train, 20});
  QVERIFY(b.loss()->crosshair()->isVisible());
  b.settings.epochs = 1;  // and it is shorter
  b.restart();
  QCOMPARE(curve.losses().size(), 20u);
  QVERIFY(b.loss()->state().follow());
  QVERIFY(!b.loss()->currentPoint() && !b.loss()->crosshair()->isVisible());
}

void NewRunTest::aRestartOnAnotherPageForgetsItToo() {
  NewRunBench b;
  b.train();
  b.loss()->zoomTo({0, 600, 0, 5});
  b.loss()->setCurrentPoint(CurvePoint{CurveSeries::Test, 2});
  b.window->showPage(b.window->synapsesPage());
  b.settings.epochs = 1;
  b.restart();
  QVERIFY(b.loss()->currentPointText().isEmpty());
  b.window->showPage(b.window->trainPage());
  QCoreApplication::processEvents();
  QVERIFY(!b.loss()->currentPoint() && !b.loss()->crosshair()->isVisible());
}

void NewRunTest::theTimeGoesLive() {
  NewRunBench b;
  b.train();
  b.window->showPage(b.window->synapsesPage());
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
  QTRY_COMPARE(b.window->synapsesPage()->frame()->place.steps, std::int64_t{20});
}

void NewRunTest::aSmallerLayerHasItsOwnCells() {
  NewRunBench b("syna-pixel", 1);
  b.train();
  b.window->showPage(b.window->synapsesPage());
  b.settle();
  HeatView* const heat = b.window->synapsesPage()->heatView();
  const int large = b.window->synapsesPage()->frame()->n();
  b.selection().setCell(large - 1, large - 2);
  heat->zoom(8);
  b.settings.model = "syna-cnn";
  b.train();
  b.settle();
  const auto smaller = [&] {
    const auto& frame = b.window->synapsesPage()->frame();
    return frame && frame->n() < large;
  };
  QTRY_VERIFY_WITH_TIMEOUT(smaller(), kWait);
  const int last = b.window->synapsesPage()->frame()->n() - 1;
  QCOMPARE(heat->row(), last);
  QCOMPARE(heat->column(), last);
  QVERIFY(b.find<QLabel>("synapses.cell")->text().startsWith(QStringLiteral("i %1   j %1 ").arg(last)));
  QTest::keyClick(heat, Qt::Key_Left);
  QCOMPARE(heat->column(), last - 1);
  b.window->showPage(b.window->surfacePage());
  b.settle();
  QTRY_VERIFY_WITH_TIMEOUT(b.window->surfacePage()->frame() != nullptr, kWait);
  QCOMPARE(b.window->surfacePage()->scene().unit, last);
  QVERIFY(b.window->surfacePage()->surfaceView()->figure() != nullptr);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::NewRunTest)
#include "new_run_test.moc"
