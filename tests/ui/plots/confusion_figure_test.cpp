// SPDX-License-Identifier: GPL-3.0-or-later
// The confusion matrix and named bars as figures: their numbers, words, places and keys.
#include "ui/plots/confusion_figure.h"

#include <QImage>
#include <QTest>

#include "golden_pictures.h"
#include "tests/test_main.h"
#include "ui/plots/bars_figure.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

namespace {

// Of 10 a's seven are right, of 20 b's all but one, of 30 c's all; no image is said to be d.
compute::Confusion sampleCounts() {
  return {.classes = 4, .counts = {7, 2, 1, 0, 1, 19, 0, 0, 0, 0, 30, 0, 0, 0, 4, 0}};
}

ConfusionFigure::Content sampleContent() {
  return {.title = "Confusion matrix",
          .counts = sampleCounts(),
          .before = std::nullopt,
          .names = {"a", "b", "c", "d"}};
}

QImage drawnFigure(const Figure& figure, QSize size, bool dark) {
  QImage image(size, QImage::Format_RGB32);
  FigurePaint how;
  how.look = dark ? FigureLook::dark() : FigureLook::light();
  how.font = QFont(QStringLiteral("DejaVu Sans"), 9);
  image.fill(how.look.background);
  QPainter painter(&image);
  figure.paint(painter, QRectF(QPointF(0, 0), QSizeF(size)).adjusted(4, 4, -4, -4), how);
  return image;
}

}  // namespace

class ConfusionFigureTest : public QObject {
  Q_OBJECT

 private slots:
  void countsAndPercentages();
  void differencesAreOfWhatIsShown();
  void everyCellIsFoundWhereItStands();
  void wordsTellTheCell();
  void keysWalkLinesAndColumns();
  void looksAsItShould_data();
  void looksAsItShould();
  void barsTellTheirRows();
};

void ConfusionFigureTest::countsAndPercentages() {
  ConfusionFigure::Content content = sampleContent();
  QCOMPARE(ConfusionFigure(content).cell(0, 1).toDouble(), 2.0);
  content.numbers = ConfusionFigure::Numbers::RowPercent;
  QCOMPARE(ConfusionFigure(content).cell(0, 0).toDouble(), 70.0);
  QCOMPARE(ConfusionFigure(content).cell(1, 1).toDouble(), 95.0);
  content.numbers = ConfusionFigure::Numbers::ColumnPercent;
  QCOMPARE(ConfusionFigure(content).cell(0, 0).toDouble(), 87.5);
  QCOMPARE(ConfusionFigure(content).cell(3, 3).toDouble(), 0.0);  // none are said to be d
  const auto matrix = ConfusionFigure(sampleContent()).matrix();
  QCOMPARE(matrix->rows, 4);
  QCOMPARE(matrix->values[5], 19.0F);
}

void ConfusionFigureTest::differencesAreOfWhatIsShown() {
  ConfusionFigure::Content content = sampleContent();
  content.before =
      compute::Confusion{.classes = 4, .counts = {5, 5, 0, 0, 1, 19, 0, 0, 0, 0, 30, 0, 0, 0, 0, 4}};
  QCOMPARE(ConfusionFigure(content).cell(0, 1).toDouble(), -3.0);
  QCOMPARE(ConfusionFigure(content).cell(3, 3).toDouble(), -4.0);
  content.numbers = ConfusionFigure::Numbers::RowPercent;
  QCOMPARE(ConfusionFigure(content).cell(0, 0).toDouble(), 20.0);
  QVERIFY(ConfusionFigure(content).pointText(1).contains("before 5"));
}

void ConfusionFigureTest::everyCellIsFoundWhereItStands() {
  const ConfusionFigure figure(sampleContent());
  const QRectF area(0, 0, 400, 300);
  const FigurePaint how;
  // Cells are found in their order, along rows and down columns, and nowhere else.
  int last = -1;
  QList<int> seen;
  for (int y = 0; y < 300; ++y)
    for (int x = 0; x < 400; ++x)
      if (const auto point = figure.pointAt(QPointF(x, y), area, how)) {
        if (!seen.contains(*point)) seen.append(*point);
        last = *point;
      }
  QCOMPARE(seen.size(), 16);
  QCOMPARE(seen.first(), 0);
  QCOMPARE(last, 15);
  QVERIFY(!figure.pointAt({2, 2}, area, how));
}

void ConfusionFigureTest::wordsTellTheCell() {
  ConfusionFigure::Content content = sampleContent();
  QCOMPARE(ConfusionFigure(content).pointText(1), QString("true a, said b: 2"));
  content.numbers = ConfusionFigure::Numbers::RowPercent;
  QCOMPARE(ConfusionFigure(content).pointText(1), QString("true a, said b: 2, 20.0 % of row"));
}

void ConfusionFigureTest::keysWalkLinesAndColumns() {
  FigureView view;
  view.setFigure(std::make_shared<const ConfusionFigure>(sampleContent()));
  view.resize(400, 300);
  view.show();
  const auto press = [&](Qt::Key key) {
    QTest::keyClick(&view, key);
    return view.currentPoint().value_or(-1);
  };
  QCOMPARE(press(Qt::Key_Home), 0);
  QCOMPARE(press(Qt::Key_Down), 4);
  QCOMPARE(press(Qt::Key_Right), 5);
  QCOMPARE(press(Qt::Key_Up), 1);
  QCOMPARE(press(Qt::Key_Up), 1);  // there is no line above
  QCOMPARE(press(Qt::Key_End), 15);
  QCOMPARE(press(Qt::Key_Down), 15);
}

void ConfusionFigureTest::looksAsItShould_data() {
  QTest::addColumn<bool>("dark");
  QTest::addColumn<bool>("difference");
  for (const bool dark : {false, true})
    for (const bool difference : {false, true})
      QTest::addRow("confusion%s-%s", difference ? "-change" : "", dark ? "dark" : "light")
          << dark << difference;
}

void ConfusionFigureTest::looksAsItShould() {
  QFETCH(bool, dark);
  QFETCH(bool, difference);
  ConfusionFigure::Content content = sampleContent();
  content.marked = 1;
  content.note = "60 of 64 right";
  if (difference) content.before = compute::Confusion{.classes = 4, .counts = std::vector<int>(16, 4)};
  test::compareWithGolden(drawnFigure(ConfusionFigure(content), {400, 320}, dark), QTest::currentDataTag());
}

void ConfusionFigureTest::barsTellTheirRows() {
  const BarsFigure figure({.title = "Each class",
                           .rows = "class",
                           .names = {"a", "b"},
                           .columns = {{.name = "precision", .values = {0.875, 1}},
                                       {.name = "recall", .values = {0.7, NAN}, .color = 1}},
                           .marked = 1});
  QCOMPARE(figure.pointText(0), QString("class a, precision 0.875, recall 0.7"));
  QCOMPARE(figure.pointText(1), QString("class b, precision 1, recall –"));
  QCOMPARE(figure.cell(1, 0).toString(), QString("b"));
  QCOMPARE(figure.cell(0, 2).toDouble(), 0.7);
  QCOMPARE(figure.columnName(2), QString("recall"));
  test::compareWithGolden(drawnFigure(figure, {400, 96}, false), "bars-light");
  test::compareWithGolden(drawnFigure(figure, {400, 96}, true), "bars-dark");
  const QRectF area(0, 0, 400, 96);
  QVERIFY(figure.pointAt({200, 60}, area, {}).has_value());
  QVERIFY(!figure.pointAt({200, 2}, area, {}));
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::ConfusionFigureTest)
#include "confusion_figure_test.moc"
