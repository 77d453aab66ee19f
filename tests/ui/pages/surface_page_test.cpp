// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface/surface_page.h"

#include <QAccessible>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "engine/train/record.h"
#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/heat_view.h"
#include "ui/plots/surface_view.h"
#include "ui/shell/message_bar.h"

namespace synann::ui {

namespace {

using testing::kWait;

struct SurfaceBench : testing::WindowBench {
  using WindowBench::WindowBench;

  void show() const { window->showPage(&page()); }
  // The page shows what was asked for last.
  void settle() const {
    [&] { QTRY_VERIFY_WITH_TIMEOUT(page().frame() && !page().source().busy(), kWait); }();
  }
  SurfacePage& page() const { return *window->page<SurfacePage>(); }
  Selection& selection() const { return page().source().selection(); }
  void choose(const QString& box, int index) const {
    find<QComboBox>("surface." + box)->setCurrentIndex(index);
  }
  void type(const QString& box, const QString& text) const {
    auto* edit = find<QDoubleSpinBox>("surface." + box);
    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, text);
    QTest::keyClick(edit, Qt::Key_Return);
  }
  const SurfaceData& shown() const { return page().surfaceView()->figure()->data(); }
  // β of the selected cell in the record.
  double recordedBeta(std::int64_t steps) const {
    auto reader = train::RecordReader::open(run() / train::kSynapseRecord);
    const auto values = *reader->read(*reader->at_or_before(steps));
    return static_cast<double>(
        values[static_cast<std::size_t>(64 * selection().cell().i + selection().cell().j)]);
  }
};

}  // namespace

// One synapse as the window shows it: free, from a cell, while it trains and at every recorded step.
class SurfacePageTest : public QObject {
  Q_OBJECT

 private slots:
  void withoutARunAlphaAndBetaAreFree();
  void exactEntryAndSlidersAreTheSameNumber();
  void aCellOpensAsASurface();
  void theTimeLineMovesTheSurface();
  void itMovesWhileTrainingRuns();
  void aHiddenPageCostsNothing();
  void movingASliderStopsFollowing();
  void everyFunctionAndFigureIsShown();
  void theChosenPlaceIsOneForAll();
  void theTableIsTheFigureWithTheFocus();
  void anExportedFigureRebuildsTheView();
  void aModelWithoutSynapsesIsTold();
  void keyboardAloneReachesEverything();
  void everyControlHasANameAndHelp();
  void fitsASmallWindow();
};

void SurfacePageTest::withoutARunAlphaAndBetaAreFree() {
  const SurfaceBench b;
  QTest::keyClick(b.window.get(), Qt::Key_4, Qt::ControlModifier);
  QTRY_VERIFY(b.page().isVisible());
  QCOMPARE(b.shown().synapse.alpha, 1.0);
  QCOMPARE(b.shown().synapse.beta, 0.5);
  QVERIFY(b.find<QLabel>("surface.note")->text().startsWith("No run yet"));
  QVERIFY(b.page().canExport());
  QVERIFY(b.window->actions().action("file.export")->isEnabled());
  QVERIFY(!b.find<QSpinBox>("surface.unit")->isEnabled());
}

void SurfacePageTest::exactEntryAndSlidersAreTheSameNumber() {
  const SurfaceBench b;
  b.window->showPage(&b.page());
  b.type("beta", "0.123456789");
  QCOMPARE(b.shown().synapse.beta, 0.123456789);
  QCOMPARE(b.find<QDoubleSpinBox>("surface.beta")->text(), QStringLiteral("0.123456789"));
  auto* slider = b.find<QSlider>("surface.beta-slider");
  slider->setFocus();
  QTest::keyClick(slider, Qt::Key_End);
  QCOMPARE(b.shown().synapse.beta, 2.0);
  QTest::keyClick(slider, Qt::Key_Home);
  QCOMPARE(b.shown().synapse.beta, -1.0);
  QVERIFY(b.find<QLabel>("surface.note")->text().contains("Fermi"));  // what β < 0 means
  b.type("alpha", "-7");                                              // the box goes beyond the slider
  QCOMPARE(b.shown().synapse.alpha, -7.0);
  QCOMPARE(b.find<QSlider>("surface.alpha-slider")->value(), 0);
  b.type("x", "0.25");
  QCOMPARE(b.page().scene().x, 0.25);
  QVERIFY(b.find<FigureView>("surface.section-y")->figure()->title().endsWith("x = 0.25"));
}

void SurfacePageTest::aCellOpensAsASurface() {
  SurfaceBench b;
  b.train();
  b.window->showPage(b.window->page<SynapsesPage>());
  QTRY_VERIFY_WITH_TIMEOUT(b.window->page<SynapsesPage>()->frame() != nullptr, kWait);
  auto* heat = b.window->page<SynapsesPage>()->heatView();
  b.selection().setCell({7, 12});
  heat->setFocus();
  QTest::keyClick(heat, Qt::Key_Down);
  QTest::keyClick(heat, Qt::Key_Return);
  QVERIFY(b.page().isVisible());
  b.settle();
  QVERIFY(b.page().scene().follow);
  QCOMPARE(b.shown().synapse.alpha, 1.0);
  QCOMPARE(b.shown().synapse.beta, b.recordedBeta(40));
  QVERIFY(b.shown().title.contains("unit i 8, synapse j 12"));
  // The data of the cell, 10 of each class in this small test set or as many as there are, lie in the axes.
  QTRY_VERIFY_WITH_TIMEOUT(!b.page().frame()->samples.empty(), kWait);
  const auto& frame = *b.page().frame();
  QCOMPARE(b.shown().points.size(), frame.labels.size());
  for (std::size_t k = 0; k < frame.labels.size(); ++k) {
    QCOMPARE(b.shown().points[k].x, frame.samples[64 * k + 8]);
    QCOMPARE(b.shown().points[k].y, frame.samples[64 * k + 12]);
    QVERIFY(b.shown().points[k].x <= b.shown().grid.x.to);
  }
  QVERIFY(b.shown().chosen_x <= b.shown().grid.x.to);
  b.selection().setCell({3, 4});  // as another page would
  QCOMPARE(b.shown().synapse.beta, b.recordedBeta(40));
}

void SurfacePageTest::theTimeLineMovesTheSurface() {
  SurfaceBench b;
  b.train();
  b.selection().setCell({5, 6});
  b.show();
  b.settle();
  auto* slider = b.find<QSlider>("time.slider");
  QVERIFY(slider->isVisible());
  for (const int step : {0, 7, 20, 33, 40}) {
    slider->setValue(step);
    b.settle();
    QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{step});
    QCOMPARE(b.shown().synapse.beta, b.recordedBeta(step));
    QVERIFY(b.find<QLabel>("surface.note")->text().startsWith(QStringLiteral("step %1 ·").arg(step)));
  }
  slider->setValue(33);  // in the middle of an epoch the inputs are not known
  b.settle();
  b.find<QTabWidget>("surface.figures")->setCurrentIndex(2);
  QTRY_VERIFY(b.find<FigureView>("surface.points")->accessibleName().contains("ends of epochs"));
}

void SurfacePageTest::itMovesWhileTrainingRuns() {
  SurfaceBench b("syna-cnn", 4);
  b.show();
  int live = 0;
  connect(&b.page().source(), &SynapseSource::frameChanged, this, [&](const SynapseFramePtr& frame) {
    if (!frame->live) return;
    ++live;
    const auto k = static_cast<std::size_t>(64 * b.selection().cell().i + b.selection().cell().j);
    QCOMPARE(b.shown().synapse.beta, static_cast<double>(b.page().frame()->parameters.beta[k]));
  });
  b.train();
  b.settle();
  QVERIFY(live > 0);
  QTRY_COMPARE_WITH_TIMEOUT(b.page().frame()->at.steps, std::int64_t{80}, kWait);
  QCOMPARE(b.shown().synapse.beta, b.recordedBeta(80));
}

void SurfacePageTest::aHiddenPageCostsNothing() {
  SurfaceBench b;
  int weights = 0;
  connect(&b.window->controller(), &TrainingController::updated, this,
          [&](const Snapshot& s) { weights += s.weights ? 1 : 0; });
  b.show();
  b.window->showPage(b.window->page<SynapsesPage>());
  b.window->actions().action("page.train")->trigger();
  const QSignalSpy frames(&b.page().source(), &SynapseSource::frameChanged);
  const auto before = b.page().surfaceView()->figure();
  b.train();
  b.selection().setCell({1, 1});
  QCOMPARE(weights, 0);
  QCOMPARE(frames.size(), 0);
  QCOMPARE(b.page().surfaceView()->figure(), before);  // not even painted anew
  b.show();                                            // and then it catches up
  b.settle();
  QCOMPARE(b.shown().synapse.beta, b.recordedBeta(40));
}

void SurfacePageTest::movingASliderStopsFollowing() {
  SurfaceBench b;
  b.train();
  b.selection().setCell({5, 6});
  b.show();
  b.settle();
  auto* follow = b.find<QCheckBox>("surface.follow");
  QVERIFY(follow->isChecked());
  const double learned = b.recordedBeta(40);
  follow->click();  // free from here on, and nothing jumps
  QCOMPARE(b.shown().synapse.beta, learned);
  b.find<QSlider>("time.slider")->setValue(0);
  b.settle();
  QCOMPARE(b.shown().synapse.beta, learned);
  follow->click();
  QCOMPARE(b.shown().synapse.beta, b.recordedBeta(0));
  b.type("beta", "0.75");
  QVERIFY(!follow->isChecked());
  QCOMPARE(b.shown().synapse.beta, 0.75);
  QCOMPARE(b.shown().synapse.alpha, 1.0);
}

void SurfacePageTest::everyFunctionAndFigureIsShown() {
  const SurfaceBench b;
  b.show();
  b.choose("function", 1);
  QCOMPARE(b.shown().field, synapse::Field::SlopeBeta);
  b.choose("function", 2);
  QCOMPARE(b.shown().field, synapse::Field::Surprisal);
  QCOMPARE(b.shown().x, QStringLiteral("u = −log x"));
  b.choose("function", 3);
  QVERIFY(b.shown().flat.has_value());
  b.type("share", "25");
  QCOMPARE(b.shown().flat->share, 0.25);
  b.find<QCheckBox>("surface.lines")->click();
  QVERIFY(b.shown().lines.size() >= 5);
  QVERIFY(b.shown().lines[0].name.startsWith("y = 0: α x"));
  b.find<QCheckBox>("surface.contours")->click();
  QVERIFY(!b.page().surfaceView()->figure()->style().contours);
  b.choose("colors", 2);
  QCOMPARE(b.page().surfaceView()->figure()->style().colors, ColorMap::Cividis);
  b.find<QTabWidget>("surface.figures")->setCurrentIndex(1);
  QTRY_VERIFY(b.find<FigureView>("surface.bose-einstein")->figure());
  b.type("beta", "-0.5");
  QVERIFY(b.find<FigureView>("surface.bose-einstein")->figure()->title().startsWith("Fermi"));
}

void SurfacePageTest::theChosenPlaceIsOneForAll() {
  const SurfaceBench b;
  b.show();
  auto* surface = b.page().surfaceView();
  surface->setFocus();
  for (int k = 0; k < 3; ++k) QTest::keyClick(surface, Qt::Key_Right, Qt::ControlModifier);
  QTest::keyClick(surface, Qt::Key_Down, Qt::ControlModifier);
  QCOMPARE(b.page().scene().x, 27.0 / 48);
  QCOMPARE(b.page().scene().y, 23.0 / 48);
  QCOMPARE(b.find<QDoubleSpinBox>("surface.x")->value(), 0.5625);
  QVERIFY(b.find<QLabel>("surface.point")->text().startsWith("x 0.5625   y 0.479167   S "));
  const QAccessibleInterface* heard = QAccessible::queryAccessibleInterface(surface);
  QVERIFY(heard->text(QAccessible::Value).startsWith("x 0.5625, y 0.479167, S "));
  b.choose("function", 2);  // the same point in surprisal space
  QCOMPARE(b.shown().chosen_x, -std::log(0.5625));
  QTest::keyClick(surface, Qt::Key_Right, Qt::ControlModifier);
  QVERIFY(b.page().scene().x < 0.5625);  // u rises
}

void SurfacePageTest::theTableIsTheFigureWithTheFocus() {
  const SurfaceBench b;
  b.show();
  auto* tabs = b.find<QTabWidget>("surface.figures");
  const auto* table = b.find<QTableView>("surface.table");
  b.page().surfaceView()->setFocus();
  tabs->setCurrentIndex(tabs->count() - 1);
  QTRY_COMPARE(table->model()->columnCount(), 49);
  QCOMPARE(table->model()->rowCount(), 49);
  tabs->setCurrentIndex(0);
  b.find<FigureView>("surface.section-x")->setFocus();
  tabs->setCurrentIndex(tabs->count() - 1);
  QTRY_COMPARE(table->model()->rowCount(), 201);
  const auto value = [&] { return table->model()->data(table->model()->index(200, 1)).toString(); };
  QCOMPARE(value(), QStringLiteral("0.75"));
  b.type("alpha", "2");  // the table follows, though the figure itself is not seen
  QCOMPARE(value(), QStringLiteral("1.5"));
}

void SurfacePageTest::anExportedFigureRebuildsTheView() {
  SurfaceBench b;
  b.train();
  b.selection().setCell({12, 34});
  b.show();
  b.settle();
  b.find<QSlider>("time.slider")->setValue(20);
  QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{20});
  b.choose("function", 3);
  b.find<QCheckBox>("surface.lines")->click();
  b.page().surfaceView()->setCamera({30, 50, 1.3});
  b.type("y", "0.2");
  b.settle();
  const QJsonObject view = b.page().view();
  QCOMPARE(view.value("alpha").toDouble(), 1.0);
  QVERIFY(view.value("settings").isObject() && !view.value("data_sha256").toString().isEmpty());
  for (const char* name : {"figure.svg", "figure.png", "figure.pdf"}) {
    QVERIFY(b.window->exportFigure(b.home.filePath(name)));
    b.choose("function", 0);
    b.type("beta", "0.9");
    b.page().surfaceView()->setCamera({});
    b.selection().setCell({0, 0});
    b.window->actions().action("page.train")->trigger();
    QVERIFY(b.window->openFigure(b.home.filePath(name)));
    QVERIFY(b.page().isVisible());
    b.settle();
    QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{20});
    QCOMPARE(b.page().view(), view);
    QCOMPARE(b.shown().synapse.beta, b.recordedBeta(20));
    QCOMPARE(b.page().surfaceView()->camera(), (SurfaceCamera{30, 50, 1.3}));
  }
  QVERIFY(b.window->exportFigure(b.home.filePath("surface.npy")));
  QVERIFY(!b.window->exportFigure(b.home.filePath("no/such/folder.svg")));
  QVERIFY(b.window->messageBar()->isError());
}

void SurfacePageTest::aModelWithoutSynapsesIsTold() {
  SurfaceBench b("linear");
  b.show();
  b.train();
  QTRY_VERIFY(b.find<QLabel>("surface.note")->text().startsWith("Linear: has no synapse layer"));
  QVERIFY(b.page().surfaceView()->figure());  // the free surface is there all the same
}

void SurfacePageTest::keyboardAloneReachesEverything() {
  SurfaceBench b;
  b.train();
  b.show();
  b.settle();
  b.page().surfaceView()->setFocus();
  QSet<QString> reached;
  for (int k = 0; k < 120; ++k) {
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    for (const QWidget* w = QApplication::focusWidget(); w != nullptr; w = w->parentWidget())
      if (w->objectName().startsWith("surface.")) {
        reached.insert(w->objectName());
        break;
      }
  }
  for (const char* name :
       {"surface.surface", "surface.follow", "surface.unit", "surface.synapse", "surface.alpha",
        "surface.alpha-slider", "surface.beta", "surface.x", "surface.y-slider", "surface.function",
        "surface.axes", "surface.points", "surface.colors", "surface.contours", "surface.lines",
        "surface.section-x", "surface.section-y"})
    QVERIFY2(reached.contains(name), name);
}

void SurfacePageTest::everyControlHasANameAndHelp() {
  const SurfaceBench b;
  b.show();
  for (const QWidget* widget : b.page().findChildren<QWidget*>()) {
    if (!widget->objectName().startsWith("surface.") || widget->focusPolicy() == Qt::NoFocus ||
        widget->objectName() == QLatin1String("surface.split"))
      continue;
    QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
    QVERIFY2(!widget->toolTip().isEmpty() || !widget->whatsThis().isEmpty() || widget->inherits("QTabWidget"),
             qPrintable(widget->objectName()));
  }
}

void SurfacePageTest::fitsASmallWindow() {
  const SurfaceBench b;
  b.show();
  QVERIFY2(b.window->minimumSizeHint().width() <= 1100,
           QByteArray::number(b.window->minimumSizeHint().width()).constData());
  QVERIFY2(b.window->minimumSizeHint().height() <= 700,
           QByteArray::number(b.window->minimumSizeHint().height()).constData());
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::SurfacePageTest)
#include "surface_page_test.moc"
