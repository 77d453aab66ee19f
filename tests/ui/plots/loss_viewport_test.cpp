// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_viewport.h"

#include <cmath>
#include <vector>

#include <QTest>

#include "sample_curve.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::ui;

class LossViewportTest : public QObject {
  Q_OBJECT

 private slots:
  void theFullRangeHoldsEveryPointWithAMargin() {
    const auto curve = test::sampleCurve(3, 100);
    for (const bool log : {false, true}) {
      const LossRange range = fullRange(*curve, log);
      QVERIFY(range.minX < 0 && range.maxX > 30000);
      QVERIFY(range.minY < (log ? curve->positiveExtent()->min : 0.0));
      QVERIFY(range.maxY > curve->extent()->max);
      QVERIFY(!log || range.minY > 0);
    }
  }

  void anEmptyCurveHasAxesToo() {
    const LossCurve curve;
    for (const bool log : {false, true}) {
      const LossRange range = fullRange(curve, log);
      QVERIFY(range.maxX > range.minX && range.maxY > range.minY);
    }
  }

  void aCurveWithoutAnyShowableLossHasARange() {
    LossCurve curve;
    const std::vector<float> losses{NAN, INFINITY, NAN};
    curve.append(LossSteps{.batch_size = 100, .first_examples = 0, .losses = losses});
    for (const bool log : {false, true}) {
      const LossRange range = fullRange(curve, log);
      QVERIFY(std::isfinite(range.minY) && std::isfinite(range.maxY) && range.maxY > range.minY);
    }
  }

  void followingGrowsAndZoomStays() {
    auto curve = test::sampleCurve(1, 100);
    LossViewport viewport;
    viewport.update(*curve);
    const double before = viewport.range().maxX;
    const auto more = test::sampleCurve(2, 100);
    viewport.update(*more);
    QVERIFY(viewport.range().maxX > before);
    viewport.zoomTo({1000, 2000, 0.5, 1.5}, *more);
    QVERIFY(!viewport.follow());
    const LossRange zoomed = viewport.range();
    viewport.update(*test::sampleCurve(3, 100));
    QCOMPARE(viewport.range(), zoomed);
    viewport.setFollow(true, *more);
    QCOMPARE(viewport.range(), fullRange(*more, false));
  }

  void zoomKeepsThePointUnderThePointer() {
    const auto curve = test::sampleCurve(3, 100);
    for (const bool log : {false, true}) {
      LossViewport viewport;
      viewport.setLogY(log, *curve);
      viewport.update(*curve);
      const auto place = [&](double x, double y) {
        const LossRange r = viewport.range();
        return QPointF((x - r.minX) / (r.maxX - r.minX),
                       (toAxis(y, log) - toAxis(r.minY, log)) / (toAxis(r.maxY, log) - toAxis(r.minY, log)));
      };
      const QPointF before = place(7000, 0.4);
      viewport.zoomAbout(7000, 0.4, 0.5, 0.5, *curve);
      const QPointF after = place(7000, 0.4);
      QVERIFY(std::abs(before.x() - after.x()) < 1e-9 && std::abs(before.y() - after.y()) < 1e-9);
    }
  }

  void zoomingAndPanningForeverStaysUsable() {
    const auto curve = test::sampleCurve(3, 100);
    for (const bool log : {false, true}) {
      LossViewport viewport;
      viewport.setLogY(log, *curve);
      viewport.update(*curve);
      for (int i = 0; i < 500; ++i) viewport.zoomAbout(7000, 0.4, 0.5, 0.5, *curve);
      QVERIFY(viewport.range().maxX - viewport.range().minX >= 1.999);
      QVERIFY(viewport.range().maxY > viewport.range().minY);
      for (int i = 0; i < 500; ++i) viewport.zoomAbout(7000, 0.4, 2, 2, *curve);
      QVERIFY(viewport.range().maxX < 200000);
      for (int i = 0; i < 500; ++i) viewport.pan(0.5, 0.5, *curve);
      QVERIFY(viewport.range().minX < 1e6);
      QVERIFY(std::isfinite(viewport.range().maxY) && viewport.range().maxY > viewport.range().minY);
    }
  }

  void aLogarithmicAxisNeverReachesZero() {
    const auto curve = test::sampleCurve(3, 100);
    LossViewport viewport;
    viewport.zoomTo({0, 5000, -0.5, 1}, *curve);
    viewport.setLogY(true, *curve);
    QVERIFY(viewport.range().minY > 0);
    QCOMPARE(viewport.range().maxY, 1.0);
    QCOMPARE(viewport.range().minX, 0.0);
    viewport.zoomTo({0, 5000, -1, -0.5}, *curve);
    QVERIFY(viewport.range().minY > 0 && viewport.range().maxY > viewport.range().minY);
  }
};

SYNANN_TEST(LossViewportTest)
#include "loss_viewport_test.moc"
