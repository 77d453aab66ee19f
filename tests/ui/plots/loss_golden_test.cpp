// SPDX-License-Identifier: GPL-3.0-or-later
// Compares whole pictures with those in golden/. SYNANN_UPDATE_GOLDEN=1 writes them anew: look at them before
// you commit them.
#include <QImage>
#include <QPalette>
#include <QTest>

#include "golden_pictures.h"
#include "sample_curve.h"
#include "tests/test_main.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/loss_view.h"

using namespace synann::ui;
using test::kTolerance, test::largestDifference, test::paletteOf, test::shrunk;

namespace {

QImage drawnLosses(bool dark, bool logY, bool crosshair) {
  LossChart chart;
  chart.setPalette(paletteOf(dark));
  chart.setCurve(test::sampleCurve(4, 150));
  chart.setLogY(logY);
  chart.resize(480, 320);
  chart.show();
  QCoreApplication::processEvents();
  if (crosshair) chart.view()->setCurrentPoint(CurvePoint{CurveSeries::Test, 2});
  return chart.grab().toImage();
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

  void theComparisonSeesWhatMatters() {
    const QImage light = shrunk(drawnLosses(false, false, false));
    QVERIFY(largestDifference(light, shrunk(drawnLosses(true, false, false))) > kTolerance);
    QVERIFY(largestDifference(light, shrunk(drawnLosses(false, true, false))) > kTolerance);
  }
};

SYNANN_WINDOW_TEST(LossGoldenTest)
#include "loss_golden_test.moc"
