// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_view.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "sample_matrix.h"
#include "tests/test_main.h"
#include "ui/plots/curve_figure.h"
#include "ui/plots/figure_table_model.h"
#include "ui/plots/heat_view.h"
#include "ui/plots/points_figure.h"
#include "ui/plots/profile_figure.h"

using namespace synann;
using namespace synann::ui;

namespace {

using FigurePtr = std::shared_ptr<const Figure>;

FigurePtr profile(int count) {
  std::vector<float> values;
  for (int k = 0; k < count; ++k) values.push_back(0.1F * static_cast<float>(k));
  return std::make_shared<const ProfileFigure>(ProfileFigure::Content{.values = values,
                                                                      .title = QStringLiteral("row"),
                                                                      .index = QStringLiteral("j"),
                                                                      .value = QStringLiteral("β")});
}

FigurePtr curve(int count) {
  CurveFigure::Content content{.title = QStringLiteral("S"),
                               .x = QStringLiteral("x"),
                               .y = QStringLiteral("S"),
                               .at = {},
                               .series = {},
                               .marked = {}};
  content.series.push_back({QStringLiteral("S"), {}, 0, Qt::SolidLine});
  for (int k = 0; k < count; ++k) {
    content.at.push_back(k);
    content.series[0].values.push_back(0.5 * k);
  }
  return std::make_shared<const CurveFigure>(std::move(content));
}

FigurePtr points(int count) {
  PointsFigure::Content content{
      .synapse = {}, .points = {}, .clusters = {}, .ranges = {{0, 1}, {0, 1}}, .title = {}, .x = {}, .y = {}};
  for (int k = 0; k < count; ++k) content.points.push_back({k / 64.0, k / 64.0, k % 10});
  return std::make_shared<const PointsFigure>(std::move(content));
}

std::shared_ptr<const HeatFigure> matrix(int n) {
  const auto data = test::sampleHeat(n);
  return std::make_shared<const HeatFigure>(data, scaleOf(data->values, ColorMap::Automatic));
}

using Make = FigurePtr (*)(int count);

}  // namespace

// Other numbers, another layer, fewer data: what was picked is kept where it means the same, and else
// dropped.
class FigureViewTest : public QObject {
  Q_OBJECT

 private slots:
  void aPickIsKeptOverNewNumbers_data() { kinds(); }
  void aPickIsKeptOverNewNumbers();
  void aPickIsDroppedWithOtherPoints_data() { kinds(); }
  void aPickIsDroppedWithOtherPoints();
  void aTableReadsNothingThatIsGone();
  void aTableThatIsShownFollowsTheShape();
  void aHeatMapWithoutCellsIsNone();
  void aDragEndsWithItsMatrix();

 private:
  static void kinds() {
    QTest::addColumn<Make>("make");
    QTest::newRow("profile") << Make(profile);
    QTest::newRow("curve") << Make(curve);
    QTest::newRow("points") << Make(points);
  }
  // Pointed at, and chosen by key: the last point.
  static void pickLast(FigureView& view) {
    view.resize(400, 300);
    view.show();
    view.setFocus();
    QTest::keyClick(&view, Qt::Key_End);
    for (int y = 290; y > 0 && view.toolTip().isEmpty(); y -= 4)
      for (int x = 390; x > 0 && view.toolTip().isEmpty(); x -= 4) {
        QMouseEvent move(QEvent::MouseMove, QPointF(x, y), view.mapToGlobal(QPointF(x, y)), Qt::NoButton,
                         Qt::NoButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&view, &move);
      }
  }
};

void FigureViewTest::aPickIsKeptOverNewNumbers() {
  QFETCH(Make, make);
  FigureView view;
  view.setFigure(make(40));
  pickLast(view);
  view.setFigure(make(40));
  QCOMPARE(view.currentPoint(), std::optional(39));
  QVERIFY(!view.toolTip().isEmpty());
}

void FigureViewTest::aPickIsDroppedWithOtherPoints() {
  QFETCH(Make, make);
  for (const int count : {3, 60, 1}) {
    FigureView view;
    view.setFigure(make(40));
    pickLast(view);
    QCOMPARE(view.currentPoint(), std::optional(39));
    QVERIFY(!view.toolTip().isEmpty());
    const QSignalSpy told(&view, &FigureView::currentPointChanged);
    view.setFigure(make(count));
    QVERIFY(!view.currentPoint());
    QVERIFY(view.toolTip().isEmpty());
    QCOMPARE(told.size(), 1);
    QCOMPARE(QAccessible::queryAccessibleInterface(&view)->text(QAccessible::Value), QString());
    view.grab();
    QTest::keyClick(&view, Qt::Key_Left);
    QCOMPARE(view.currentPoint(), std::optional(0));
    view.setFigure(nullptr);
    QVERIFY(!view.currentPoint());
    QTest::keyClick(&view, Qt::Key_Right);
    view.grab();
  }
}

// A view may ask with an index or a section that it got of an earlier figure.
void FigureViewTest::aTableReadsNothingThatIsGone() {
  FigureTableModel model;
  model.setFigure(matrix(24));
  const QModelIndex far = model.index(20, 21);
  QVERIFY(model.data(far).isValid());
  model.setFigure(matrix(8));
  QVERIFY(!model.data(far).isValid());
  QVERIFY(!model.data(model.index(0, 0).siblingAtColumn(8)).isValid());
  for (const Qt::Orientation along : {Qt::Horizontal, Qt::Vertical}) {
    QVERIFY(model.headerData(7, along).isValid());
    QVERIFY(!model.headerData(8, along).isValid());
    QVERIFY(!model.headerData(-1, along).isValid());
  }
  for (const auto& figure : {profile(5), curve(5), points(5)}) {
    model.setFigure(figure);
    QVERIFY(!model.data(far).isValid());
    QVERIFY(!model.headerData(21, Qt::Horizontal).isValid());
  }
  model.setFigure(nullptr);
  QVERIFY(!model.data(far).isValid() && !model.headerData(0, Qt::Horizontal).isValid());
}

void FigureViewTest::aTableThatIsShownFollowsTheShape() {
  FigureTableModel model;
  const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
  QTableView table;
  table.setModel(&model);
  table.resize(500, 400);
  table.show();
  for (const FigurePtr& figure : {FigurePtr(matrix(32)), profile(40), FigurePtr(matrix(6)), points(3)}) {
    model.setFigure(figure);
    table.setCurrentIndex(model.index(model.rowCount() - 1, model.columnCount() - 1));
    QCoreApplication::processEvents();
    table.grab();
  }
  auto turned = std::make_shared<HeatData>(*test::sampleHeat(6));
  turned->row_order = {5, 4, 3, 2, 1, 0};
  model.setFigure(matrix(6));
  const QSignalSpy named(&model, &QAbstractItemModel::headerDataChanged);
  model.setFigure(std::make_shared<const HeatFigure>(turned, matrix(6)->scale()));
  QCOMPARE(named.size(), 2);  // rows are named anew as columns are
}

void FigureViewTest::aHeatMapWithoutCellsIsNone() {
  HeatView view;
  view.resize(300, 300);
  view.show();
  view.setPlaceholder(QStringLiteral("nothing"));
  const auto data = test::sampleHeat(8);
  view.setData(data, scaleOf(data->values, ColorMap::Automatic));
  view.setCell(7, 7);
  view.setData(std::make_shared<const HeatData>(), {});
  QVERIFY(!view.figure());
  QCOMPARE(view.accessibleName(), QStringLiteral("nothing"));
  QTest::keyClick(&view, Qt::Key_Right);
  view.grab();
}

void FigureViewTest::aDragEndsWithItsMatrix() {
  HeatView view;
  view.resize(400, 400);
  view.show();
  const auto show = [&view](int n) {
    const auto data = test::sampleHeat(n);
    view.setData(data, scaleOf(data->values, ColorMap::Automatic));
    view.zoom(2);
  };
  show(32);
  const QPoint centre = view.rect().center();
  const auto moveTo = [&view](QPoint at) {
    QMouseEvent move(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&view, &move);
  };
  for (const bool hidden : {false, true}) {
    QTest::mousePress(&view, Qt::LeftButton, {}, centre);
    moveTo(centre - QPoint(30, 30));
    if (hidden) {
      view.hide();
      view.show();
    } else {
      show(16);
    }
    const QRectF cells = view.viewport();
    moveTo(centre + QPoint(20, 20));
    QCOMPARE(view.viewport(), cells);
    QTest::mouseRelease(&view, Qt::LeftButton, {}, centre);
  }
}

SYNANN_WINDOW_TEST(FigureViewTest)
#include "figure_view_test.moc"
