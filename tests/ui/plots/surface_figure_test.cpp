// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/surface_figure.h"

#include <cmath>

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "tests/test_main.h"
#include "ui/plots/class_marks.h"
#include "ui/plots/curve_figure.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/figure_table_model.h"
#include "ui/plots/quad_raster.h"
#include "ui/plots/surface_view.h"

using namespace synann;
using namespace synann::ui;

namespace {

constexpr QRectF kArea(0, 0, 600, 500);

FigurePaint paintOf(bool dark = false) {
  return {.look = dark ? FigureLook::dark() : FigureLook::light(),
          .font = QFont(),
          .vector = false,
          .current = {}};
}

std::shared_ptr<SurfaceData> sample(const synapse::Synapse& s = {1, 0.8}, std::size_t side = 21) {
  auto data = std::make_shared<SurfaceData>();
  data->synapse = s;
  data->grid = *synapse::sample_field(synapse::Field::Value, s, {0, 1}, {0, 1}, side, side);
  data->title = QStringLiteral("S");
  return data;
}

std::unique_ptr<SurfaceView> shownSurface() {
  auto view = std::make_unique<SurfaceView>();
  view->resize(500, 400);
  view->setData(sample(), {});
  view->show();
  return view;
}

QImage painted(const SurfaceFigure& figure, bool quick = false) {
  QImage image(600, 500, QImage::Format_RGB32);
  image.fill(Qt::white);
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  FigurePaint how = paintOf();
  how.quick = quick;
  figure.paint(painter, kArea, how);
  return image;
}

}  // namespace

// The surface stands where its numbers say, can be turned, and every point of it can be reached.
class SurfaceFigureTest : public QObject {
  Q_OBJECT
 private slots:
  void marksSayShortNames();
  void aLegendOfManyClassesKeepsThemAll();
  void theBoxKeepsItsDirections();
  void theBoxStaysInsideItsArea();
  void hiddenIsWhatTheSurfaceCovers();
  void everyPointThatIsSeenCanBePointedAt();
  void cellsMeetWithoutASeam();
  void nearerCellsCoverFartherOnes();
  void keysTurnZoomAndReset();
  void keysWalkOverTheWholeGrid();
  void dragTurnsAndClickChooses();
  void aScreenReaderHearsThePlace();
  void theTableIsTheGrid();
  void holesAndFlatSurfacesArePainted();
  void curvesKeepTheirGaps();
};

void SurfaceFigureTest::marksSayShortNames() {
  const QStringList names = {"a", "no", "boot"};
  QCOMPARE(classMarkText(0, names), QStringLiteral("a"));
  QCOMPARE(classMarkText(1, names), QStringLiteral("no"));
  QCOMPARE(classMarkText(2, names), QStringLiteral("2"));
  QCOMPARE(classMarkText(7, names), QStringLiteral("7"));
}

// Every class of EMNIST in a narrow figure: all marks within the line, none left out.
void SurfaceFigureTest::aLegendOfManyClassesKeepsThemAll() {
  constexpr int kClasses = 62, kWidth = 400;
  std::map<int, int> counts;
  for (int label = 0; label < kClasses; ++label) counts[label] = 20;
  QImage image(kWidth + 40, 30, QImage::Format_RGB32);
  image.fill(Qt::white);
  QPainter painter(&image);
  paintClassLegend(painter, QRectF(0, 0, kWidth, 30), counts, paintOf());
  painter.end();
  const auto column_is_empty = [&](int x) {
    for (int y = 0; y < image.height(); ++y)
      if (image.pixel(x, y) != qRgb(255, 255, 255)) return false;
    return true;
  };
  for (int x = kWidth + 2; x < image.width(); ++x) QVERIFY(column_is_empty(x));
  QVERIFY(!column_is_empty(kWidth - 10));
}

void SurfaceFigureTest::theBoxKeepsItsDirections() {
  const Axes::Range unit{0, 1};
  for (double azimuth = -175; azimuth < 180; azimuth += 37)
    for (const double elevation : {5.0, 30.0, 80.0}) {
      const SurfaceBox box(kArea, {azimuth, elevation, 1}, unit, unit, unit, QFont());
      // Up is up, and a step towards the viewer does not move in the picture.
      QVERIFY(box.project({0.5, 0.5, 1}).y() < box.project({0.5, 0.5, 0}).y());
      QCOMPARE(box.project({0.5, 0.5, 1}).x(), box.project({0.5, 0.5, 0}).x());
      const Point3& way = box.toward();
      const QPointF moved =
          box.project({0.5 + way.x, 0.5 + way.y, 0.5 + way.z}) - box.project({0.5, 0.5, 0.5});
      QVERIFY(std::hypot(moved.x(), moved.y()) < 1e-6);
      QCOMPARE(box.nearX(), way.x > 0);
      QCOMPARE(box.nearY(), way.y > 0);
      // The near end of the floor is lower in the picture than the far end.
      const double near_end = box.nearX() ? 1 : 0;
      QVERIFY(box.project({near_end, 0.5, 0}).y() > box.project({1 - near_end, 0.5, 0}).y());
    }
}

void SurfaceFigureTest::theBoxStaysInsideItsArea() {
  for (double azimuth = -180; azimuth < 180; azimuth += 15)
    for (double elevation = 0; elevation <= 90; elevation += 15) {
      const SurfaceBox box(kArea, {azimuth, elevation, 1}, {0, 1}, {-2, 2}, {0, 7}, QFont());
      for (const double x : {0.0, 1.0})
        for (const double y : {-2.0, 2.0})
          for (const double z : {0.0, 7.0}) QVERIFY(kArea.contains(box.project({x, y, z})));
    }
  const SurfaceCamera odd = limited({725, -40, 1000});
  QCOMPARE(odd.azimuth, 5.0);
  QCOMPARE(odd.elevation, 0.0);
  QVERIFY(odd.zoom < 10);
}

void SurfaceFigureTest::hiddenIsWhatTheSurfaceCovers() {
  // Seen along +x from the high end (x = 1) at a low angle, S = x covers what lies behind its ridge …
  // nothing; from the low end nothing is covered either. A ridge is needed: |∂S/∂β| of opposite signs makes
  // one.
  auto data = sample({1, 0});
  for (std::size_t row = 0; row < data->grid.rows; ++row)
    for (std::size_t column = 0; column < data->grid.columns; ++column)
      data->grid.values[row * data->grid.columns + column] = 1 - std::abs(2 * data->grid.x_at(column) - 1);
  const SurfaceFigure roof(data, {}, {.azimuth = 0, .elevation = 10, .zoom = 1});  // from +x
  const SurfaceBox box = roof.box(kArea, paintOf());
  QVERIFY(!roof.hidden(box, {0.75, 0.5, 0.5}));
  QVERIFY(roof.hidden(box, {0.25, 0.5, 0.5}));
  const SurfaceFigure above(data, {}, {.azimuth = 0, .elevation = 88, .zoom = 1});
  QVERIFY(!above.hidden(above.box(kArea, paintOf()), {0.25, 0.5, 0.5}));
}

void SurfaceFigureTest::everyPointThatIsSeenCanBePointedAt() {
  for (const SurfaceCamera& camera : {SurfaceCamera{}, SurfaceCamera{40, 60, 1}, SurfaceCamera{-60, 30, 1}}) {
    const SurfaceFigure figure(sample({1, 0.8}, 9), {}, camera);
    const SurfaceBox box = figure.box(kArea, paintOf());
    const synapse::Surface& grid = figure.data().grid;
    int found = 0;
    for (int k = 0; k < figure.pointCount(); ++k) {
      const auto at = static_cast<std::size_t>(k);
      const Point3 p{grid.x_at(at % grid.columns), grid.y_at(at / grid.columns), grid.values[at]};
      if (figure.hidden(box, p)) continue;
      const auto hit = figure.pointAt(box.project(p), kArea, paintOf());
      QVERIFY(hit.has_value());
      found += *hit == k ? 1 : 0;
    }
    QVERIFY2(found > 70, QByteArray::number(found).constData());  // of 81; x = 0 is one line for all heights
    QVERIFY(!figure.pointAt({1, 1}, kArea, paintOf()));
  }
}

void SurfaceFigureTest::cellsMeetWithoutASeam() {
  // A sheared grid of cells, each of its own colour: every pixel inside is filled, and by one cell alone.
  for (const double ratio : {1.0, 1.5, 2.0}) {
    QuadRaster raster({-3, 2, 120, 90}, ratio);
    constexpr int kCells = 9;
    const auto corner = [](int i, int j) {
      return QPointF(6.3 + 7.7 * i + 2.9 * j, 8.1 + 1.7 * i + 6.1 * j);
    };
    QImage before = raster.image();
    for (int i = 0; i < kCells; ++i)
      for (int j = 0; j < kCells; ++j) {
        raster.fill({corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)},
                    qRgb(10 + i, 10 + j, 100));
        for (int y = 0; y < before.height(); ++y)
          for (int x = 0; x < before.width(); ++x)  // what was filled is not painted over
            if (qAlpha(before.pixel(x, y)) > 0) QCOMPARE(raster.image().pixel(x, y), before.pixel(x, y));
        before = raster.image().copy();
      }
    int filled = 0;
    for (int y = 0; y < before.height(); ++y)
      for (int x = 0; x < before.width(); ++x) filled += qAlpha(before.pixel(x, y)) > 0 ? 1 : 0;
    const double area = kCells * kCells * (7.7 * 6.1 - 2.9 * 1.7) * ratio * ratio;
    QVERIFY2(std::abs(filled - area) < 0.02 * area, QByteArray::number(filled).constData());
    // Each row of pixels is filled from one end to the other.
    for (int y = 0; y < before.height(); ++y) {
      int changes = 0;
      for (int x = 1; x < before.width(); ++x)
        changes += (qAlpha(before.pixel(x, y)) > 0) != (qAlpha(before.pixel(x - 1, y)) > 0) ? 1 : 0;
      QVERIFY(changes == 0 || changes == 2);
    }
    raster.fill({QPointF(-1e6, -1e6), QPointF(1e6, -1e6), QPointF(1e6, 1e6), QPointF(-1e6, 1e6)},
                qRgb(1, 2, 3));
    QCOMPARE(raster.image().pixel(0, 0), qRgb(1, 2, 3));  // far outside is cut off
  }
}

void SurfaceFigureTest::nearerCellsCoverFartherOnes() {
  // A roof again: from +x the slope on that side is seen, from −x the other; they have different colours.
  auto data = sample({1, 0});
  for (std::size_t row = 0; row < data->grid.rows; ++row)
    for (std::size_t column = 0; column < data->grid.columns; ++column) {
      const double x = data->grid.x_at(column);
      data->grid.values[row * data->grid.columns + column] = x < 0.5 ? 2 * x : 1.8 * (1 - x) + 0.1;
    }
  const auto colour = [&](double azimuth, bool quick) {
    const SurfaceFigure roof(data, {.colors = ColorMap::Viridis, .contours = false}, {azimuth, 5, 1});
    const SurfaceBox box = roof.box(kArea, paintOf());
    const double x = azimuth == 0 ? 0.86 : 0.14;
    const QPointF place = box.project({x, 0.27, azimuth == 0 ? 1.8 * (1 - x) + 0.1 : 2 * x});
    return painted(roof, quick).pixelColor(place.toPoint());
  };
  const ColorTable& table = colorTable(ColorMap::Viridis, false);
  const auto near = [&](const QColor& seen, double height) {
    const QColor expected(table[static_cast<std::size_t>(height * 255)]);
    return std::abs(seen.red() - expected.red()) + std::abs(seen.green() - expected.green()) +
               std::abs(seen.blue() - expected.blue()) <
           40;
  };
  for (const bool quick : {false, true}) {  // files and windows
    QVERIFY(near(colour(0, quick), 0.352));
    QVERIFY(near(colour(180, quick), 0.28));
  }
}

void SurfaceFigureTest::keysTurnZoomAndReset() {
  const auto view = shownSurface();
  const QSignalSpy turned(view.get(), &SurfaceView::cameraChanged);
  const SurfaceCamera first = view->camera();
  QTest::keyClick(view.get(), Qt::Key_Right);
  QVERIFY(view->camera().azimuth < first.azimuth);
  QTest::keyClick(view.get(), Qt::Key_Up);
  QVERIFY(view->camera().elevation > first.elevation);
  QTest::keyClick(view.get(), Qt::Key_Plus);
  QVERIFY(view->camera().zoom > 1);
  QCOMPARE(turned.size(), 3);
  QCOMPARE(view->figure()->camera(), view->camera());
  for (const Qt::Key key : {Qt::Key_Home, Qt::Key_R, Qt::Key_0}) {
    QTest::keyClick(view.get(), Qt::Key_Left);
    QVERIFY(!(view->camera() == SurfaceCamera()));
    QTest::keyClick(view.get(), key);
    QCOMPARE(view->camera(), SurfaceCamera());
  }
  const QPoint middle(250, 200);
  QWheelEvent wheel(middle, view->mapToGlobal(middle), {}, {0, 240}, Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QCoreApplication::sendEvent(view.get(), &wheel);
  QVERIFY(view->camera().zoom > 1.2);
  view->setData(sample({1, 0.1}), {});  // new numbers do not turn it back
  QVERIFY(view->camera().zoom > 1.2);
}

void SurfaceFigureTest::keysWalkOverTheWholeGrid() {
  const auto view = shownSurface();
  auto data = sample();
  data->chosen_x = 0;
  data->chosen_y = 0;
  const auto show = [&](double x, double y) {
    auto next = std::make_shared<SurfaceData>(*data);
    next->chosen_x = x;
    next->chosen_y = y;
    view->setData(next, {});
  };
  show(0, 0);
  connect(view.get(), &SurfaceView::pointChosen, view.get(), show);
  int seen = 0;
  for (std::size_t row = 0; row < data->grid.rows; ++row) {
    for (std::size_t column = 0; column < data->grid.columns; ++column, ++seen) {
      const SurfaceData& now = view->figure()->data();
      QVERIFY(std::abs(now.chosen_x - data->grid.x_at(column)) < 1e-12);
      QVERIFY(std::abs(now.chosen_y - data->grid.y_at(row)) < 1e-12);
      QTest::keyClick(view.get(), Qt::Key_Right, Qt::ControlModifier);
    }
    for (int k = 0; k < 2; ++k)  // ten at a time, and no farther than the edge
      QTest::keyClick(view.get(), Qt::Key_Left, Qt::ControlModifier | Qt::ShiftModifier);
    QTest::keyClick(view.get(), Qt::Key_Up, Qt::ControlModifier);
  }
  QCOMPARE(seen, 441);
  show(0.51, 0.5);  // between two lines: to the next, not beyond
  QTest::keyClick(view.get(), Qt::Key_Left, Qt::ControlModifier);
  QCOMPARE(view->figure()->data().chosen_x, 0.5);
}

void SurfaceFigureTest::dragTurnsAndClickChooses() {
  const auto view = shownSurface();
  const QSignalSpy chosen(view.get(), &SurfaceView::pointChosen);
  const FigurePaint how{.look = FigureLook::light(), .font = view->font(), .vector = false, .current = {}};
  const SurfaceBox box = view->figure()->box(QRectF(view->rect()).adjusted(6, 6, -6, -6), how);
  const synapse::Surface& grid = view->figure()->data().grid;
  const Point3 target{grid.x_at(10), grid.y_at(6), grid.at(6, 10)};
  const QPoint place = box.project(target).toPoint();
  QTest::mouseClick(view.get(), Qt::LeftButton, {}, place);
  QCOMPARE(chosen.size(), 1);
  QVERIFY(std::abs(chosen[0][0].toDouble() - target.x) < 1e-12);
  QVERIFY(std::abs(chosen[0][1].toDouble() - target.y) < 1e-12);
  const double azimuth = view->camera().azimuth;
  QTest::mousePress(view.get(), Qt::LeftButton, {}, place);
  QTest::mouseMove(view.get(), place + QPoint(20, 0));
  QTest::mouseMove(view.get(), place + QPoint(40, 0));
  QTest::mouseRelease(view.get(), Qt::LeftButton, {}, place + QPoint(40, 0));
  QVERIFY(view->camera().azimuth < azimuth - 5);
  QCOMPARE(chosen.size(), 1);  // a drag chooses nothing
  QTest::mouseDClick(view.get(), Qt::LeftButton, {}, place);
  QCOMPARE(view->camera(), SurfaceCamera());
}

void SurfaceFigureTest::aScreenReaderHearsThePlace() {
  const auto view = shownSurface();
  QAccessibleInterface* heard = QAccessible::queryAccessibleInterface(view.get());
  QVERIFY(heard);
  QCOMPARE(heard->role(), QAccessible::Chart);
  QCOMPARE(heard->text(QAccessible::Value), QStringLiteral("x 0.5, y 0.5, S 0.3"));
  QCOMPARE(heard->text(QAccessible::Name), QStringLiteral("S: x 0.5, y 0.5, S 0.3"));
  auto moved = sample();
  moved->chosen_x = 0.25;
  view->setData(moved, {});
  QCOMPARE(heard->text(QAccessible::Value), QStringLiteral("x 0.25, y 0.5, S 0.15"));
  view->setData(nullptr, {});
  view->setPlaceholder("nothing here");
  QCOMPARE(heard->text(QAccessible::Name), QStringLiteral("nothing here"));
}

void SurfaceFigureTest::theTableIsTheGrid() {
  const auto figure =
      std::make_shared<const SurfaceFigure>(sample({1, 0.8}, 5), SurfaceStyle{}, SurfaceCamera{});
  FigureTableModel model;
  const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
  model.setFigure(figure);
  QCOMPARE(model.rowCount(), 5);
  QCOMPARE(model.headerData(1, Qt::Horizontal).toString(), QStringLiteral("0.25"));
  for (int r = 0; r < 5; ++r)
    for (int c = 0; c < 5; ++c)
      QCOMPARE(figure->cell(r, c).toDouble(), synapse::evaluate({1, 0.8}, 0.25 * c, 0.25 * r));
  const QList<QByteArray> lines = figureCsv(*figure).split('\n');
  QCOMPARE(lines[0], QByteArray("row,0,0.25,0.5,0.75,1"));
  QVERIFY(lines[3].startsWith("0.5,0,0.15"));
  QVERIFY(figureNpy(*figure).size() >= 25 * 4);
}

void SurfaceFigureTest::holesAndFlatSurfacesArePainted() {
  auto odd = sample();
  for (std::size_t k = 0; k < 60; ++k) odd->grid.values[k] = NAN;
  odd->grid.values[200] = HUGE_VAL;
  QVERIFY(painted(SurfaceFigure(odd, {}, {})) != painted(SurfaceFigure(sample(), {}, {})));
  const SurfaceFigure level(sample({0, 0.5}), {}, {});  // S = 0 everywhere
  QVERIFY(level.heights().width() > 0);
  painted(level);
  auto nothing = sample();
  for (double& value : nothing->grid.values) value = NAN;
  painted(SurfaceFigure(nothing, {}, {}));
}

void SurfaceFigureTest::curvesKeepTheirGaps() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const CurveFigure figure(
      {.title = "t",
       .x = "x",
       .y = "y",
       .at = {0, 1, 2, 3},
       .series = {{"S", {1, nan, 3, 4}, 0, Qt::SolidLine}, {"β = 0", {1, 2, 3, 5}, 2, Qt::DashLine}},
       .marked = QPointF(2, 3)});
  QCOMPARE(figure.pointText(3), QStringLiteral("x 3, S 4, β = 0 5"));
  QVERIFY(std::isnan(figure.cell(1, 1).toDouble()));
  QCOMPARE(figure.columnName(2), QStringLiteral("β = 0"));
  QImage image(300, 200, QImage::Format_RGB32);
  QPainter painter(&image);
  figure.paint(painter, QRectF(0, 0, 300, 200), paintOf());
  const auto middle = figure.pointAt({150, 120}, QRectF(0, 0, 300, 200), paintOf());
  QVERIFY(middle && (*middle == 1 || *middle == 2));
}

SYNANN_WINDOW_TEST(SurfaceFigureTest)
#include "surface_figure_test.moc"
