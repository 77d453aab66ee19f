// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/decimate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <QTest>

#include "tests/test_main.h"
#include "ui/plots/polyline_clip.h"

using namespace synann::ui;

namespace {

struct Data {
  std::vector<std::int64_t> x;
  std::vector<float> y;
};

Data noise(int count) {
  Data data;
  std::uint32_t word = 7;
  for (int i = 0; i < count; ++i) {
    word = word * 1664525u + 1013904223u;
    data.x.push_back(static_cast<std::int64_t>(i) * 100);
    data.y.push_back(static_cast<float>(word >> 8) / 16777216.0F);
  }
  return data;
}

int columnOf(double x, const DecimationWindow& w) {
  return std::min(static_cast<int>((x - w.minX) * w.columns / (w.maxX - w.minX)), w.columns - 1);
}

}  // namespace

class DecimateTest : public QObject {
  Q_OBJECT

 private slots:
  void keepsFirstSmallestLargestAndLastOfEachColumn() {
    const Data data = noise(20000);
    const DecimationWindow window{0, 1999900, 300};
    const auto points = decimate(data.x, data.y, window);
    for (int column = 0; column < window.columns; ++column) {
      std::vector<QPointF> all, kept;
      for (std::size_t i = 0; i < data.x.size(); ++i)
        if (columnOf(static_cast<double>(data.x[i]), window) == column)
          all.emplace_back(static_cast<double>(data.x[i]), static_cast<double>(data.y[i]));
      for (const QPointF& p : points)
        if (columnOf(p.x(), window) == column) kept.push_back(p);
      QVERIFY(kept.size() <= 4);
      QCOMPARE(kept.front(), all.front());
      QCOMPARE(kept.back(), all.back());
      const auto lower = [](QPointF a, QPointF b) { return a.y() < b.y(); };
      QCOMPARE(std::ranges::min(kept, lower).y(), std::ranges::min(all, lower).y());
      QCOMPARE(std::ranges::max(kept, lower).y(), std::ranges::max(all, lower).y());
    }
  }

  void isSortedAndHasNoPointTwice() {
    const Data data = noise(20000);
    const auto points = decimate(data.x, data.y, {0, 1999900, 300});
    QVERIFY(std::is_sorted(points.begin(), points.end(), [](QPointF a, QPointF b) { return a.x() < b.x(); }));
    QVERIFY(std::adjacent_find(points.begin(), points.end()) == points.end());
  }

  void fewPointsStayAsTheyAre() {
    const Data data = noise(50);
    const auto points = decimate(data.x, data.y, {0, 4900, 1000});
    QCOMPARE(points.size(), 50);
    QCOMPARE(points[17], QPointF(1700, static_cast<double>(data.y[17])));
  }

  void takesOneNeighbourOnEachSideOfTheWindow() {
    const Data data = noise(100);
    const auto points = decimate(data.x, data.y, {1950, 3050, 1000});
    QCOMPARE(points.front().x(), 1900.0);
    QCOMPARE(points.back().x(), 3100.0);
    QCOMPARE(points.size(), 13);
  }

  void aWindowBetweenTwoPointsStillShowsTheLine() {
    const Data data = noise(10);
    const auto points = decimate(data.x, data.y, {120, 180, 100});
    QCOMPARE(points.size(), 2);
    QCOMPARE(points[0].x(), 100.0);
    QCOMPARE(points[1].x(), 200.0);
  }

  void leavesOutWhatCannotBeDrawn() {
    Data data = noise(10);
    data.y[2] = std::numeric_limits<float>::quiet_NaN();
    data.y[3] = std::numeric_limits<float>::infinity();
    data.y[4] = 0.0F;
    data.y[5] = -1.0F;
    QCOMPARE(decimate(data.x, data.y, {0, 900, 100}).size(), 8);
    QCOMPARE(decimate(data.x, data.y, {0, 900, 100, true}).size(), 6);
    const auto marks = notFiniteColumns(data.x, data.y, {0, 900, 100});
    QCOMPARE(marks, (QList<double>{200, 300}));
    QCOMPARE(notFiniteColumns(data.x, data.y, {0, 900, 1}).size(), 1);
  }

  void nonsenseGivesNothing() {
    const Data data = noise(10);
    QVERIFY(decimate(data.x, data.y, {0, 0, 100}).isEmpty());
    QVERIFY(decimate(data.x, data.y, {0, 900, 0}).isEmpty());
    QVERIFY(decimate({}, {}, {0, 900, 100}).isEmpty());
  }

  void clippingCutsAtTheFrameAndBreaksTheLine() {
    // Up through the top at x = 5, back at x = 15: two parts, nothing along the frame.
    const QPainterPath path = clippedPolyline({{0, 0}, {10, 20}, {20, 0}}, QRectF(0, 0, 20, 10));
    QCOMPARE(path.elementCount(), 4);
    QCOMPARE(QPointF(path.elementAt(0)), QPointF(0, 0));
    QCOMPARE(QPointF(path.elementAt(1)), QPointF(5, 10));
    QVERIFY(path.elementAt(2).isMoveTo());
    QCOMPARE(QPointF(path.elementAt(2)), QPointF(15, 10));
    QCOMPARE(QPointF(path.elementAt(3)), QPointF(20, 0));
  }

  void clippingKeepsAnInnerLineInOnePieceAndDropsAnOuterOne() {
    const QPainterPath inner = clippedPolyline({{1, 1}, {2, 5}, {3, 1}, {3, 4}}, QRectF(0, 0, 20, 10));
    QCOMPARE(inner.elementCount(), 4);
    QVERIFY(!inner.elementAt(2).isMoveTo());
    QVERIFY(clippedPolyline({{-5, 20}, {30, 20}}, QRectF(0, 0, 20, 10)).isEmpty());
    QVERIFY(clippedPolyline({{-5, 2}, {-5, 8}}, QRectF(0, 0, 20, 10)).isEmpty());
  }
};

SYNANN_TEST(DecimateTest)
#include "decimate_test.moc"
