// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "sample_matrix.h"
#include "tests/test_main.h"
#include "ui/plots/figure_table_model.h"
#include "ui/plots/heat_shrink.h"
#include "ui/plots/heat_view.h"

using namespace synann::ui;
using test::sampleHeat;

namespace {

std::unique_ptr<HeatView> shownHeat(int n = 32) {
  auto view = std::make_unique<HeatView>();
  const auto data = sampleHeat(n);
  view->setData(data, scaleOf(data->values, ColorMap::Automatic));
  view->resize(500, 400);
  view->show();
  QCoreApplication::processEvents();
  return view;
}

// The middle of a cell in the view's pixels.
QPoint cellPixel(const HeatView& view, int row, int column) {
  const FigurePaint how{.look = FigureLook::light(), .font = view.font(), .vector = false, .current = {}};
  const QRectF rect = view.figure()->matrixRect(QRectF(view.rect()).adjusted(6, 6, -6, -6), how);
  const QRectF cells = view.viewport();
  const double size = rect.width() / cells.width();
  return {static_cast<int>(rect.left() + (column + 0.5 - cells.left()) * size),
          static_cast<int>(rect.top() + (row + 0.5 - cells.top()) * size)};
}

}  // namespace

// The heat map shows every number, and every number can be reached.
class HeatMapTest : public QObject {
  Q_OBJECT
 private slots:
  void everyCellHasItsColour();
  void scaleFollowsTheNumbers();
  void ordersMoveCellsNotNumbers();
  void manyCellsArePaintedAsTheirMean();
  void shrinkingKeepsTheMean();
  void clickChoosesTheCell();
  void keysReachEveryCell();
  void zoomKeepsTheCellUnderThePointer();
  void doubleClickAndEnterOpenTheCell();
  void panAndZoomStayInside();
  void aBlockIsChosen();
  void zoomSurvivesNewNumbers();
  void aScreenReaderHearsTheCell();
  void theTableIsTheMatrix();
  void emptyAndOddMatrices();
};

void HeatMapTest::everyCellHasItsColour() {
  const auto data = sampleHeat(20);
  for (const ColorMap map : {ColorMap::Viridis, ColorMap::Diverging}) {
    const HeatScale scale = scaleOf(data->values, map);
    const QImage image = heatImage(*data, scale, false);
    QCOMPARE(image.size(), QSize(20, 20));
    const ColorTable& table = colorTable(map, false);
    for (int r = 0; r < 20; ++r)
      for (int c = 0; c < 20; ++c) {
        const double place =
            (static_cast<double>(data->at(r, c)) - scale.least) / (scale.most - scale.least) * 255;
        const auto near = static_cast<std::size_t>(std::lround(std::clamp(place, 0.0, 255.0)));
        const QRgb found = image.pixel(c, r);
        QVERIFY(found == table[near] || found == table[near == 0 ? 0 : near - 1] ||
                found == table[std::min<std::size_t>(255, near + 1)]);
      }
  }
  auto odd = std::make_shared<HeatData>(*data);
  odd->values[0] = NAN;
  odd->values[1] = INFINITY;
  const QImage image = heatImage(*odd, scaleOf(odd->values, ColorMap::Viridis), false);
  QCOMPARE(image.pixel(0, 0), qRgb(128, 128, 128));
  QCOMPARE(image.pixel(1, 0), colorTable(ColorMap::Viridis, false)[255]);
}

void HeatMapTest::scaleFollowsTheNumbers() {
  const HeatScale negative = scaleOf({-0.5F, 0.2F}, ColorMap::Automatic);
  QVERIFY(negative.diverging());
  QCOMPARE(negative.least, -0.5);
  QCOMPARE(negative.most, 0.5);
  const HeatScale positive = scaleOf({0.25F, 0.75F}, ColorMap::Automatic);
  QVERIFY(!positive.diverging());
  QCOMPARE(positive.least, 0.25);
  QCOMPARE(positive.most, 0.75);
  QCOMPARE(scaleOf({-0.5F, 0.25F}, ColorMap::Viridis).most, 0.25);
  for (const float constant : {0.0F, 0.5F, -2.0F}) {
    const HeatScale scale = scaleOf({constant, constant}, ColorMap::Automatic);
    QVERIFY(scale.least < scale.most);
    QVERIFY(scale.least <= static_cast<double>(constant) && static_cast<double>(constant) <= scale.most);
  }
  QVERIFY(scaleOf({NAN}, ColorMap::Automatic).least < scaleOf({NAN}, ColorMap::Automatic).most);
}

void HeatMapTest::ordersMoveCellsNotNumbers() {
  auto data = std::make_shared<HeatData>(*sampleHeat(8));
  data->row_order = {7, 6, 5, 4, 3, 2, 1, 0};
  data->column_order = {1, 0, 2, 3, 4, 5, 6, 7};
  const HeatFigure figure(data, scaleOf(data->values, ColorMap::Automatic));
  QCOMPARE(figure.rowName(0), QStringLiteral("7"));
  QCOMPARE(figure.columnName(0), QStringLiteral("1"));
  QCOMPARE(figure.cell(0, 0).toFloat(), data->at(7, 1));
  QCOMPARE(
      figure.pointText(0),
      QStringLiteral("unit i 7, synapse j 1, β %1").arg(numberText(static_cast<double>(data->at(7, 1)))));
  QCOMPARE(data->rowPosition(7), 0);
  const QImage straight = heatImage(*sampleHeat(8), figure.scale(), false),
               turned = heatImage(*data, figure.scale(), false);
  QCOMPARE(turned.pixel(0, 0), straight.pixel(1, 7));
  QCOMPARE(figure.matrix()->values, data->values);  // a file has them as they are
}

// One cell in four is bright: painted smaller than a pixel each, the mean is seen, not every other one of
// them.
void HeatMapTest::manyCellsArePaintedAsTheirMean() {
  auto data = std::make_shared<HeatData>();
  data->rows = data->columns = 1024;
  data->values.assign(1024 * 1024, 0.0F);
  for (std::size_t r = 0; r < 1024; r += 2)
    for (std::size_t c = 0; c < 1024; c += 2) data->values[r * 1024 + c] = 1.0F;
  const HeatFigure figure(data, {0, 1, ColorMap::Grey});
  QImage image(400, 330, QImage::Format_RGB32);
  QPainter painter(&image);
  const FigurePaint how{.look = FigureLook::light(), .font = QFont(), .vector = false, .current = {}};
  figure.paint(painter, image.rect(), how);
  painter.end();
  const QRect inside = figure.matrixRect(image.rect(), how).toRect().adjusted(3, 3, -3, -3);
  const int mean =
      (3 * qRed(colorTable(ColorMap::Grey, false)[0]) + qRed(colorTable(ColorMap::Grey, false)[255])) / 4;
  for (int y = inside.top(); y < inside.bottom(); y += 7)
    for (int x = inside.left(); x < inside.right(); x += 7)
      QVERIFY(std::abs(qRed(image.pixel(x, y)) - mean) < 48);
}

// Every cell counts by its share: the whole's mean stays, and so does a constant; one broken number shows.
void HeatMapTest::shrinkingKeepsTheMean() {
  HeatData data;
  data.rows = 70;
  data.columns = 90;
  for (int k = 0; k < 70 * 90; ++k) data.values.push_back(static_cast<float>((k * 37) % 101) / 100);
  const auto mean = [](const std::vector<float>& values) {
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value);
    return sum / static_cast<double>(values.size());
  };
  for (const QSize size : {QSize(45, 35), QSize(31, 67), QSize(89, 1), QSize(7, 7)}) {
    const auto means = shrink(data, {0, 0, 90, 70}, size);
    QCOMPARE(means.size(), static_cast<std::size_t>(size.width() * size.height()));
    QVERIFY2(std::abs(mean(means) - mean(data.values)) < 1e-6, qPrintable(QString::number(mean(means))));
  }
  const auto halves = shrink(data, {0, 0, 90, 70}, {45, 35});
  QVERIFY(std::abs(halves[46] - (data.at(2, 2) + data.at(2, 3) + data.at(3, 2) + data.at(3, 3)) / 4) < 1e-6F);
  // A part, with another order of the rows.
  data.row_order.resize(70);
  for (int r = 0; r < 70; ++r) data.row_order[static_cast<std::size_t>(r)] = 69 - r;
  const auto part = shrink(data, {10, 20, 4, 4}, {2, 2});
  QVERIFY(std::abs(part[0] - (data.at(49, 10) + data.at(49, 11) + data.at(48, 10) + data.at(48, 11)) / 4) <
          1e-6F);
  data.values[0] = NAN;
  QVERIFY(std::isnan(shrink(data, {0, 0, 90, 70}, {45, 35})[34 * 45]));
}

void HeatMapTest::clickChoosesTheCell() {
  const auto view = shownHeat();
  const QSignalSpy chosen(view.get(), &HeatView::cellChosen);
  QTest::mouseClick(view.get(), Qt::LeftButton, {}, cellPixel(*view, 3, 5));
  QCOMPARE(chosen.size(), 1);
  QCOMPARE(view->row(), 3);
  QCOMPARE(view->column(), 5);
  QCOMPARE(view->currentPointText(), QStringLiteral("unit i 3, synapse j 5, β 0.2"));
  QSignalSpy hovered(view.get(), &HeatView::cellHovered);
  QTest::mouseMove(view.get(), cellPixel(*view, 10, 20));
  QTRY_VERIFY(!hovered.isEmpty());
  QCOMPARE(hovered.last(), (QVariantList{10, 20}));
  QCOMPARE(view->row(), 3);  // reading is not choosing
}

void HeatMapTest::keysReachEveryCell() {
  const auto view = shownHeat(16);
  view->setFocus();
  int seen = 0;
  for (int r = 0; r < 16; ++r) {
    QTest::keyClick(view.get(), Qt::Key_Home);
    for (int c = 0; c < 16; ++c) {
      QCOMPARE(view->row(), r);
      QCOMPARE(view->column(), c);
      ++seen;
      if (c < 15) QTest::keyClick(view.get(), Qt::Key_Right);
    }
    QTest::keyClick(view.get(), Qt::Key_Down);
  }
  QCOMPARE(seen, 256);
  QTest::keyClick(view.get(), Qt::Key_Down);  // no farther than the edge
  QCOMPARE(view->row(), 15);
  QTest::keyClick(view.get(), Qt::Key_PageUp);
  QCOMPARE(view->row(), 5);
  QTest::keyClick(view.get(), Qt::Key_Left, Qt::ControlModifier);
  QCOMPARE(view->column(), 5);
  QTest::keyClick(view.get(), Qt::Key_End);
  QCOMPARE(view->column(), 15);
}

void HeatMapTest::zoomKeepsTheCellUnderThePointer() {
  const auto view = shownHeat();
  const QPoint place = cellPixel(*view, 24, 7);
  for (int k = 0; k < 5; ++k) {
    QWheelEvent wheel(place, view->mapToGlobal(place), {}, {0, 120}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(view.get(), &wheel);
  }
  QVERIFY(view->viewport().width() < 12);
  QTest::mouseClick(view.get(), Qt::LeftButton, {}, place);
  QCOMPARE(view->row(), 24);
  QCOMPARE(view->column(), 7);
  QTest::keyClick(view.get(), Qt::Key_0);
  QCOMPARE(view->viewport(), QRectF(0, 0, 32, 32));
}

void HeatMapTest::doubleClickAndEnterOpenTheCell() {
  const auto view = shownHeat();
  QSignalSpy opened(view.get(), &HeatView::cellActivated);
  QTest::keyClick(view.get(), Qt::Key_Down);
  QTest::keyClick(view.get(), Qt::Key_Return);
  QCOMPARE(opened.takeFirst(), (QVariantList{1, 0}));
  const QPoint place = cellPixel(*view, 12, 7);
  QTest::mouseClick(view.get(), Qt::LeftButton, {}, place);
  QVERIFY(opened.isEmpty());  // a single click chooses alone
  QTest::mouseDClick(view.get(), Qt::LeftButton, {}, place);
  QCOMPARE(opened.takeFirst(), (QVariantList{12, 7}));
  QTest::mouseClick(view.get(), Qt::RightButton, {}, cellPixel(*view, 3, 4));
  QCOMPARE(view->row(), 3);  // the menu is about the cell under the pointer
  QCOMPARE(view->column(), 4);
}

void HeatMapTest::panAndZoomStayInside() {
  const auto view = shownHeat();
  view->setFocus();
  view->setCell(31, 31);
  for (int k = 0; k < 40; ++k) QTest::keyClick(view.get(), Qt::Key_Plus);
  const QRectF all(0, 0, 32, 32);
  QVERIFY(view->viewport().width() >= 4 - 1e-9 && all.contains(view->viewport()));
  QVERIFY(view->viewport().contains(QPointF(31.5, 31.5)));
  for (int k = 0; k < 100; ++k) QTest::keyClick(view.get(), Qt::Key_Left, Qt::AltModifier);
  QCOMPARE(view->viewport().left(), 0.0);
  for (int k = 0; k < 100; ++k) QTest::keyClick(view.get(), Qt::Key_Down, Qt::AltModifier);
  QVERIFY(std::abs(view->viewport().bottom() - 32) < 1e-9);
  QTest::keyClick(view.get(), Qt::Key_Home);  // the chosen cell is brought back into view
  QVERIFY(view->viewport().contains(QPointF(0.5, 31.5)));
  const QRectF before = view->viewport();
  const QPoint from = view->rect().center();
  QTest::mousePress(view.get(), Qt::MiddleButton, {}, from);
  QTest::mouseMove(view.get(), from - QPoint(40, 0));
  QTest::mouseMove(view.get(), from - QPoint(80, 0));
  QTest::mouseRelease(view.get(), Qt::MiddleButton, {}, from - QPoint(80, 0));
  QVERIFY(view->viewport().left() > before.left());
  QTest::keyClick(view.get(), Qt::Key_0);
  QCOMPARE(view->viewport(), all);
}

// By keys and by the mouse; what is chosen are places in the picture, whatever the order of the rows.
void HeatMapTest::aBlockIsChosen() {
  const auto view = shownHeat();
  QSignalSpy changed(view.get(), &HeatView::blockChanged);
  view->setFocus();
  view->setCell(5, 7);
  QVERIFY(view->block().isEmpty());
  QTest::keyClick(view.get(), Qt::Key_Right, Qt::ShiftModifier);
  QTest::keyClick(view.get(), Qt::Key_Up, Qt::ShiftModifier);
  QTest::keyClick(view.get(), Qt::Key_Up, Qt::ShiftModifier);
  QCOMPARE(view->block(), QRect(7, 3, 2, 3));
  QCOMPARE(view->row(), 3);
  QCOMPARE(view->column(), 8);
  QVERIFY(view->currentPointText().endsWith("in a block of 3 × 2 cells"));
  QCOMPARE(changed.size(), 3);
  QTest::keyClick(view.get(), Qt::Key_Down, Qt::ShiftModifier | Qt::ControlModifier);
  QCOMPARE(view->block(), QRect(7, 5, 2, 9));
  QTest::keyClick(view.get(), Qt::Key_Escape);
  QVERIFY(view->block().isEmpty());
  QCOMPARE(view->row(), 13);
  QTest::keyClick(view.get(), Qt::Key_End, Qt::ShiftModifier);
  QCOMPARE(view->block(), QRect(8, 13, 24, 1));
  QTest::keyClick(view.get(), Qt::Key_Left);  // without Shift: the cell alone
  QVERIFY(view->block().isEmpty());

  const auto drag = [&](QPoint from, QPoint to) {
    QTest::mousePress(view.get(), Qt::LeftButton, Qt::ShiftModifier, from);
    for (const QPoint at : {(from + to) / 2, to}) {
      QMouseEvent move(QEvent::MouseMove, at, view->mapToGlobal(at), Qt::LeftButton, Qt::LeftButton,
                       Qt::ShiftModifier);
      QCoreApplication::sendEvent(view.get(), &move);
    }
    QTest::mouseRelease(view.get(), Qt::LeftButton, Qt::ShiftModifier, to);
  };
  drag(cellPixel(*view, 12, 17), cellPixel(*view, 4, 9));
  QCOMPARE(view->block(), QRect(9, 4, 9, 9));
  QCOMPARE(view->viewport(), QRectF(0, 0, 32, 32));  // nothing moved
  QTest::mouseClick(view.get(), Qt::LeftButton, Qt::ShiftModifier, cellPixel(*view, 20, 17));
  QCOMPARE(view->block(), QRect(17, 12, 1, 9));
  drag(cellPixel(*view, 30, 30), QPoint(view->width() - 1, view->height() - 1));  // beyond the edge
  QCOMPARE(view->block(), QRect(30, 30, 2, 2));
  view->grab();
  QTest::mouseClick(view.get(), Qt::LeftButton, {}, cellPixel(*view, 1, 2));
  QVERIFY(view->block().isEmpty());

  // New numbers leave it, another order does not.
  drag(cellPixel(*view, 2, 2), cellPixel(*view, 3, 4));
  auto same = std::make_shared<HeatData>(view->figure()->data());
  view->setData(same, view->figure()->scale());
  QCOMPARE(view->block(), QRect(2, 2, 3, 2));
  auto other = std::make_shared<HeatData>(*same);
  for (int k = 0; k < 32; ++k) other->row_order.push_back(31 - k);
  view->setData(other, view->figure()->scale());
  QVERIFY(view->block().isEmpty());
}

void HeatMapTest::zoomSurvivesNewNumbers() {
  const auto view = shownHeat();
  view->setCell(4, 9);
  view->zoom(3);
  const QRectF before = view->viewport();
  const auto next = sampleHeat(32, -1);
  view->setData(next, scaleOf(next->values, ColorMap::Automatic));
  QCOMPARE(view->viewport(), before);
  QCOMPARE(view->row(), 4);
  const auto smaller = sampleHeat(8);
  view->setData(smaller, scaleOf(smaller->values, ColorMap::Automatic));
  QCOMPARE(view->viewport(), QRectF(0, 0, 8, 8));
  QCOMPARE(view->column(), 7);
}

void HeatMapTest::aScreenReaderHearsTheCell() {
  const auto view = shownHeat();
  view->setCell(3, 5);
  QAccessibleInterface* heard = QAccessible::queryAccessibleInterface(view.get());
  QVERIFY(heard);
  QCOMPARE(heard->role(), QAccessible::Chart);
  QCOMPARE(heard->text(QAccessible::Value), QStringLiteral("unit i 3, synapse j 5, β 0.2"));
  QCOMPARE(heard->text(QAccessible::Name), QStringLiteral("β of fcn: unit i 3, synapse j 5, β 0.2"));
  QTest::keyClick(view.get(), Qt::Key_Right);
  QVERIFY(heard->text(QAccessible::Value).startsWith("unit i 3, synapse j 6, β "));
  QVERIFY(!heard->text(QAccessible::Description).isEmpty());
}

void HeatMapTest::theTableIsTheMatrix() {
  const auto data = sampleHeat(24);
  FigureTableModel model;
  const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
  model.setFigure(std::make_shared<const HeatFigure>(data, scaleOf(data->values, ColorMap::Automatic)));
  QCOMPARE(model.rowCount(), 24);
  QCOMPARE(model.columnCount(), 24);
  QCOMPARE(model.data(model.index(3, 5)).toString(), QStringLiteral("0.2"));
  QCOMPARE(model.headerData(5, Qt::Horizontal).toString(), QStringLiteral("5"));
  const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged),
      reset(&model, &QAbstractItemModel::modelReset);
  const auto next = sampleHeat(24, -1);
  model.setFigure(std::make_shared<const HeatFigure>(next, scaleOf(next->values, ColorMap::Automatic)));
  QCOMPARE(changed.size(), 1);  // the same shape: a selection stays
  QCOMPARE(reset.size(), 0);
  model.setFigure(nullptr);
  QCOMPARE(model.rowCount(), 0);
}

void HeatMapTest::emptyAndOddMatrices() {
  HeatView view;
  view.resize(200, 160);
  view.show();
  QTest::keyClick(&view, Qt::Key_Right);
  QVERIFY(view.currentPointText().isEmpty());
  auto data = std::make_shared<HeatData>();
  data->rows = 1;
  data->columns = 3;
  data->values = {NAN, NAN, NAN};
  view.setData(data, scaleOf(data->values, ColorMap::Automatic));
  view.grab();
  QTest::keyClick(&view, Qt::Key_Plus);
  QTest::keyClick(&view, Qt::Key_End);
  QCOMPARE(view.currentPointText(), QStringLiteral("unit i 0, synapse j 2, β NaN"));
}

SYNANN_WINDOW_TEST(HeatMapTest)
#include "heat_map_test.moc"
