// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_chart.h"

#include <cmath>
#include <limits>
#include <vector>

#include <QAccessible>
#include <QApplication>
#include <QCategoryAxis>
#include <QLegend>
#include <QLegendMarker>
#include <QLineSeries>
#include <QPalette>
#include <QScatterSeries>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "sample_curve.h"
#include "tests/test_main.h"
#include "ui/plots/crosshair.h"
#include "ui/plots/loss_chart_item.h"
#include "ui/plots/loss_view.h"

using namespace synann;
using namespace synann::ui;

namespace {

QPalette darkPalette() {
  QPalette palette(QColor(45, 46, 50));
  palette.setColor(QPalette::Base, QColor(30, 31, 34));
  palette.setColor(QPalette::Text, QColor(222, 222, 222));
  return palette;
}

// A shown chart of a sample run.
struct ShownChart {
  std::shared_ptr<LossCurve> curve;
  LossChart chart;

  explicit ShownChart(std::shared_ptr<LossCurve> data = test::sampleCurve(3, 100)) : curve(std::move(data)) {
    chart.setCurve(curve);
    chart.resize(800, 480);
    chart.show();
    QCoreApplication::processEvents();
  }
  LossView* view() const { return chart.view(); }
  const LossChartItem* figure() const { return chart.view()->figure(); }
  QPoint pixel(double examples, double loss) const {
    return view()->mapFromScene(figure()->mapToScene(figure()->toPixel(examples, loss)));
  }
  void wheel(QPoint at, int turn, Qt::KeyboardModifiers held = Qt::NoModifier) {
    QWheelEvent event(at, chart.mapToGlobal(at), {}, {0, turn}, Qt::NoButton, held, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&chart, &event);
  }
  void drag(QPoint from, QPoint to, Qt::MouseButton button, Qt::KeyboardModifiers held = Qt::NoModifier) {
    QTest::mousePress(&chart, button, held, from);
    for (const QPoint at : {(from + to) / 2, to}) {
      QMouseEvent move(QEvent::MouseMove, at, chart.mapToGlobal(at), Qt::NoButton, button, held);
      QCoreApplication::sendEvent(&chart, &move);
    }
    QTest::mouseRelease(&chart, button, held, to);
  }
};

}  // namespace

class LossChartTest : public QObject {
  Q_OBJECT

 private slots:
  void looksAsTheOriginal() {
    ShownChart shown;
    QStringList titles;
    for (const QAbstractAxis* axis : shown.figure()->axes()) titles << axis->titleText();
    QVERIFY(titles.contains("number of training examples seen"));
    QVERIFY(titles.contains("negative log likelihood loss"));
    QStringList names;
    for (const QLegendMarker* marker : shown.figure()->legend()->markers())
      if (marker->isVisible()) names << marker->label();
    QCOMPARE(names, (QStringList{"Train Loss", "Test Loss"}));
    QCOMPARE(shown.figure()->trainSeries()->color(), QColor(0, 0, 255));
    QCOMPARE(shown.figure()->testSeries()->color(), QColor(255, 0, 0));
    QVERIFY(shown.figure()->tickLabels(Qt::Horizontal).contains("10,000"));
  }

  void oneStepIsAPoint() {
    auto curve = std::make_shared<LossCurve>();
    curve->setTrainCount(20'000);
    test::addSteps(*curve, 0, {2.3F});
    ShownChart shown(curve);
    QVERIFY(shown.chart.range().maxX > 100);  // not a scale of two examples
    QCOMPARE(shown.figure()->lonePoint()->count(), 1);
    const QImage image = shown.view()->grab().toImage();
    const QPointF at =
        shown.view()->mapFromScene(shown.figure()->mapToScene(shown.figure()->toPixel(0, 2.3)));
    QCOMPARE(image.pixelColor(at.toPoint()), shown.figure()->look().train);
    test::addSteps(*curve, 100, {2.2F});
    shown.chart.refresh();
    QCOMPARE(shown.figure()->lonePoint()->count(), 0);
  }

  void ourPixelsAreThoseOfTheChart() {
    ShownChart shown;
    for (const bool log : {false, true}) {
      shown.chart.setLogY(log);
      QCoreApplication::processEvents();
      LossChartItem* figure = dynamic_cast<LossChartItem*>(shown.view()->chart());
      QAbstractSeries* series = figure->series().front();
      const QPointF ours = figure->toPixel(12345, 0.7);
      const QPointF theirs = figure->mapToPosition(QPointF(12345, toAxis(0.7, log)), series);
      QVERIFY((ours - theirs).manhattanLength() < 0.01);
      const QPointF back = figure->toData(ours);
      QVERIFY(std::abs(back.x() - 12345) < 1e-6 && std::abs(back.y() - 0.7) < 1e-9);
    }
  }

  void drawsEveryPointWhileTheyAreFew() {
    ShownChart shown;
    QCOMPARE(shown.figure()->trainSeries()->count(), 300);
    QCOMPARE(shown.figure()->testSeries()->count(), 4);
    QCOMPARE(shown.figure()->testSeries()->at(0).x(), 0.0);  // before training
    QCOMPARE(shown.figure()->testSeries()->at(1), QPointF(10000, shown.curve->evaluations()[1].test_loss));
  }

  void drawsNoMoreThanThePixelsCanShow() {
    ShownChart shown(test::sampleCurve(20, 6000));
    const int count = shown.figure()->trainSeries()->count();
    QVERIFY(count > 1000 && count <= 4 * shown.figure()->plotArea().width() + 6);
  }

  void lineAndPointsAreInThePicture() {
    ShownChart shown;
    const QImage picture = shown.chart.grab().toImage();
    const auto& e = shown.curve->evaluations()[1];
    QCOMPARE(picture.pixelColor(shown.pixel(static_cast<double>(e.examples), e.test_loss)),
             QColor(255, 0, 0));
    int blue = 0;
    for (int y = 0; y < picture.height(); ++y)
      for (int x = 0; x < picture.width(); ++x) blue += picture.pixelColor(x, y) == QColor(0, 0, 255);
    QVERIFY(blue > 200);
  }

  void growsWithTheData() {
    ShownChart shown(test::sampleCurve(1, 100));
    const double before = shown.chart.range().maxX;
    test::addSteps(*shown.curve, 10000, std::vector<float>(100, 0.3F));
    shown.chart.refresh();
    QCOMPARE(shown.figure()->trainSeries()->count(), 200);
    QVERIFY(shown.chart.range().maxX > before);
  }

  void doesNothingWhileHidden() {
    ShownChart shown(test::sampleCurve(1, 100));
    shown.chart.hide();
    test::addSteps(*shown.curve, 10000, std::vector<float>(100, 0.3F));
    shown.chart.refresh();
    QCOMPARE(shown.figure()->trainSeries()->count(), 100);
    shown.chart.show();
    QTRY_COMPARE(shown.figure()->trainSeries()->count(), 200);
  }

  void saysWhatWillBeHere() {
    ShownChart shown(std::make_shared<LossCurve>());
    const QGraphicsScene* const scene = shown.view()->scene();
    const auto text = [scene] {
      QStringList texts;
      for (const QGraphicsItem* item : scene->items())
        if (const auto* simple = dynamic_cast<const QGraphicsSimpleTextItem*>(item);
            simple && simple->isVisible())
          texts << simple->text();
      return texts;
    };
    QVERIFY(text().contains("The loss curves appear here while training"));
    test::addSteps(*shown.curve, 0, {2.3F});
    shown.chart.refresh();
    QVERIFY(!text().contains("The loss curves appear here while training"));
  }

  void aLogAxisSurvivesZerosAndNaN() {
    auto curve = test::sampleCurve(1, 100);
    test::addSteps(*curve, 10000, {0.5F, 0, std::numeric_limits<float>::quiet_NaN(), -1, INFINITY, 0.25F});
    ShownChart shown(curve);
    QCOMPARE(shown.figure()->trainSeries()->count(), 104);
    QVERIFY(shown.figure()->note().contains("2 losses are not finite, the first at 10,200 examples"));
    QVERIFY(!shown.figure()->note().contains("log axis"));
    const QSignalSpy spy(&shown.chart, &LossChart::logYChanged);
    shown.chart.setLogY(true);
    QCOMPARE(spy.size(), 1);
    QCOMPARE(shown.figure()->trainSeries()->count(), 102);
    QVERIFY(std::abs(shown.figure()->trainSeries()->points().back().y() - std::log10(0.25)) < 1e-6);
    QVERIFY(shown.figure()->note().contains("not on a log axis: 2 losses of zero or below"));
    QVERIFY(shown.figure()->tickLabels(Qt::Vertical).contains("1"));
    QVERIFY(shown.figure()->tickLabels(Qt::Vertical).size() >= 3);
  }

  void theCrosshairSnapsToTheData() {
    ShownChart shown;
    const QSignalSpy spy(&shown.chart, &LossChart::currentPointChanged);
    const double loss = static_cast<double>(shown.curve->losses()[120]);
    QTest::mouseMove(&shown.chart, shown.pixel(12000, loss) + QPoint(1, 1));
    QTRY_VERIFY(shown.chart.currentPoint().has_value());
    QCOMPARE(*shown.chart.currentPoint(), (CurvePoint{CurveSeries::Train, 120}));
    QVERIFY(shown.view()->crosshair()->isVisible());
    QVERIFY(shown.view()->crosshair()->text().contains(QString::number(loss, 'f', 6)));
    const auto& e = shown.curve->evaluations()[2];
    QTest::mouseMove(&shown.chart, shown.pixel(20000, e.test_loss) + QPoint(2, 1));
    QTRY_COMPARE(*shown.chart.currentPoint(), (CurvePoint{CurveSeries::Test, 2}));
    QVERIFY(shown.view()->crosshair()->text().contains("accuracy 91.00 % (9100/10000)"));
    QVERIFY(spy.size() >= 2);
    QTest::mouseMove(&shown.chart, QPoint(2, 2));
    QTRY_VERIFY(!shown.chart.currentPoint().has_value());
    QVERIFY(!shown.view()->crosshair()->isVisible());
  }

  void aRubberBandZoomsAndTheZoomStays() {
    ShownChart shown;
    const QSignalSpy spy(&shown.chart, &LossChart::followChanged);
    shown.drag(shown.pixel(5000, 2.0), shown.pixel(15000, 0.5), Qt::LeftButton);
    QCOMPARE(spy.size(), 1);
    QVERIFY(!shown.chart.follow());
    const LossRange range = shown.chart.range();
    QVERIFY(std::abs(range.minX - 5000) < 100 && std::abs(range.maxX - 15000) < 100);
    QVERIFY(std::abs(range.maxY - 2.0) < 0.02 && std::abs(range.minY - 0.5) < 0.02);
    test::addSteps(*shown.curve, 30000, std::vector<float>(100, 0.3F));
    shown.chart.refresh();
    QCOMPARE(shown.chart.range(), range);
  }

  void followReturnsToTheLiveRange() {
    ShownChart shown;
    const LossRange full = shown.chart.range();
    shown.chart.zoomTo({5000, 10000, 0.5, 1});
    const QSignalSpy spy(&shown.chart, &LossChart::followChanged);
    shown.chart.setFollow(true);
    QVERIFY(shown.chart.follow());
    QCOMPARE(spy.size(), 1);
    QCOMPARE(shown.chart.range(), full);
    shown.chart.zoomTo({5000, 10000, 0.5, 1});
    QTest::mouseDClick(&shown.chart, Qt::LeftButton, {}, shown.pixel(7000, 0.7));
    QVERIFY(shown.chart.follow());
  }

  void theWheelZoomsAboutThePointer() {
    ShownChart shown;
    const QPoint at = shown.pixel(10000, 1.0);
    shown.wheel(at, 120);
    QVERIFY(!shown.chart.follow());
    QVERIFY(shown.chart.range().maxX < 28000);
    const QPoint after = shown.pixel(10000, 1.0);
    QVERIFY((after - at).manhattanLength() <= 2);
    const LossRange before = shown.chart.range();
    shown.wheel(at, 120, Qt::ControlModifier);
    QVERIFY(shown.chart.range().maxX < before.maxX);
    QVERIFY(std::abs(shown.chart.range().maxY - before.maxY) < 1e-9);
    shown.wheel(at, -120, Qt::ShiftModifier);
    QVERIFY(shown.chart.range().maxY > before.maxY);
  }

  void draggingWithOtherButtonsPans_data() {
    QTest::addColumn<int>("button");
    QTest::addColumn<int>("held");
    QTest::newRow("middle") << static_cast<int>(Qt::MiddleButton) << static_cast<int>(Qt::NoModifier);
    QTest::newRow("shift") << static_cast<int>(Qt::LeftButton) << static_cast<int>(Qt::ShiftModifier);
  }
  void draggingWithOtherButtonsPans() {
    QFETCH(int, button);
    QFETCH(int, held);
    ShownChart shown;
    shown.chart.zoomTo({5000, 15000, 0.2, 1.2});
    QCoreApplication::processEvents();
    const QPoint from = shown.pixel(10000, 0.7), to = shown.pixel(8000, 0.6);
    shown.drag(from, to, static_cast<Qt::MouseButton>(button), static_cast<Qt::KeyboardModifier>(held));
    const LossRange range = shown.chart.range();
    QVERIFY(std::abs(range.minX - 7000) < 60 && std::abs(range.maxX - 17000) < 60);
    QVERIFY(std::abs(range.minY - 0.3) < 0.01);
  }

  void theKeyboardZoomsAndPans() {
    ShownChart shown;
    const LossRange full = shown.chart.range();
    QTest::keyClick(&shown.chart, Qt::Key_Plus);
    const LossRange zoomed = shown.chart.range();
    QVERIFY(zoomed.maxX - zoomed.minX < full.maxX - full.minX);
    QTest::keyClick(&shown.chart, Qt::Key_Right, Qt::ShiftModifier);
    QVERIFY(shown.chart.range().minX > zoomed.minX);
    QTest::keyClick(&shown.chart, Qt::Key_Up, Qt::ShiftModifier);
    QVERIFY(shown.chart.range().minY > zoomed.minY);
    QTest::keyClick(&shown.chart, Qt::Key_Minus);
    QTest::keyClick(&shown.chart, Qt::Key_0);
    QVERIFY(shown.chart.follow());
    QCOMPARE(shown.chart.range(), full);
    QTest::keyClick(&shown.chart, Qt::Key_L);
    QVERIFY(shown.chart.logY());
  }

  void theKeyboardWalksAndSpeaks() {
    ShownChart shown;
    const QSignalSpy spoken(&shown.chart, &LossChart::currentPointChanged);
    QTest::keyClick(&shown.chart, Qt::Key_Home);
    QVERIFY(shown.chart.currentPointText().endsWith("at 0 examples, epoch 1"));
    QTest::keyClick(&shown.chart, Qt::Key_Right);
    QCOMPARE(*shown.chart.currentPoint(), (CurvePoint{CurveSeries::Train, 1}));
    QTest::keyClick(&shown.chart, Qt::Key_PageDown);
    QCOMPARE(shown.chart.currentPoint()->index, 31u);
    QTest::keyClick(&shown.chart, Qt::Key_Left);
    QCOMPARE(shown.chart.currentPoint()->index, 30u);
    QTest::keyClick(&shown.chart, Qt::Key_T);
    QCOMPARE(*shown.chart.currentPoint(), (CurvePoint{CurveSeries::Test, 0}));
    QTest::keyClick(&shown.chart, Qt::Key_End);
    QCOMPARE(*shown.chart.currentPoint(), (CurvePoint{CurveSeries::Test, 3}));
    QTest::keyClick(&shown.chart, Qt::Key_Up);
    QCOMPARE(*shown.chart.currentPoint(), (CurvePoint{CurveSeries::Train, 299}));
    QTest::keyClick(&shown.chart, Qt::Key_Right);  // the end is the end
    QCOMPARE(shown.chart.currentPoint()->index, 299u);
    QCOMPARE(spoken.size(), 7);
    QVERIFY(spoken.last()[0].toString().contains("at 29,900 examples, epoch 3"));
    QVERIFY(spoken[4][0].toString().startsWith("test loss 2.3 at 0 examples"));
    // A changed name is what screen readers are told about.
    QCOMPARE(shown.chart.accessibleName(), "Loss figure: " + shown.chart.currentPointText());
    QTest::keyClick(&shown.chart, Qt::Key_Escape);
    QVERIFY(shown.chart.currentPointText().isEmpty());
  }

  void walkingBringsThePointIntoView() {
    ShownChart shown;
    shown.chart.zoomTo({5000, 6000, 0.2, 2});
    QTest::keyClick(&shown.chart, Qt::Key_End);
    QTest::keyClick(&shown.chart, Qt::Key_End);
    const LossRange range = shown.chart.range();
    QVERIFY(range.minX < 29900 && range.maxX > 29900);
    QVERIFY(shown.view()->crosshair()->isVisible());
    QVERIFY(!shown.chart.follow());
  }

  void assistiveTechnologySeesAChart() {
    ShownChart shown;
    shown.chart.setCurrentPoint(CurvePoint{CurveSeries::Train, 5});
    QAccessibleInterface* seen = QAccessible::queryAccessibleInterface(&shown.chart);
    QVERIFY(seen != nullptr);
    QCOMPARE(seen->role(), QAccessible::Chart);
    QCOMPARE(seen->text(QAccessible::Value), shown.chart.currentPointText());
    QVERIFY(seen->text(QAccessible::Description).contains("Left and Right walk"));
    QVERIFY(shown.chart.focusPolicy() == Qt::StrongFocus);
    QVERIFY(shown.view()->focusPolicy() == Qt::NoFocus);
  }

  void aPointThatIsGoneIsForgotten() {
    ShownChart shown;
    shown.chart.setCurrentPoint(CurvePoint{CurveSeries::Train, 250});
    shown.curve->clear();
    shown.chart.refresh();
    QVERIFY(!shown.chart.currentPoint());
    QVERIFY(!shown.view()->crosshair()->isVisible());
  }

  void theThemeChangesAtRunTime() {
    ShownChart shown;
    shown.chart.setPalette(darkPalette());
    QCoreApplication::processEvents();
    const FigureLook dark = FigureLook::dark();
    const auto& e = shown.curve->evaluations()[1];
    const QImage picture = shown.chart.grab().toImage();
    QCOMPARE(picture.pixelColor(3, 3), QColor(30, 31, 34));
    QCOMPARE(picture.pixelColor(shown.pixel(static_cast<double>(e.examples), e.test_loss)), dark.test);
    QCOMPARE(shown.figure()->trainSeries()->color(), dark.train);
    QVERIFY(contrast(shown.figure()->legend()->labelColor(), QColor(30, 31, 34)) > 7);
    const QRectF area = shown.figure()->plotArea(), legend = shown.figure()->legend()->geometry();
    QVERIFY(area.contains(legend) && area.right() - legend.right() < 20);
    shown.chart.setPalette(QPalette(QColor(240, 240, 240)));
    QCoreApplication::processEvents();
    QCOMPARE(shown.figure()->trainSeries()->color(), QColor(0, 0, 255));
  }

  void nothingIsCutOffWhenSmall() {
    ShownChart shown;
    shown.chart.resize(shown.chart.minimumSizeHint());
    QCoreApplication::processEvents();
    const QRectF area = shown.figure()->plotArea();
    const QFontMetricsF metrics(shown.figure()->font());
    QVERIFY(area.height() > metrics.horizontalAdvance("negative log likelihood loss"));
    QVERIFY(shown.figure()->tickLabels(Qt::Horizontal).size() >= 2);
    QVERIFY(shown.figure()->tickLabels(Qt::Vertical).size() >= 3);
    QVERIFY(area.contains(shown.figure()->legend()->geometry()));
  }
};

SYNANN_WINDOW_TEST(LossChartTest)
#include "loss_chart_test.moc"
