// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plot_ink.h"

#include <cmath>

#include <QTest>

#include "tests/test_main.h"

using namespace synann::ui;

namespace {
constexpr QRectF kPlot(50, 20, 600, 400);
}

class PlotInkTest : public QObject {
  Q_OBJECT

 private slots:
  void anEmptyPlotIsFreeAsFarAsItReaches() {
    const PlotInk ink(kPlot);
    QVERIFY(ink.isFree(kPlot));
    QVERIFY(ink.isFree({60, 30, 100, 40}, 50));  // the air may reach the frame
    QVERIFY(!ink.isFree({40, 30, 100, 40}));
    QVERIFY(!ink.isFree({600, 30, 100, 40}));
  }

  // Whatever a segment's direction: each of its places is taken, and what is well beside it is free.
  void aLineTakesWhatItCrosses() {
    for (int degrees = 0; degrees < 360; degrees += 7) {
      PlotInk ink(kPlot);
      const double angle = degrees * 3.14159265358979 / 180;
      const QPointF middle = kPlot.center(), way(180 * std::cos(angle), 180 * std::sin(angle));
      ink.addLine({middle - way, middle + way});
      for (double t = -0.99; t < 1; t += 0.01) QVERIFY(!ink.isFree(QRectF(middle + t * way, QSizeF(1, 1))));
      const QPointF beside(-way.y() / 180 * 12, way.x() / 180 * 12);
      for (double t = -1; t < 1; t += 0.1)
        QVERIFY(ink.isFree(QRectF(middle + t * way + beside, QSizeF(1, 1))));
      QVERIFY(!ink.isFree(QRectF(middle + way + QPointF(6, 6), QSizeF(2, 2)), 12));
    }
  }

  void whatIsOutsideIsNotKept() {
    PlotInk ink(kPlot);
    ink.addLine({{-500, 200}, {40, 900}, {9000, -7000}, {NAN, 3}, {700, 30}, {700, 300}});
    ink.addLine({});
    ink.addBox({0, 0, 40, 500});
    ink.addBox({100, 300, 20, 900});
    QVERIFY(ink.isFree({55, 30, 40, 40}));
    QVERIFY(!ink.isFree({90, 400, 40, 10}));
  }

  void theNearestFreePlaceIsFound() {
    PlotInk ink(kPlot);
    ink.addBox({200, 150, 200, 100});
    const auto place = ink.nearestFree({60, 16}, {300, 200}, 2);
    QVERIFY(place && ink.isFree(*place, 2));
    QVERIFY(std::abs(place->center().y() - 200) < 50 + 16 + 2 + 12);
    QCOMPARE(ink.nearestFree({60, 16}, {100, 60}, 2)->center(), QPointF(100, 60));
    ink.addBox(kPlot);
    QVERIFY(!ink.nearestFree({60, 16}, {300, 200}, 2));
    QVERIFY(!PlotInk(kPlot).nearestFree({700, 16}, {300, 200}, 0));
  }
};

SYNANN_PLAIN_TEST(PlotInkTest)
#include "plot_ink_test.moc"
