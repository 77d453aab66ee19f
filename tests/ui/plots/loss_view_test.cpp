// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_view.h"

#include <QAccessible>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "sample_curve.h"
#include "tests/test_main.h"
#include "ui/plots/crosshair.h"
#include "ui/plots/loss_accessible.h"
#include "ui/plots/loss_figure.h"

using namespace synann;
using namespace synann::ui;

namespace {

constexpr CurvePoint kPoint{CurveSeries::Train, 250};

// A zoomed view of a sample run, its crosshair on a point that the changes below take away.
struct ShownLosses {
  std::shared_ptr<LossCurve> curve = test::sampleCurve(3, 100);
  LossView view;

  ShownLosses() {
    installLossAccessibility();
    view.setCurve(curve);
    view.resize(800, 480);
    view.show();
    QCoreApplication::processEvents();
    view.zoomTo({20000, 30000, 0.05, 1});
    view.setCurrentPoint(kPoint);
  }
  bool points() const { return view.currentPoint().has_value() || view.crosshair()->isVisible(); }
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

using Act = void (*)(LossView&);

void key(LossView& view, Qt::Key key, Qt::KeyboardModifiers held = {}) {
  QTest::keyClick(&view, key, held);
}
void wheel(LossView& view, int turn) {
  const QPoint at = view.viewport()->rect().center();
  QWheelEvent event(at, view.viewport()->mapToGlobal(at), {}, {0, turn}, Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QCoreApplication::sendEvent(view.viewport(), &event);
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
};

void LossViewTest::aPointIsKeptWhileItsCurveGrows() {
  ShownLosses shown;
  const QString text = shown.view.currentPointText();
  QVERIFY(text.contains("25,000 examples"));
  const std::vector<float> losses(100, 0.1F);
  shown.curve->append(train::StepLosses{4, 0, 100, 30000, losses, 1});
  shown.view.refresh();
  QCOMPARE(shown.view.currentPoint(), std::optional(kPoint));
  QCOMPARE(shown.view.currentPointText(), text);
  QVERIFY(shown.view.crosshair()->isVisible());
}

void LossViewTest::aPointThatIsGoneIsNotRead_data() {
  QTest::addColumn<Change>("change");
  QTest::addColumn<Act>("act");
  const std::vector<std::pair<const char*, Change>> changes = {
      {"cleared", clear}, {"cut back", cutBack}, {"begun again", beginAgain}};
  const std::vector<std::pair<const char*, Act>> acts = {
      {"follow", [](LossView& view) { view.setFollow(true); }},
      {"logarithmic axis", [](LossView& view) { view.setLogY(true); }},
      {"zoom",
       [](LossView& view) {
         view.zoomTo({20000, 28000, 0.05, 0.9});
       }},
      {"other size", [](LossView& view) { view.resize(700, 400); }},
      {"other look", [](LossView& view) { view.setPalette(QPalette(QColor(45, 46, 50))); }},
      {"wheel", [](LossView& view) { wheel(view, 120); }},
      {"keys that zoom", [](LossView& view) { key(view, Qt::Key_Plus); }},
      {"keys that move", [](LossView& view) { key(view, Qt::Key_Left, Qt::ShiftModifier); }},
      {"hide and show",
       [](LossView& view) {
         view.hide();
         view.show();
       }},
      {"repaint", [](LossView& view) { view.grab(); }},
      {"escape", [](LossView& view) { key(view, Qt::Key_Escape); }},
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
  const QSignalSpy told(&shown.view, &LossView::currentPointChanged);
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
  curve->append(train::StepLosses{4, 0, 100, 30000, losses, 1});
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
  QWidget* const viewport = shown.view.viewport();
  const QPoint centre = viewport->rect().center();
  QTest::mousePress(viewport, Qt::RightButton, {}, centre);
  shown.view.hide();
  shown.view.show();
  const LossRange range = shown.view.state().range();
  QTest::mouseMove(viewport, centre + QPoint(60, 20));
  QCoreApplication::processEvents();
  QCOMPARE(shown.view.state().range(), range);
}

SYNANN_WINDOW_TEST(LossViewTest)
#include "loss_view_test.moc"
