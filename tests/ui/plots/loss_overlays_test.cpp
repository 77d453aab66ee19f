// SPDX-License-Identifier: GPL-3.0-or-later
// Legend and best point of the loss figure: where they stand, and what they say.
#include <vector>

#include <QAction>
#include <QLegend>
#include <QLineSeries>
#include <QMenu>
#include <QScatterSeries>
#include <QTest>

#include "sample_curve.h"
#include "tests/test_main.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/loss_chart_item.h"
#include "ui/plots/loss_figure.h"
#include "ui/plots/loss_view.h"
#include "ui/plots/setting_marks.h"

using namespace synann;
using namespace synann::ui;

namespace {

std::vector<float> noise(std::size_t count, float least, float most) {
  std::vector<float> losses;
  std::uint32_t state = 3;
  for (std::size_t k = 0; k < count; ++k) {
    state = state * 1664525u + 1013904223u;
    losses.push_back(least + (most - least) * static_cast<float>(state >> 8) / 16777216.0F);
  }
  return losses;
}

void evaluate(LossCurve& curve, int epoch, double loss) {
  LossEvaluation e;
  e.epoch = epoch;
  e.examples = curve.lastExamples();
  e.test_loss = loss;
  e.correct = 9892;
  e.count = 10000;
  e.best = true;
  curve.append(e);
}

struct ShownOverlays {
  std::shared_ptr<LossCurve> curve = std::make_shared<LossCurve>();
  LossChart chart;

  ShownOverlays() { curve->setTrainCount(60000); }
  const LossChartItem& figure() {
    chart.setCurve(curve);
    chart.resize(800, 480);
    chart.show();
    for (int k = 0; k < 4; ++k) QCoreApplication::processEvents();
    return *chart.view()->figure();
  }
};

// Points of the curve in a rectangle of the figure.
int pointsIn(const LossChartItem& figure, const QRectF& rect) {
  int count = 0;
  for (const QXYSeries* series : {static_cast<const QXYSeries*>(figure.trainSeries()),
                                  static_cast<const QXYSeries*>(figure.testSeries())})
    for (const QPointF& point : series->points())
      count += rect.contains(figure.toPixel(point.x(), point.y()));
  return count;
}

void chooseIn(LossChart& chart, const char* name) {
  const std::unique_ptr<QMenu> menu(chart.makeMenu());
  auto* const action = chart.findChild<QAction*>(QLatin1String(name));
  QVERIFY2(action, name);
  action->trigger();
  for (int k = 0; k < 4; ++k) QCoreApplication::processEvents();
}

QString svgOf(const LossChart& chart, int height) {
  const auto svg = figureBytes(*chart.shownFigure(), ".svg", {.width = 336, .height = height});
  return svg ? QString::fromUtf8(*svg) : QString();
}

}  // namespace

class LossOverlaysTest : public QObject {
  Q_OBJECT

 private slots:
  void theLegendIsInsideAtTheUpperRight() {
    ShownOverlays shown;
    shown.curve = test::sampleCurve(3, 100);
    const LossChartItem& figure = shown.figure();
    const QRectF area = figure.plotArea(), legend = figure.legend()->geometry();
    QVERIFY(area.contains(legend));
    QVERIFY(area.right() - legend.right() < 20 && legend.top() - area.top() < 20);
    QVERIFY(legend.width() < area.width() / 3);
    const QFontMetricsF metrics(figure.legend()->font());
    QVERIFY(legend.width() > metrics.horizontalAdvance("Train Loss") + 10);  // the text is not cut off
  }

  void theLegendLeavesAFlatHighCurve() {
    ShownOverlays shown;
    test::addSteps(*shown.curve, shown.curve->lastExamples(), std::vector<float>(200, 2.3F));
    const LossChartItem& figure = shown.figure();
    const QRectF area = figure.plotArea();
    QVERIFY(area.contains(figure.legend()->geometry()));
    QVERIFY(figure.legend()->geometry().top() > figure.toPixel(0, 2.3).y() + 20);
    // It falls: the upper right is free again, and there the legend belongs.
    shown.curve->clear();
    test::addSteps(*shown.curve, shown.curve->lastExamples(),
                   {2.3F, 1.0F, 0.4F, 0.2F, 0.1F, 0.1F, 0.1F, 0.1F});
    shown.chart.refresh();
    QVERIFY(figure.legend()->geometry().top() - area.top() < 20);
  }

  void theBestSaysWhatItIsBestIn() {
    ShownOverlays shown;
    shown.curve = test::sampleCurve(4, 150);
    QCOMPARE(shown.figure().bestText(), QString("best accuracy 91.50 %"));
  }

  void theBestStandsWhereNoCurveIs() {
    ShownOverlays shown;
    test::addSteps(*shown.curve, shown.curve->lastExamples(), noise(300, 2.0F, 2.5F));
    test::addSteps(*shown.curve, shown.curve->lastExamples(), noise(6000, 0.0F, 0.5F));
    evaluate(*shown.curve, 1, 0.2);
    const LossChartItem& figure = shown.figure();
    QCOMPARE(figure.bestText(), QString("best accuracy 98.92 %"));
    const QRectF best = figure.bestRect(), legend = figure.legend()->geometry();
    QVERIFY(figure.plotArea().contains(best));
    QCOMPARE(pointsIn(figure, best), 0);
    QCOMPARE(pointsIn(figure, legend), 0);
    QVERIFY(!best.intersects(legend));
    QVERIFY(figure.plotArea().contains(legend));
  }

  void whereAllIsCurveTheyStandAboveThePlot() {
    ShownOverlays shown;
    test::addSteps(*shown.curve, shown.curve->lastExamples(), noise(8000, 0.0F, 2.5F));
    evaluate(*shown.curve, 1, 1.2);
    const LossChartItem& figure = shown.figure();
    const QRectF all(QPointF(), figure.size()), legend = figure.legend()->geometry();
    for (const QRectF& rect : {figure.bestRect(), legend}) {
      QVERIFY(all.contains(rect));
      QVERIFY(rect.bottom() <= figure.plotArea().top());
    }
    QVERIFY(!figure.bestRect().intersects(legend));
    // They stay while nothing changes, and come back with the room.
    const QRectF plot = figure.plotArea();
    for (int k = 0; k < 5; ++k) {
      test::addSteps(*shown.curve, shown.curve->lastExamples(), {1.0F});
      shown.chart.refresh();
      QCoreApplication::processEvents();
      QCOMPARE(figure.plotArea().top(), plot.top());
    }
    shown.chart.zoomTo({0, 800000, 0, 8});
    for (int k = 0; k < 4; ++k) QCoreApplication::processEvents();
    QVERIFY(figure.plotArea().top() < plot.top());
    QVERIFY(figure.plotArea().contains(figure.legend()->geometry()));
    QVERIFY(figure.plotArea().contains(figure.bestRect()));
  }

  void theLegendStandsWhereItIsWanted() {
    ShownOverlays shown;
    shown.curve = test::sampleCurve(3, 100);
    const LossChartItem& figure = shown.figure();
    chooseIn(shown.chart, "figure.legend.lower-left");  // upon the curve, if it must be
    const QRectF area = figure.plotArea();
    QVERIFY(area.contains(figure.legend()->geometry()));
    QVERIFY(figure.legend()->geometry().left() - area.left() < 20);
    QVERIFY(area.bottom() - figure.legend()->geometry().bottom() < 20);
    chooseIn(shown.chart, "figure.legend");
    QVERIFY(!figure.legend()->isVisible());
    QVERIFY(shown.chart.style().legend == LegendPlace::None);
    chooseIn(shown.chart, "figure.legend");  // it is back where it stood
    QVERIFY(figure.legend()->isVisible());
    QVERIFY(shown.chart.style().legend == LegendPlace::LowerLeft);
    QVERIFY(shown.chart.shownFigure()->shownStyle() == shown.chart.style());  // so it is copied and saved
    chooseIn(shown.chart, "figure.legend.automatic");
    QVERIFY(area.right() - figure.legend()->geometry().right() < 20);
  }

  void marksCanBeHidden() {
    ShownOverlays shown;
    shown.curve = test::sampleCurve(3, 100);
    shown.curve->mark(500, "learning rate 0.05");
    const LossChartItem& figure = shown.figure();
    QVERIFY(!figure.bestText().isEmpty() && !figure.settingMarks()->labels().isEmpty());
    auto* const marks = shown.chart.findChild<QAction*>("figure.marks");
    QVERIFY(marks->isChecked() && shown.chart.actions().contains(marks));
    marks->trigger();
    QVERIFY(figure.bestText().isEmpty() && figure.settingMarks()->labels().isEmpty());
    QVERIFY(!shown.chart.shownFigure()->shownStyle().marks);
    marks->trigger();
    QVERIFY(!figure.bestText().isEmpty());
  }

  void aLowFigureHasShortNames() {
    ShownOverlays shown;
    shown.curve = test::sampleCurve(3, 100);
    shown.figure();
    QVERIFY(svgOf(shown.chart, 300).contains("negative log likelihood loss"));
    QVERIFY(svgOf(shown.chart, 170).contains("loss (nats)"));
    QVERIFY(!svgOf(shown.chart, 170).contains("…"));  // nothing is cut off
  }

  void aSmoothedCurveHasItsBatchesBehindIt() {
    ShownOverlays shown;
    shown.curve = test::sampleCurve(3, 200);
    const LossChartItem& figure = shown.figure();
    QCOMPARE(figure.rawSeries()->count(), 0);
    QCOMPARE(figure.trainSeries()->name(), QString("Train Loss"));
    shown.chart.setSmoothing({.kind = SmoothingKind::EpochMean});
    QCOMPARE(figure.trainSeries()->count(), 3);
    QCOMPARE(figure.rawSeries()->count(), 600);
    QCOMPARE(figure.trainSeries()->name(), QString("Train Loss (mean of each epoch)"));
    const auto far = contrast(figure.trainSeries()->color(), figure.look().background),
               faint = contrast(figure.rawSeries()->color(), figure.look().background);
    QVERIFY(faint < far / 2);
    QVERIFY(shown.chart.part().smoothing.kind == SmoothingKind::EpochMean);
    shown.chart.setSmoothing({});
    QCOMPARE(figure.rawSeries()->count(), 0);
    QCOMPARE(figure.trainSeries()->count(), 600);
  }
};

SYNANN_WINDOW_TEST(LossOverlaysTest)
#include "loss_overlays_test.moc"
