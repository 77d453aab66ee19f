// SPDX-License-Identifier: GPL-3.0-or-later
// Compares whole pictures with those in golden/. SYNANN_UPDATE_GOLDEN=1 writes them anew: look at them before
// you commit them.
#include <cmath>

#include <QImage>
#include <QPalette>
#include <QTest>

#include "sample_curve.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/loss_view.h"

using namespace synann::ui;

namespace {

constexpr int kCell = 16;          // pixels averaged into one, so that the rendering of a font hardly matters
constexpr double kTolerance = 24;  // of 255, for one such cell

QImage shrunk(const QImage& picture) {
  return picture.convertToFormat(QImage::Format_RGB32)
      .scaled(picture.width() / kCell, picture.height() / kCell, Qt::IgnoreAspectRatio,
              Qt::SmoothTransformation);
}

double largestDifference(const QImage& a, const QImage& b) {
  double largest = 0;
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x) {
      const QColor p = a.pixelColor(x, y), q = b.pixelColor(x, y);
      const int difference =
          std::abs(p.red() - q.red()) + std::abs(p.green() - q.green()) + std::abs(p.blue() - q.blue());
      largest = std::max(largest, difference / 3.0);
    }
  return largest;
}

QPalette paletteOf(bool dark) {
  QPalette palette(dark ? QColor(45, 46, 50) : QColor(240, 240, 240));
  palette.setColor(QPalette::Base, dark ? QColor(30, 31, 34) : QColor(Qt::white));
  palette.setColor(QPalette::Text, dark ? QColor(222, 222, 222) : QColor(32, 32, 32));
  return palette;
}

QImage drawn(bool dark, bool logY, bool crosshair) {
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
    const QImage picture = drawn(dark, logY, crosshair);
    const QString path =
        QString(SYNANN_SOURCE_DIR "/tests/ui/plots/golden/%1.png").arg(QTest::currentDataTag());
    if (qEnvironmentVariableIsSet("SYNANN_UPDATE_GOLDEN")) QVERIFY(picture.save(path));
    const QImage golden(path);
    QVERIFY2(!golden.isNull(), qPrintable(path + " cannot be read"));
    QCOMPARE(picture.size(), golden.size());
    const double difference = largestDifference(shrunk(picture), shrunk(golden));
    if (difference > kTolerance) picture.save(QString("%1-seen.png").arg(QTest::currentDataTag()));
    QVERIFY2(difference <= kTolerance,
             qPrintable(QString("cells differ by up to %1 of 255").arg(difference)));
  }

  void theComparisonSeesWhatMatters() {
    const QImage light = shrunk(drawn(false, false, false));
    QVERIFY(largestDifference(light, shrunk(drawn(true, false, false))) > kTolerance);
    QVERIFY(largestDifference(light, shrunk(drawn(false, true, false))) > kTolerance);
  }
};

QTEST_MAIN(LossGoldenTest)
#include "loss_golden_test.moc"
