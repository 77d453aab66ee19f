// SPDX-License-Identifier: GPL-3.0-or-later
// Compares whole pictures with those in golden/. SYNANN_UPDATE_GOLDEN=1 writes them anew: look at them before
// you commit them.
#include <QApplication>
#include <QImage>
#include <QPainter>
#include <QPalette>
#include <QTest>

#include "golden_pictures.h"
#include "sample_curve.h"
#include "tests/test_main.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/loss_figure.h"

using namespace synann::ui;
using test::kTolerance, test::largestDifference, test::paletteOf, test::shrunk;

namespace {

QImage drawnLosses(bool dark, bool logY, bool crosshair) {
  LossChart chart;
  chart.setFocusPolicy(Qt::NoFocus);  // without its frame
  chart.setPalette(paletteOf(dark));
  chart.setCurve(test::sampleCurve(4, 150));
  chart.setLogY(logY);
  chart.resize(480, 320);
  chart.show();
  QCoreApplication::processEvents();
  if (crosshair) chart.setCurrentPoint(CurvePoint{CurveSeries::Test, 2});
  return chart.grab().toImage();
}

QImage painted(LossFigure::Content content, bool dark, QSize size = {480, 320}) {
  QImage picture(size, QImage::Format_RGB32);
  picture.fill(dark ? FigureLook::dark().background : FigureLook::light().background);
  QPainter painter(&picture);
  painter.setRenderHint(QPainter::Antialiasing);
  LossFigure(std::move(content))
      .paint(painter, QRectF(picture.rect()),
             {.look = dark ? FigureLook::dark() : FigureLook::light(),
              .font = QApplication::font(),
              .current = {}});
  return picture;
}

// Nothing but noise: there is no room in the plot.
std::shared_ptr<LossCurve> filledCurve() {
  auto curve = std::make_shared<LossCurve>();
  std::vector<float> losses;
  std::uint32_t noise = 1;
  for (int step = 0; step < 4000; ++step) {
    noise = noise * 1664525u + 1013904223u;
    losses.push_back(2.5F * static_cast<float>(noise >> 8) / 16777216.0F);
  }
  curve->append(LossSteps{.batch_size = 100, .first_examples = 0, .losses = losses});
  LossEvaluation evaluation;
  evaluation.epoch = 1;
  evaluation.examples = 200000;
  evaluation.test_loss = 1.1;
  evaluation.correct = 9892;
  evaluation.count = 10000;
  evaluation.best = true;
  curve->append(evaluation);
  return curve;
}

}  // namespace

class LossGoldenTest : public QObject {
  Q_OBJECT

 private slots:
  void looksAsRecorded_data() {
    QTest::addColumn<bool>("dark");
    QTest::addColumn<bool>("logY");
    QTest::addColumn<bool>("crosshair");
    QTest::newRow("loss-light") << false << false << false;
    QTest::newRow("loss-dark") << true << false << false;
    QTest::newRow("loss-light-log-crosshair") << false << true << true;
    QTest::newRow("loss-dark-log-crosshair") << true << true << true;
  }
  void looksAsRecorded() {
    QFETCH(bool, dark);
    QFETCH(bool, logY);
    QFETCH(bool, crosshair);
    const QImage picture = drawnLosses(dark, logY, crosshair);
    test::compareWithGolden(picture, QTest::currentDataTag());
  }

  void figuresLookAsRecorded_data() {
    QTest::addColumn<bool>("dark");
    for (const bool dark : {false, true}) QTest::newRow(dark ? "dark" : "light") << dark;
  }
  void figuresLookAsRecorded() {
    QFETCH(bool, dark);
    const QString theme = QTest::currentDataTag();
    const LossSmoothing average{.kind = SmoothingKind::MovingAverage, .examples = 4000};
    const LossSeries one{test::sampleCurve(4, 150)}, other{test::sampleCurve(3, 120)};
    test::compareWithGolden(painted({.curves = {one}, .part = {.smoothing = average}}, dark),
                            "loss-" + theme + "-smoothed");
    test::compareWithGolden(painted({.curves = {{one.curve, "SynaCNN", 0}, {other.curve, "twin", 1}},
                                     .part = {.log_y = true, .smoothing = average}},
                                    dark, {800, 400}),
                            "loss-" + theme + "-several");
    test::compareWithGolden(painted({.curves = {LossSeries{filledCurve()}}}, dark),
                            "loss-" + theme + "-filled");
  }

  void theComparisonSeesWhatMatters() {
    const QImage light = shrunk(drawnLosses(false, false, false));
    QVERIFY(largestDifference(light, shrunk(drawnLosses(true, false, false))) > kTolerance);
    QVERIFY(largestDifference(light, shrunk(drawnLosses(false, true, false))) > kTolerance);
  }
};

SYNANN_WINDOW_TEST(LossGoldenTest)
#include "loss_golden_test.moc"
