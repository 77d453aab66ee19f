// SPDX-License-Identifier: GPL-3.0-or-later
// Small pictures in a grid: each where it is pointed at, each number in its colour; and the scales of
// colours.
#include "ui/plots/tiles_figure.h"

#include <cmath>
#include <set>

#include <QImage>
#include <QPainter>
#include <QTest>

#include "tests/test_main.h"

namespace synann::ui {

namespace {

TilesFigure sampleTiles(int count, int rows, int columns, int per_line) {
  TilesFigure::Content content{.count = count, .rows = rows, .columns = columns, .per_line = per_line};
  for (int k = 0; k < count * rows * columns; ++k)
    content.values.push_back(std::sin(0.7F * static_cast<float>(k)));
  for (int k = 0; k < count; ++k) content.names.push_back(QStringLiteral("filter %1").arg(k));
  content.scale = scaleOf(content.values, ColorMap::Automatic);
  content.title = QStringLiteral("sample");
  content.value = QStringLiteral("w");
  return TilesFigure(std::move(content));
}

}  // namespace

class TilesFigureTest : public QObject {
  Q_OBJECT

 private slots:
  void everyPictureIsFound_data();
  void everyPictureIsFound();
  void itsColoursAreTheScales();
  void theTableIsTheNumbers();
  void wordsNameRangeAndNorm();
  void nothingIsShown();
  void robustScalesLeaveTheFewOut();
  void logarithmicScalesAreSymmetric();
};

void TilesFigureTest::everyPictureIsFound_data() {
  QTest::addColumn<int>("count");
  QTest::addColumn<int>("per_line");
  QTest::newRow("one") << 1 << 0;
  QTest::newRow("ten") << 10 << 0;
  QTest::newRow("a matrix of them") << 60 << 10;
  QTest::newRow("many") << 300 << 0;
}

void TilesFigureTest::everyPictureIsFound() {
  QFETCH(int, count);
  QFETCH(int, per_line);
  const TilesFigure figure = sampleTiles(count, 5, 5, per_line);
  const QRectF area(10, 10, 330, 420);
  std::set<int> found;
  for (double y = area.top(); y < area.bottom(); ++y)
    for (double x = area.left(); x < area.right(); ++x)
      if (const auto point = figure.pointAt({x, y}, area, {})) found.insert(*point);
  QCOMPARE(found.size(), static_cast<std::size_t>(count));
  QCOMPARE(*found.rbegin(), count - 1);
  QVERIFY(!figure.pointAt({5, 5}, area, {}));
}

void TilesFigureTest::itsColoursAreTheScales() {
  const TilesFigure figure = sampleTiles(6, 2, 3, 3);
  QImage image(400, 300, QImage::Format_RGB32);
  image.fill(Qt::white);
  QPainter painter(&image);
  figure.paint(painter, QRectF(0, 0, 400, 300), {});
  painter.end();
  const HeatColors colors(figure.content().scale, false);
  std::set<QRgb> expected;
  for (const float value : figure.content().values) expected.insert(colors.color(value));
  std::set<QRgb> seen;
  for (int y = 0; y < 300; ++y)
    for (int x = 0; x < 400; ++x)
      if (figure.pointAt({x + 0.5, y + 0.5}, QRectF(0, 0, 400, 300), {})) seen.insert(image.pixel(x, y));
  for (const QRgb color : expected) QVERIFY(seen.contains(color));
}

void TilesFigureTest::theTableIsTheNumbers() {
  const TilesFigure figure = sampleTiles(4, 2, 3, 0);
  QCOMPARE(figure.rowCount(), 4);
  QCOMPARE(figure.columnCount(), 6);
  QCOMPARE(figure.columnName(4), QStringLiteral("1, 1"));
  QCOMPARE(figure.cell(2, 4).toDouble(), static_cast<double>(figure.content().values[2 * 6 + 4]));
  const auto matrix = figure.matrix();
  QCOMPARE(matrix->rows, 4);
  QVERIFY(matrix->values == figure.content().values);
}

void TilesFigureTest::wordsNameRangeAndNorm() {
  TilesFigure::Content content{.values = {3, -4}, .count = 1, .rows = 1, .columns = 2};
  content.names = {QStringLiteral("filter 0")};
  content.value = QStringLiteral("w");
  QCOMPARE(TilesFigure(content).pointText(0), QStringLiteral("filter 0: w from −4 to 3, norm 5"));
}

void TilesFigureTest::nothingIsShown() {
  const TilesFigure figure{TilesFigure::Content{}};
  QImage image(100, 100, QImage::Format_RGB32);
  QPainter painter(&image);
  figure.paint(painter, QRectF(0, 0, 100, 100), {});
  QVERIFY(!figure.pointAt({50, 50}, QRectF(0, 0, 100, 100), {}));
}

void TilesFigureTest::robustScalesLeaveTheFewOut() {
  std::vector<float> values;
  for (int k = 0; k < 100; ++k) values.push_back(0.01F * static_cast<float>(k));  // 0 … 0.99
  values.push_back(1000);
  values.push_back(NAN);
  const HeatScale whole = scaleOf(values, ColorMap::Viridis),
                  robust = robustScaleOf(values, ColorMap::Viridis);
  QCOMPARE(whole.most, 1000.0);
  QCOMPARE(robust.most, static_cast<double>(0.01F * 98.0F));  // all but 2 of 101 at either end
  QCOMPARE(robust.least, static_cast<double>(0.01F * 2.0F));
  const HeatColors colors(robust, false);
  QCOMPARE(colors.color(1000), colors.color(0.99F));  // beyond the end: the end's colour
  values[0] = -0.5F;
  values[1] = -0.5F;
  values[2] = -0.5F;
  const HeatScale both = robustScaleOf(values, ColorMap::Automatic);
  QCOMPARE(both.least, -both.most);  // diverging: symmetric about 0
  QVERIFY(robustScaleOf({}, ColorMap::Automatic).least < robustScaleOf({}, ColorMap::Automatic).most);
}

void TilesFigureTest::logarithmicScalesAreSymmetric() {
  HeatScale scale = scaleOf(-1, 1, ColorMap::Automatic);
  scale.logarithmic = true;
  QCOMPARE(scale.place(-1), 0.0);
  QCOMPARE(scale.place(0), 0.5);
  QCOMPARE(scale.place(1), 1.0);
  QCOMPARE(scale.place(0.1) + scale.place(-0.1), 1.0);
  QVERIFY(scale.place(0.1) > 0.8);  // linear: 0.55
  HeatScale positive{0, 1, ColorMap::Viridis, true};
  QCOMPARE(positive.place(0), 0.0);
  QCOMPARE(positive.place(1), 1.0);
  for (double v = 0; v < 1; v += 0.01) QVERIFY(positive.place(v) < positive.place(v + 0.01));
  const HeatColors colors(scale, false);
  QVERIFY(colors.color(0.01F) != colors.color(0.0F));
  QCOMPARE(colors.color(NAN), QRgb(0xff808080));
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::TilesFigureTest)
#include "tiles_figure_test.moc"
