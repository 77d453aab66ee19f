// SPDX-License-Identifier: GPL-3.0-or-later
// The figures that compare runs, light and dark.
#include <cmath>
#include <limits>
#include <memory>

#include <QDateTime>
#include <QImage>
#include <QPainter>
#include <QTest>

#include "golden_pictures.h"
#include "tests/test_main.h"
#include "ui/plots/curve_figure.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/parallel_figure.h"
#include "ui/plots/scatter_figure.h"
#include "ui/plots/ticks.h"

using namespace synann::ui;

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// Bands, faint curves, marks and dashes over a logarithmic axis.
std::shared_ptr<const Figure> sampleBands() {
  CurveFigure::Content content{
      .title = "Accuracy of 6 runs", .x = "epochs", .y = {}, .at = {}, .series = {}, .marked = {}};
  content.y_title = "test accuracy (%)";
  content.x_log = true;
  content.y_range = Axes::Range{88, 103};
  content.note = "bands: mean ± standard deviation over seeds";
  for (int k = 1; k <= 40; ++k) content.at.push_back(k);
  for (int run = 0; run < 6; ++run) {
    CurveFigure::Series series;
    series.name = QString("run %1").arg(run);
    series.color = run;
    series.pen = run % 2 == 0 ? Qt::SolidLine : Qt::DashLine;
    series.mark = static_cast<CurveFigure::Mark>(run + 1);
    for (const double x : content.at) {
      series.values.push_back(90 + run + 3 * std::log10(x));
      if (run == 0 || run == 5) series.spread.push_back(x < 30 ? 1.2 : kMissing);
    }
    content.series.push_back(series);
  }
  content.series.push_back(content.series[2]);
  CurveFigure::Series& faint = content.series.back();
  faint.name = "run 2, as measured";
  faint.faint = true;
  faint.listed = false;
  faint.mark = CurveFigure::Mark::None;
  for (std::size_t k = 0; k < faint.values.size(); ++k) faint.values[k] += k % 2 == 0 ? 0.7 : -0.7;
  return std::make_shared<CurveFigure>(std::move(content));
}

std::shared_ptr<const ParallelFigure> sampleParallel() {
  ParallelFigure::Content content{.title = "Settings that differ and outcome of 12 runs",
                                  .color = "Best accuracy (%)",
                                  .axes = {{.name = "Learning rate", .log = true},
                                           {.name = "Optimiser", .words = {"Adam", "SGD"}},
                                           {.name = "Momentum"},
                                           {.name = "Test loss (nats)"}},
                                  .lines = {}};
  for (int k = 0; k < 12; ++k) {
    const double better = 90 + 8 * std::sin(0.25 * k);
    content.lines.push_back({.name = QString("run %1").arg(k),
                             .values = {0.001 * std::pow(2.0, k), static_cast<double>(k % 2),
                                        k % 2 == 1 ? 0.5 + 0.04 * k : kMissing, 0.1 + 0.01 * (100 - better)},
                             .color = k == 3 ? kMissing : better});
  }
  return std::make_shared<ParallelFigure>(std::move(content));
}

std::shared_ptr<const ScatterFigure> sampleScatter() {
  ScatterFigure::Content content{.title = "Best accuracy by learning rate, 13 runs",
                                 .x = "Learning rate",
                                 .y = "Best accuracy (%)",
                                 .color = "Test loss (nats)",
                                 .points = {},
                                 .x_log = true};
  for (int k = 0; k < 13; ++k)
    content.points.push_back({.name = QString("run %1").arg(k),
                              .x = k == 12 ? kMissing : 0.001 * std::pow(2.0, k),
                              .y = 90 + 8 * std::sin(0.25 * k),
                              .color = 0.5 - 0.03 * k});
  return std::make_shared<ScatterFigure>(std::move(content));
}

QImage drawnComparison(const QString& name, bool dark) {
  FigureView widget;
  widget.setPalette(test::paletteOf(dark));
  widget.setFigure(name == "bands"      ? sampleBands()
                   : name == "parallel" ? std::shared_ptr<const Figure>(sampleParallel())
                                        : std::shared_ptr<const Figure>(sampleScatter()));
  widget.resize(460, 320);
  return widget.grab().toImage();
}

}  // namespace

class ComparisonGoldenTest : public QObject {
  Q_OBJECT

 private slots:
  void looksAsRecorded_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("dark");
    for (const char* name : {"bands", "parallel", "scatter"})
      for (const bool dark : {false, true})
        QTest::addRow("%s-%s", name, dark ? "dark" : "light") << QString(name) << dark;
  }
  void looksAsRecorded() {
    QFETCH(QString, name);
    QFETCH(bool, dark);
    test::compareWithGolden(drawnComparison(name, dark),
                            QStringLiteral("comparison-") + QTest::currentDataTag());
  }

  // The table twins have every number, as it is.
  void tablesHaveEveryNumber() {
    const auto bands = sampleBands();
    QCOMPARE(bands->columnCount(), 1 + 7 + 2);
    QCOMPARE(bands->columnName(2), QStringLiteral("run 0, standard deviation"));
    QCOMPARE(bands->cell(0, 2).toDouble(), 1.2);
    const auto parallel = sampleParallel();
    QCOMPARE(parallel->rowCount(), 12);
    QCOMPARE(parallel->rowName(4), QStringLiteral("run 4"));
    QCOMPARE(parallel->cell(4, 0).toDouble(), 0.016);
    QCOMPARE(parallel->cell(4, 1).toString(), QStringLiteral("Adam"));
    QVERIFY(std::isnan(parallel->cell(4, 2).toDouble()));
    QCOMPARE(parallel->columnName(4), QStringLiteral("Best accuracy (%)"));
    QVERIFY(
        parallel->pointText(4).startsWith("run 4, Learning rate 0.016, Optimiser Adam, Momentum no value"));
    const auto scatter = sampleScatter();
    QCOMPARE(scatter->cell(2, 0).toDouble(), 0.004);
    QVERIFY(scatter->pointText(12).contains("Learning rate no value"));
  }

  // A pointer finds what is drawn, and nothing where nothing is.
  void pointersFindThem() {
    const QRectF area(0, 0, 460, 320);
    const FigurePaint how;
    const auto scatter = sampleScatter();
    int found = 0;
    for (int x = 0; x < 460; x += 4)
      for (int y = 0; y < 320; y += 4)
        if (const auto at = scatter->pointAt(QPointF(x, y), area, how)) {
          QVERIFY(*at != 12);
          ++found;
        }
    QVERIFY(found > 12);
    const auto parallel = sampleParallel();
    QVERIFY(!parallel->pointAt({2, 2}, area, how));
    bool any = false;
    for (int y = 60; y < 300 && !any; ++y)
      any = parallel->pointAt({100, static_cast<double>(y)}, area, how).has_value();
    QVERIFY(any);
  }

  void withoutNumbersNothingIsDrawn() {
    const ScatterFigure scatter({.title = "none",
                                 .x = "x",
                                 .y = "y",
                                 .color = "c",
                                 .points = {{.name = "a", .x = kMissing, .y = 1}}});
    const ParallelFigure parallel({.title = "none",
                                   .color = "c",
                                   .axes = {{.name = "a"}},
                                   .lines = {{.name = "l", .values = {kMissing}, .color = kMissing}}});
    for (const Figure* figure :
         {static_cast<const Figure*>(&scatter), static_cast<const Figure*>(&parallel)}) {
      QImage image(200, 100, QImage::Format_RGB32);
      QPainter painter(&image);
      figure->paint(painter, QRectF(0, 0, 200, 100), {});
      QVERIFY(!figure->pointAt({100, 50}, QRectF(0, 0, 200, 100), {}));
    }
  }

  void clocksAreRoundInLocalTime_data() {
    QTest::addColumn<double>("span");
    QTest::addColumn<QString>("first");
    QTest::newRow("seconds") << 40.0 << "10:00:00";
    QTest::newRow("minutes") << 1500.0 << "10:00";
    QTest::newRow("a day") << 86'400.0 << "12:00";
    QTest::newRow("weeks") << 20 * 86'400.0 << "12-03";
  }
  void clocksAreRoundInLocalTime() {
    QFETCH(double, span);
    QFETCH(QString, first);
    const auto from = static_cast<double>(QDateTime(QDate(2026, 11, 29), QTime(10, 0)).toSecsSinceEpoch());
    const QList<Tick> ticks = clockTicks(from, from + span, 6);
    QVERIFY(ticks.size() >= 2 && ticks.size() <= 8);
    QCOMPARE(ticks.front().label, first);
    QCOMPARE(clockText(from + 75.5), QStringLiteral("2026-11-29 10:01:15"));
  }
};

SYNANN_WINDOW_TEST(ComparisonGoldenTest)
#include "comparison_golden_test.moc"
