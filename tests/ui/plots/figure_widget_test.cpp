// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_widget.h"

#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QImage>
#include <QMenu>
#include <QMimeData>
#include <QRubberBand>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "sample_matrix.h"
#include "tests/test_main.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/heat_view.h"
#include "ui/plots/profile_figure.h"
#include "ui/plots/surface_view.h"

using namespace synann;
using namespace synann::ui;

namespace {

using Made = std::unique_ptr<FigureWidget>;

Made emptyCurve() {
  return std::make_unique<FigureView>();
}
Made emptyMatrix() {
  return std::make_unique<HeatView>();
}
Made emptySurface() {
  return std::make_unique<SurfaceView>();
}

Made shown(Made widget) {
  widget->resize(400, 360);
  widget->show();
  widget->setFocus();
  QCoreApplication::processEvents();
  return widget;
}

Made curve() {
  auto view = std::make_unique<FigureView>();
  ProfileFigure::Content content{
      .values = {0.5F, 0.25F, 0.1F}, .title = "row 0", .index = "synapse j", .value = "β"};
  view->setFigure(std::make_shared<const ProfileFigure>(std::move(content)));
  return shown(std::move(view));
}
std::unique_ptr<HeatView> heat(int n = 32) {
  auto view = std::make_unique<HeatView>();
  const auto data = test::sampleHeat(n);
  view->setData(data, scaleOf(data->values, ColorMap::Automatic));
  view->resize(400, 360);
  view->show();
  return view;
}
Made matrix() {
  return shown(heat());
}
Made surface() {
  auto view = std::make_unique<SurfaceView>();
  auto data = std::make_shared<SurfaceData>();
  data->grid = *synapse::sample_field(data->field, data->synapse, {0, 1}, {0, 1}, 9, 9);
  data->title = "S";
  view->setData(data, {});
  return shown(std::move(view));
}

using MakeWidget = Made (*)();

void drag(FigureWidget& widget, QPoint from, QPoint to, Qt::MouseButton button = Qt::LeftButton,
          Qt::KeyboardModifiers held = {}) {
  QTest::mousePress(&widget, button, held, from);
  for (const QPoint at : {(from + to) / 2, to}) {
    QMouseEvent move(QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, button, held);
    QCoreApplication::sendEvent(&widget, &move);
  }
  QTest::mouseRelease(&widget, button, held, to);
}

void wheel(FigureWidget& widget, int turn, quint64 time) {
  const QPoint at = widget.rect().center();
  QWheelEvent event(at, widget.mapToGlobal(at), {}, {0, turn}, Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  event.setTimestamp(time);
  QCoreApplication::sendEvent(&widget, &event);
}

QAction* entry(QMenu& menu, const char* name) {
  for (QAction* action : menu.actions())
    if (action->objectName() == QLatin1String(name)) return action;
  return nullptr;
}

}  // namespace

class FigureWidgetTest : public QObject {
  Q_OBJECT

 private slots:
  void init() { QGuiApplication::clipboard()->setText("before"); }

  void everyFigureIsAChart_data() { kinds(); }
  void everyFigureIsAChart() {
    QFETCH(MakeWidget, make);
    const Made widget = make();
    QCOMPARE(widget->focusPolicy(), Qt::StrongFocus);
    const QAccessibleInterface* heard = QAccessible::queryAccessibleInterface(widget.get());
    QCOMPARE(heard->role(), QAccessible::Chart);
    QCOMPARE(heard->text(QAccessible::Value), widget->currentPointText());
    QVERIFY(heard->text(QAccessible::Name).startsWith(widget->shownFigure()->title()));
  }

  void theFrameTellsOfTheFocus_data() { kinds(); }
  void theFrameTellsOfTheFocus() {
    QFETCH(MakeWidget, make);
    const Made widget = make();
    widget->setFocus();
    QTRY_VERIFY(widget->hasFocus());
    const QColor frame = widget->palette().color(QPalette::Highlight);
    QCOMPARE(widget->grab().toImage().pixelColor(0, 40), frame);
    widget->clearFocus();
    QVERIFY(widget->grab().toImage().pixelColor(0, 40) != frame);
  }

  void theMenuHasWhatEveryFigureCan_data() { kinds(); }
  void theMenuHasWhatEveryFigureCan() {
    QFETCH(MakeWidget, make);
    const Made widget = make();
    const QSignalSpy exported(widget.get(), &FigureWidget::exportWanted),
        tabled(widget.get(), &FigureWidget::tableWanted);
    QMenu* menu = widget->makeMenu();
    for (const char* name : {"figure.copy", "figure.copy-numbers", "figure.export", "figure.table"}) {
      QVERIFY2(entry(*menu, name), name);
      QVERIFY2(entry(*menu, name)->isEnabled(), name);
    }
    QCOMPARE(entry(*menu, "figure.reset") != nullptr, widget->canZoom());
    entry(*menu, "figure.export")->trigger();
    entry(*menu, "figure.table")->trigger();
    QCOMPARE(exported.size(), 1);
    QCOMPARE(tabled.size(), 1);
  }

  void whatTheOwnerAddsIsInTheMenuToo() {
    const Made widget = matrix();
    auto* own = new QAction("Open as surface", widget.get());
    widget->addAction(own);
    QVERIFY(widget->makeMenu()->actions().contains(own));
  }

  void theMenuOpensByKey_data() { kinds(); }
  void theMenuOpensByKey() {
    QFETCH(MakeWidget, make);
    const Made widget = make();
    const auto opens = [&](Qt::Key key, Qt::KeyboardModifiers held) {
      QTest::keyClick(widget.get(), key, held);
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      if (menu == nullptr) return false;
      QTest::keyClick(widget.get(), key, held);  // not a second one
      const bool one = widget->findChildren<QMenu*>().size() == 1;
      menu->close();
      QCoreApplication::sendPostedEvents(menu, QEvent::DeferredDelete);
      return one;
    };
    QVERIFY(opens(Qt::Key_Menu, {}));
    QVERIFY(opens(Qt::Key_F10, Qt::ShiftModifier));
  }

  void theKeyCopiesThePicture_data() { kinds(); }
  void theKeyCopiesThePicture() {
    QFETCH(MakeWidget, make);
    const Made widget = make();
    QTest::keyClick(widget.get(), Qt::Key_C, Qt::ControlModifier);
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    QVERIFY(data->hasImage());
    QCOMPARE(qvariant_cast<QImage>(data->imageData()).size(), 2 * widget->size());
    const QByteArray svg = data->data("image/svg+xml");
    QVERIFY(svg.contains("<svg") && svg.contains(widget->shownFigure()->title().toUtf8()));
    QVERIFY(data->data("application/pdf").startsWith("%PDF"));
  }

  void aSmallFigureIsCopiedToo() {
    const Made widget = curve();
    widget->setMinimumSize(1, 1);
    widget->resize(90, 60);
    widget->copyPicture();
    QVERIFY(QGuiApplication::clipboard()->mimeData()->hasImage());
  }

  void theNumbersAreATableWithHeadings() {
    const Made widget = curve();
    entry(*widget->makeMenu(), "figure.copy-numbers")->trigger();
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    QCOMPARE(data->text(), QString("synapse j\tβ\n0\t0.5\n1\t0.25\n2\t0.1\n"));
    QCOMPARE(data->data("text/csv"), QByteArray("synapse j,β\n0,0.5\n1,0.25\n2,0.1\n"));
    const Made other = matrix();
    other->copyNumbers();
    QCOMPARE(QGuiApplication::clipboard()->mimeData()->data("text/csv"), figureCsv(*other->shownFigure()));
    const QStringList lines = QGuiApplication::clipboard()->text().trimmed().split('\n');
    QCOMPARE(lines.size(), 33);
    QCOMPARE(lines[0].count('\t'), 32);
  }

  void withoutAFigureNothingIsCopied_data() {
    QTest::addColumn<MakeWidget>("make");
    QTest::newRow("curve") << MakeWidget(emptyCurve);
    QTest::newRow("matrix") << MakeWidget(emptyMatrix);
    QTest::newRow("surface") << MakeWidget(emptySurface);
  }
  void withoutAFigureNothingIsCopied() {
    QFETCH(MakeWidget, make);
    const Made widget = shown(make());
    widget->setPlaceholder("nothing yet");
    QCOMPARE(widget->accessibleName(), QString("nothing yet"));
    widget->copyPicture();
    widget->copyNumbers();
    QTest::keyClick(widget.get(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QString("before"));
    QMenu* menu = widget->makeMenu();
    for (const QAction* action : menu->actions()) QVERIFY(!action->isEnabled());
    QTest::keyClick(widget.get(), Qt::Key_Backspace);
    QTest::keyClick(widget.get(), Qt::Key_Escape);
    drag(*widget, {50, 50}, {150, 150});
    wheel(*widget, 120, 0);
    widget->grab();
  }

  void aBandZoomsAndBackspaceGoesBack() {
    const auto view = heat();
    const QRectF all = view->viewport();
    drag(*view, {120, 120}, {220, 220});
    const QRectF once = view->viewport();
    QVERIFY(once.width() < 0.6 * all.width() && all.contains(once));
    drag(*view, {120, 120}, {220, 220});
    const QRectF twice = view->viewport();
    QVERIFY(twice.width() < once.width());
    QTest::keyClick(view.get(), Qt::Key_Backspace);
    QCOMPARE(view->viewport(), once);
    QTest::keyClick(view.get(), Qt::Key_Backspace);
    QCOMPARE(view->viewport(), all);
    QVERIFY(!view->canZoomBack());
    drag(*view, {120, 120}, {220, 220});
    QTest::keyClick(view.get(), Qt::Key_Escape);
    QCOMPARE(view->viewport(), all);
    QTest::keyClick(view.get(), Qt::Key_Backspace);  // even that is undone
    QCOMPARE(view->viewport(), once);
    entry(*view->makeMenu(), "figure.reset")->trigger();
    QCOMPARE(view->viewport(), all);
  }

  void theBandIsSeenAndEscapeDropsIt() {
    const auto view = heat();
    QTest::mousePress(view.get(), Qt::LeftButton, {}, {120, 120});
    QMouseEvent move(QEvent::MouseMove, QPoint(200, 180), view->mapToGlobal(QPoint(200, 180)), Qt::NoButton,
                     Qt::LeftButton, {});
    QCoreApplication::sendEvent(view.get(), &move);
    const auto* band = view->findChild<QRubberBand*>();
    QVERIFY(band && band->isVisible());
    QTest::keyClick(view.get(), Qt::Key_Escape);
    QVERIFY(!band->isVisible());
    QTest::mouseRelease(view.get(), Qt::LeftButton, {}, {200, 180});
    QCOMPARE(view->viewport(), QRectF(0, 0, 32, 32));
  }

  void otherDragsMove() {
    const auto view = heat();
    view->zoom(4, QPointF(16, 16));
    const QRectF before = view->viewport();
    drag(*view, {200, 160}, {170, 160}, Qt::MiddleButton);
    QVERIFY(view->viewport().left() > before.left());
    QCOMPARE(view->viewport().size(), before.size());
    QTest::keyClick(view.get(), Qt::Key_Backspace);
    QCOMPARE(view->viewport(), before);
    const Made made = curve();
    auto& other = static_cast<FigureView&>(*made);
    drag(other, {120, 100}, {240, 220});
    const QRectF part = *other.part();
    drag(other, {200, 160}, {230, 160}, Qt::LeftButton, Qt::ShiftModifier);
    QVERIFY(other.part()->left() < part.left());
    QCOMPARE(other.part()->size(), part.size());
  }

  void turnsOfTheWheelThatFollowAreOneZoom() {
    const auto view = heat();
    for (quint64 k = 0; k < 4; ++k) wheel(*view, 120, 1000 + 100 * k);
    const QRectF first = view->viewport();
    wheel(*view, 120, 9000);
    QVERIFY(view->viewport().width() < first.width());
    QTest::keyClick(view.get(), Qt::Key_Backspace);
    QCOMPARE(view->viewport(), first);
    QTest::keyClick(view.get(), Qt::Key_Backspace);
    QCOMPARE(view->viewport(), QRectF(0, 0, 32, 32));
  }

  void zoomsOfAnotherMatrixAreForgotten() {
    const auto view = heat();
    drag(*view, {120, 120}, {220, 220});
    const auto other = test::sampleHeat(20);
    view->setData(other, scaleOf(other->values, ColorMap::Automatic));
    QVERIFY(!view->canZoomBack());
    QTest::keyClick(view.get(), Qt::Key_Backspace);
    QCOMPARE(view->viewport(), QRectF(0, 0, 20, 20));
  }

  void aPartOfACurveIsShownCopiedAndLeft() {
    const Made made = curve();
    auto& view = static_cast<FigureView&>(*made);
    view.copyPicture();
    const QByteArray whole = QGuiApplication::clipboard()->mimeData()->data("image/svg+xml");
    drag(view, {120, 100}, {240, 220});
    QVERIFY(view.part() && view.part()->width() < 0.5 && view.part()->height() < 0.6);
    QVERIFY(!view.currentPoint());  // a drag chooses nothing
    view.copyPicture();
    QVERIFY(QGuiApplication::clipboard()->mimeData()->data("image/svg+xml") != whole);
    QCOMPARE(figureCsv(*view.shownFigure()), figureCsv(*view.figure()));
    const QRectF once = *view.part();
    wheel(view, 120, 1000);
    QVERIFY(view.part()->width() < once.width());
    QTest::keyClick(&view, Qt::Key_Backspace);
    QCOMPARE(view.part(), std::optional(once));
    drag(view, {200, 160}, {230, 160}, Qt::MiddleButton);
    QVERIFY(view.part()->left() < once.left());
    QCOMPARE(view.part()->height(), once.height());
    QTest::keyClick(&view, Qt::Key_End);
    QCOMPARE(view.currentPoint(), std::optional(2));
    QTest::keyClick(&view, Qt::Key_Escape);
    QVERIFY(!view.part() && view.currentPoint());
    QTest::keyClick(&view, Qt::Key_Escape);
    QVERIFY(!view.currentPoint());
    for (int k = 0; k < 60; ++k) QTest::keyClick(&view, Qt::Key_Plus);
    for (int k = 0; k < 99; ++k) QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
    QVERIFY(view.part()->width() > 0 && view.part()->right() <= 1 + 1e-9);
    view.grab();
    QTest::mouseDClick(&view, Qt::LeftButton, {}, {200, 150});
    QVERIFY(!view.part());
    QTest::keyClick(&view, Qt::Key_Minus);
    QVERIFY(!view.part());  // there is no more than all
    view.setFigure(nullptr);
    QVERIFY(!view.canZoom() && !view.canZoomBack());
  }

  void aTurnOfTheSurfaceIsUndone() {
    const Made made = surface();
    auto& view = static_cast<SurfaceView&>(*made);
    const SurfaceCamera first = view.camera();
    drag(view, {120, 120}, {180, 140});
    const SurfaceCamera turned = view.camera();
    QVERIFY(!(turned == first));
    wheel(view, 240, 5000);
    QTest::keyClick(&view, Qt::Key_Backspace);
    QCOMPARE(view.camera(), turned);
    QTest::keyClick(&view, Qt::Key_Escape);
    QCOMPARE(view.camera(), SurfaceCamera());
    QTest::keyClick(&view, Qt::Key_Backspace);
    QTest::keyClick(&view, Qt::Key_Backspace);
    QCOMPARE(view.camera(), first);
  }

 private:
  static void kinds() {
    QTest::addColumn<MakeWidget>("make");
    QTest::newRow("curve") << MakeWidget(curve);
    QTest::newRow("matrix") << MakeWidget(matrix);
    QTest::newRow("surface") << MakeWidget(surface);
  }
};

SYNANN_WINDOW_TEST(FigureWidgetTest)
#include "figure_widget_test.moc"
