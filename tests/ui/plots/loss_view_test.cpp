// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_view.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QImage>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "sample_curve.h"
#include "tests/test_main.h"
#include "ui/plots/crosshair.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/loss_figure.h"

using namespace synann;
using namespace synann::ui;

namespace {

constexpr CurvePoint kPoint{CurveSeries::Train, 250};

// A zoomed view of a sample run, its crosshair on a point that the changes below take away.
struct ShownLosses {
  std::shared_ptr<LossCurve> curve = test::sampleCurve(3, 100);
  LossChart view;

  ShownLosses() {
    view.setCurve(curve);
    view.resize(800, 480);
    view.show();
    QCoreApplication::processEvents();
    view.zoomTo({20000, 30000, 0.05, 1});
    view.setCurrentPoint(kPoint);
  }
  bool points() const { return view.currentPoint().has_value() || view.view()->crosshair()->isVisible(); }
};

using Change = void (*)(LossCurve&);

void clear(LossCurve& curve) {
  curve.clear();
}
void cutBack(LossCurve& curve) {
  curve.cutBack(5000);
}
// As long as before, and none of its points is one of those.
void beginAgain(LossCurve& curve) {
  curve.clear();
  const auto other = test::sampleCurve(3, 100);
  curve.append(other->examples(), other->losses());
}

using Act = void (*)(LossChart&);

void key(LossChart& view, Qt::Key key, Qt::KeyboardModifiers held = {}) {
  QTest::keyClick(&view, key, held);
}
void wheel(LossChart& view, int turn) {
  const QPoint at = view.rect().center();
  QWheelEvent event(at, view.mapToGlobal(at), {}, {0, turn}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                    false);
  QCoreApplication::sendEvent(&view, &event);
}

}  // namespace

// The owner changes the curve, and tells later: whatever happens in between, nothing that is gone is read.
class LossViewTest : public QObject {
  Q_OBJECT

 private slots:
  void aPointIsKeptWhileItsCurveGrows();
  void aPointThatIsGoneIsNotRead_data();
  void aPointThatIsGoneIsNotRead();
  void aScreenReaderIsToldThatThePointIsGone();
  void anotherCurveHasNoneOfThePoints();
  void aCopyHasThemAsFarAsItReaches();
  void aDragEndsWithTheView();
  void backspaceGoesBackOneZoom();
  void escapeFollowsAndThenDropsTheCrosshair();
  void whatIsCopiedIsWhatIsShown();
  void aFigureStaysAsItWas();
  void anEmptyChartHasNoFigure();
};

void LossViewTest::aPointIsKeptWhileItsCurveGrows() {
  ShownLosses shown;
  const QString text = shown.view.currentPointText();
  QVERIFY(text.contains("25,000 examples"));
  const std::vector<float> losses(100, 0.1F);
  shown.curve->append(LossSteps{100, 30000, losses});
  shown.view.refresh();
  QCOMPARE(shown.view.currentPoint(), std::optional(kPoint));
  QCOMPARE(shown.view.currentPointText(), text);
  QVERIFY(shown.view.view()->crosshair()->isVisible());
}

void LossViewTest::aPointThatIsGoneIsNotRead_data() {
  QTest::addColumn<Change>("change");
  QTest::addColumn<Act>("act");
  const std::vector<std::pair<const char*, Change>> changes = {
      {"cleared", clear}, {"cut back", cutBack}, {"begun again", beginAgain}};
  const std::vector<std::pair<const char*, Act>> acts = {
      {"follow", [](LossChart& view) { view.setFollow(true); }},
      {"logarithmic axis", [](LossChart& view) { view.setLogY(true); }},
      {"zoom",
       [](LossChart& view) {
         view.zoomTo({20000, 28000, 0.05, 0.9});
       }},
      {"other size", [](LossChart& view) { view.resize(700, 400); }},
      {"other look", [](LossChart& view) { view.setPalette(QPalette(QColor(45, 46, 50))); }},
      {"wheel", [](LossChart& view) { wheel(view, 120); }},
      {"keys that zoom", [](LossChart& view) { key(view, Qt::Key_Plus); }},
      {"keys that move", [](LossChart& view) { key(view, Qt::Key_Left, Qt::ShiftModifier); }},
      {"hide and show",
       [](LossChart& view) {
         view.hide();
         view.show();
       }},
      {"repaint", [](LossChart& view) { view.grab(); }},
      {"escape", [](LossChart& view) { key(view, Qt::Key_Escape); }},
  };
  for (const auto& [what, change] : changes)
    for (const auto& [then, act] : acts) QTest::addRow("%s, then %s", what, then) << change << act;
}

void LossViewTest::aPointThatIsGoneIsNotRead() {
  QFETCH(Change, change);
  QFETCH(Act, act);
  ShownLosses shown;
  change(*shown.curve);
  QVERIFY(!shown.view.currentPoint());
  QVERIFY(shown.view.currentPointText().isEmpty());
  act(shown.view);
  QVERIFY(!shown.view.currentPoint());
  shown.view.refresh();
  QVERIFY(!shown.points());
  key(shown.view, Qt::Key_T);  // walks on what there is
  key(shown.view, Qt::Key_Right);
  const auto now = shown.view.currentPoint();
  QCOMPARE(now.has_value(), !shown.curve->empty());
  if (now) QVERIFY(now->index < pointCount(*shown.curve, now->series));
}

void LossViewTest::aScreenReaderIsToldThatThePointIsGone() {
  ShownLosses shown;
  const QSignalSpy told(&shown.view, &LossChart::currentPointChanged);
  const QAccessibleInterface* heard = QAccessible::queryAccessibleInterface(&shown.view);
  QCOMPARE(heard->text(QAccessible::Value), shown.view.currentPointText());
  shown.curve->clear();
  QCOMPARE(heard->text(QAccessible::Value), QString());
  shown.view.refresh();
  QCOMPARE(shown.view.accessibleName(), QStringLiteral("Loss figure"));
  QCOMPARE(told.size(), 1);
  QCOMPARE(told[0][0].toString(), QString());
}

void LossViewTest::anotherCurveHasNoneOfThePoints() {
  const auto one = test::sampleCurve(3, 100), other = test::sampleCurve(3, 100);
  KeptPoint kept;
  QVERIFY(!kept.on(*one));
  kept.keep(*one, kPoint);
  QCOMPARE(kept.on(*one), std::optional(kPoint));
  QVERIFY(!kept.on(*other));
  kept.keep(*one, CurvePoint{CurveSeries::Train, 300});
  QVERIFY(!kept.on(*one));
}

void LossViewTest::aCopyHasThemAsFarAsItReaches() {
  const auto curve = test::sampleCurve(3, 100);
  const LossCurve copy = *curve;
  const std::vector<float> losses(100, 0.1F);
  curve->append(LossSteps{100, 30000, losses});
  KeptPoint kept;
  kept.keep(*curve, kPoint);
  QCOMPARE(kept.on(copy), std::optional(kPoint));
  kept.keep(*curve, CurvePoint{CurveSeries::Train, 350});
  QVERIFY(kept.on(*curve));
  QVERIFY(!kept.on(copy));
}

// The page changes by a key while the button is held: back on it, the pointer alone moves nothing.
void LossViewTest::aDragEndsWithTheView() {
  ShownLosses shown;
  const QPoint centre = shown.view.rect().center();
  QTest::mousePress(&shown.view, Qt::MiddleButton, {}, centre);
  QMouseEvent move(QEvent::MouseMove, centre + QPoint(20, 20),
                   shown.view.mapToGlobal(centre + QPoint(20, 20)), Qt::NoButton, Qt::MiddleButton, {});
  QCoreApplication::sendEvent(&shown.view, &move);
  shown.view.hide();
  shown.view.show();
  const LossRange range = shown.view.range();
  QTest::mouseMove(&shown.view, centre + QPoint(60, 20));
  QCoreApplication::processEvents();
  QCOMPARE(shown.view.range(), range);
}

void LossViewTest::backspaceGoesBackOneZoom() {
  ShownLosses shown;
  shown.view.setFollow(true);
  const QSignalSpy followed(&shown.view, &LossChart::followChanged);
  key(shown.view, Qt::Key_Plus);
  const LossRange once = shown.view.range();
  key(shown.view, Qt::Key_Plus);
  key(shown.view, Qt::Key_Backspace);
  QCOMPARE(shown.view.range(), once);
  key(shown.view, Qt::Key_Backspace);
  QVERIFY(shown.view.follow());
  QCOMPARE(followed.size(), 2);
  wheel(shown.view, 120);
  key(shown.view, Qt::Key_F);
  key(shown.view, Qt::Key_Backspace);  // following is undone too
  QVERIFY(!shown.view.follow());
  // Another run has none of these zooms.
  shown.view.setCurve(test::sampleCurve(2, 50));
  QVERIFY(!shown.view.canZoomBack());
}

void LossViewTest::escapeFollowsAndThenDropsTheCrosshair() {
  ShownLosses shown;
  QVERIFY(!shown.view.follow() && shown.points());
  key(shown.view, Qt::Key_Escape);
  QVERIFY(shown.view.follow() && shown.points());
  key(shown.view, Qt::Key_Escape);
  QVERIFY(!shown.points());
}

void LossViewTest::whatIsCopiedIsWhatIsShown() {
  ShownLosses shown;
  shown.view.setTitle("Loss of a model <on> digits");
  shown.view.setLogY(true);
  key(shown.view, Qt::Key_C, Qt::ControlModifier);
  const QMimeData* data = QGuiApplication::clipboard()->mimeData();
  QCOMPARE(qvariant_cast<QImage>(data->imageData()).size(), 2 * shown.view.size());
  const QByteArray svg = data->data("image/svg+xml");
  QVERIFY(svg.contains("Loss of a model &lt;on&gt; digits"));
  QVERIFY(svg.contains("24,000") && !svg.contains(">10,000<"));  // the part that is zoomed into
  QVERIFY(data->data("application/pdf").startsWith("%PDF"));
  shown.view.copyNumbers();
  const QString text = QGuiApplication::clipboard()->text();
  QVERIFY(text.startsWith("series\tepoch\texamples\tloss\taccuracy\tsetting\ntrain\t1\t0\t"));
  QCOMPARE(text.count('\n'), 1 + 300 + 4);  // all of them, whatever is shown
}

void LossViewTest::aFigureStaysAsItWas() {
  ShownLosses shown;
  const auto before = shown.view.lossFigure();
  QCOMPARE(before->part(), shown.view.part());
  const int points = before->pointCount();
  const std::vector<float> losses(100, 0.1F);
  shown.curve->append(LossSteps{100, 30000, losses});
  QCOMPARE(before->pointCount(), points);
  QCOMPARE(shown.view.lossFigure()->pointCount(), points + 100);
  shown.curve->clear();
  QCOMPARE(before->pointText(250).contains("25,000 examples"), true);
}

void LossViewTest::anEmptyChartHasNoFigure() {
  LossChart chart;
  chart.resize(400, 300);
  chart.show();
  QVERIFY(!chart.shownFigure());
  QGuiApplication::clipboard()->setText("before");
  key(chart, Qt::Key_C, Qt::ControlModifier);
  QCOMPARE(QGuiApplication::clipboard()->text(), QString("before"));
}

SYNANN_WINDOW_TEST(LossViewTest)
#include "loss_view_test.moc"
