// SPDX-License-Identifier: GPL-3.0-or-later
// A list of cells: each found where it is drawn, told in words, and its bar as long as its number.
#include "ui/plots/rank_figure.h"

#include <cmath>

#include <QImage>
#include <QPainter>
#include <QTest>

#include "tests/test_main.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

namespace {

RankFigure sampleRank(int count = 5) {
  RankFigure::Content content{
      .cells = {}, .title = "largest", .value = "β", .row = "unit i", .column = "synapse j"};
  for (int k = 0; k < count; ++k)
    content.cells.push_back({10 + k, 2 * k, (k % 2 == 0 ? 1 : -1) * (1.0 / (k + 1))});
  return RankFigure(std::move(content));
}

FigurePaint titledPaint() {
  FigurePaint how;
  how.titled = true;
  return how;
}

QImage drawnRank(const RankFigure& figure, const QSize& size) {
  QImage image(size, QImage::Format_RGB32);
  image.fill(Qt::white);
  QPainter painter(&image);
  figure.paint(painter, QRectF(QPointF(0, 0), QSizeF(size)), titledPaint());
  return image;
}

// Pixels of a colour in the line of a point.
int inked(const QImage& image, const RankFigure& figure, int point, const QColor& color) {
  int most = 0;
  const QRectF area(QPointF(0, 0), QSizeF(image.size()));
  for (int y = 0; y < image.height(); ++y) {
    if (figure.pointAt({5, y + 0.5}, area, titledPaint()) != point) continue;
    int count = 0;
    for (int x = 0; x < image.width(); ++x) count += image.pixelColor(x, y) == color ? 1 : 0;
    most = std::max(most, count);
  }
  return most;
}

}  // namespace

class RankFigureTest : public QObject {
  Q_OBJECT

 private slots:
  void everyCellIsFound();
  void barsAreAsLongAsTheNumbers();
  void theTableIsTheList();
  void wordsTellTheCell();
  void manyCellsAreDrawnWithoutRunningTogether();
  void nothingIsAnEmptyList();
  void keysWalkTheList();
};

void RankFigureTest::everyCellIsFound() {
  for (const int count : {1, 5, 40}) {
    const RankFigure figure = sampleRank(count);
    const QRectF area(0, 0, 300, 400);
    int expected = 0;
    for (double y = 0; y < 400; y += 0.5)
      if (const auto point = figure.pointAt({20, y}, area, {})) {
        QVERIFY(*point == expected || *point == expected + 1);
        expected = *point;
      }
    QCOMPARE(expected, count - 1);
  }
}

void RankFigureTest::barsAreAsLongAsTheNumbers() {
  const RankFigure figure = sampleRank();
  const QImage image = drawnRank(figure, {500, 200});
  const QColor above = seriesColor(FigureLook::light(), 1), below = seriesColor(FigureLook::light(), 0);
  const int whole = inked(image, figure, 0, above);
  QVERIFY(whole > 100);
  QVERIFY(std::abs(inked(image, figure, 1, below) - whole / 2) <= 2);
  QVERIFY(std::abs(inked(image, figure, 2, above) - whole / 3) <= 2);
  QCOMPARE(inked(image, figure, 1, above), 0);  // below 0 on the other side, in the other colour
}

void RankFigureTest::theTableIsTheList() {
  const RankFigure figure = sampleRank();
  QCOMPARE(figure.rowCount(), 5);
  QCOMPARE(figure.columnCount(), 3);
  QCOMPARE(figure.columnName(1), QStringLiteral("synapse j"));
  QCOMPARE(figure.rowName(0), QStringLiteral("1"));
  QCOMPARE(figure.cell(3, 0).toInt(), 13);
  QCOMPARE(figure.cell(3, 1).toInt(), 6);
  QCOMPARE(figure.cell(3, 2).toDouble(), -0.25);
}

void RankFigureTest::wordsTellTheCell() {
  QCOMPARE(sampleRank().pointText(1), QStringLiteral("2 of 5: unit i 11, synapse j 2, β −0.5"));
}

void RankFigureTest::manyCellsAreDrawnWithoutRunningTogether() {
  const QImage image = drawnRank(sampleRank(1000), {300, 200});
  // The words' columns have white lines between the words.
  int white = 0;
  for (int y = 0; y < image.height(); ++y) {
    bool empty = true;
    for (int x = 0; x < 60; ++x) empty = empty && image.pixelColor(x, y) == QColor(Qt::white);
    white += empty ? 1 : 0;
  }
  QVERIFY2(white > 10, QByteArray::number(white).constData());
}

void RankFigureTest::nothingIsAnEmptyList() {
  const RankFigure figure{RankFigure::Content{}};
  drawnRank(figure, {100, 100});
  QVERIFY(!figure.pointAt({50, 50}, QRectF(0, 0, 100, 100), {}));
  QCOMPARE(figure.rowCount(), 0);
}

void RankFigureTest::keysWalkTheList() {
  FigureView view;
  view.setFigure(std::make_shared<const RankFigure>(sampleRank()));
  view.resize(300, 200);
  view.show();
  QTest::keyClick(&view, Qt::Key_Home);
  QTest::keyClick(&view, Qt::Key_Down);
  QCOMPARE(view.currentPoint(), std::optional<int>(1));
  QVERIFY(view.currentPointText().contains("unit i 11"));
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::RankFigureTest)
#include "rank_figure_test.moc"
