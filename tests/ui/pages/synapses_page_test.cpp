// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/synapses_page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "engine/train/checkpoint.h"
#include "engine/train/record.h"
#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/heat_view.h"
#include "ui/plots/rank_figure.h"
#include "ui/plots/tiles_figure.h"
#include "ui/shell/message_bar.h"
#include "ui/widgets/image_picture.h"

namespace synann::ui {

namespace {

using testing::kWait;

struct SynapsesBench : testing::WindowBench {
  using WindowBench::WindowBench;

  void show() const { window->showPage(&page()); }
  // The page shows what was asked for last.
  void settle() const {
    [&] { QTRY_VERIFY_WITH_TIMEOUT(page().frame() && !page().source().busy(), kWait); }();
  }
  SynapsesPage& page() const { return *window->page<SynapsesPage>(); }
  Selection& selection() const { return page().source().selection(); }
  void choose(const QString& box, int index) const {
    auto* combo = find<QComboBox>("synapses." + box);
    combo->setCurrentIndex(index);
    emit combo->activated(index);
  }
  void showTab(const QString& title) const {
    auto* const tabs = find<QTabWidget>("synapses.figures");
    for (int tab = 0; tab < tabs->count(); ++tab)
      if (tabs->tabText(tab) == title) tabs->setCurrentIndex(tab);
    QCOMPARE(tabs->tabText(tabs->currentIndex()), title);
  }
  const std::vector<float>& shown() const { return page().heatView()->figure()->data().values; }
  std::vector<float> recorded(std::int64_t steps) const {
    auto reader = train::RecordReader::open(run() / train::kSynapseRecord);
    return *reader->read(*reader->at_or_before(steps));
  }
};

}  // namespace

// β as the window shows it: live, at every recorded step, by mouse, keyboard and screen reader.
class SynapsesPageTest : public QObject {
  Q_OBJECT

 private slots:
  void anEmptyPageSaysWhatWillBeThere();
  void aHiddenPageCostsNothing();
  void liveWhileTraining();
  void pausedTrainingShowsItsNumbers();
  void theSliderShowsEveryRecordedStepExactly();
  void playWalksToTheEnd();
  void oneSelectionForAllFigures();
  void lensesAndComparisons();
  void theTableIsTheFigureWithTheFocus();
  void pixelLayersShowPictures();
  void theStrongestCellsAreListed();
  void aPlayedLensStaysTheSameQuantity();
  void aComparedRunIsNamed();
  void anExportedFigureRebuildsTheView();
  void aModelWithoutSynapsesIsTold();
  void anOpenedRunIsShown();
  void everyControlHasANameAndHelp();
  void fitsASmallWindow();
};

void SynapsesPageTest::anEmptyPageSaysWhatWillBeThere() {
  const SynapsesBench b;
  b.window->showPage(&b.page());
  QTRY_COMPARE(b.page().heatView()->accessibleName(),
               QStringLiteral("β appears here as soon as training begins: press Train (F5), or open a run "
                              "(Ctrl+Shift+O)."));
  QVERIFY(!b.page().canExport());
  QVERIFY(!b.window->actions().action("file.export")->isEnabled());
  QVERIFY(!b.find<QSlider>("time.slider")->isEnabled());
}

void SynapsesPageTest::aHiddenPageCostsNothing() {
  SynapsesBench b;
  int weights = 0;
  connect(&b.window->controller(), &TrainingController::updated, this,
          [&](const Snapshot& s) { weights += s.weights ? 1 : 0; });
  const QSignalSpy frames(&b.page().source(), &SynapseSource::frameChanged);
  b.train();
  QCOMPARE(weights, 0);
  QCOMPARE(frames.size(), 0);
  b.show();  // and then it catches up
  b.settle();
  QCOMPARE(b.shown(), b.recorded(40));
}

void SynapsesPageTest::liveWhileTraining() {
  SynapsesBench b("syna-cnn", 4);
  b.show();
  int live = 0;
  std::int64_t latest = -1;
  bool rising = true;
  connect(&b.page().source(), &SynapseSource::frameChanged, this, [&](const SynapseFramePtr& frame) {
    if (!frame->live) return;
    ++live;
    rising = rising && frame->at.steps >= latest;
    latest = frame->at.steps;
  });
  b.train();
  b.settle();
  QVERIFY(live > 0);
  QVERIFY(rising);
  // The end of the run is the checkpoint's β, bit for bit.
  QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{80});
  const auto checkpoint = train::read_checkpoint(b.run() / train::kLastCheckpoint);
  const Parameter* p = checkpoint->model->parameters.find("fcn.weight");
  const auto begin = checkpoint->checkpoint.state.values.begin() + static_cast<std::ptrdiff_t>(p->offset);
  QVERIFY(std::equal(b.shown().begin(), b.shown().end(), begin));
}

void SynapsesPageTest::pausedTrainingShowsItsNumbers() {
  SynapsesBench b;
  b.window->controller().stepBatch(b.settings);
  QTRY_COMPARE_WITH_TIMEOUT(b.window->controller().state(), RunState::Paused, kWait);
  b.show();
  QTRY_VERIFY_WITH_TIMEOUT(b.page().frame() && b.page().frame()->live, kWait);
  QCOMPARE(b.page().frame()->at.steps, std::int64_t{1});
  QTRY_COMPARE_WITH_TIMEOUT(b.page().frame()->x.size(), std::size_t{64}, kWait);
}

void SynapsesPageTest::theSliderShowsEveryRecordedStepExactly() {
  SynapsesBench b;
  b.train();
  b.show();
  b.settle();
  auto* slider = b.find<QSlider>("time.slider");
  QCOMPARE(slider->maximum(), 40);
  QCOMPARE(slider->value(), 40);
  for (const int step : {0, 7, 20, 33}) {
    slider->setValue(step);
    b.settle();
    QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{step});
    QCOMPARE(b.shown(), b.recorded(step));
    QVERIFY(b.find<QLabel>("time.words")->text().contains(QStringLiteral("step %1 ·").arg(step)));
  }
  slider->setFocus();
  QTest::keyClick(slider, Qt::Key_Left);
  QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{32});
  b.find<QToolButton>("time.forward")->click();
  QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{33});
  b.find<QToolButton>("time.live")->click();
  QVERIFY(b.selection().live());
  QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{40});
}

void SynapsesPageTest::playWalksToTheEnd() {
  SynapsesBench b;
  b.train();
  b.show();
  b.settle();
  auto* slider = b.find<QSlider>("time.slider");
  slider->setValue(36);
  b.find<QToolButton>("time.play")->click();
  QTRY_COMPARE_WITH_TIMEOUT(b.page().frame()->at.steps, std::int64_t{40}, kWait);
  QTRY_VERIFY_WITH_TIMEOUT(!b.find<QToolButton>("time.play")->isChecked(), kWait);
}

void SynapsesPageTest::oneSelectionForAllFigures() {
  SynapsesBench b;
  b.train();
  b.show();
  b.settle();
  auto* heat = b.page().heatView();
  heat->setFocus();
  QTest::keyClick(heat, Qt::Key_Down);
  QTest::keyClick(heat, Qt::Key_Right);
  QTest::keyClick(heat, Qt::Key_Right);
  QCOMPARE(b.selection().cell().i, 1);
  QCOMPARE(b.selection().cell().j, 2);
  auto* row = b.find<FigureView>("synapses.row");
  QVERIFY(row->figure()->title().startsWith("unit i 1:"));
  QVERIFY(b.find<FigureView>("synapses.column")->figure()->title().startsWith("synapse j 2:"));
  QVERIFY(b.find<QLabel>("synapses.cell")->text().startsWith("i 1   j 2   β "));
  row->setFocus();
  QTest::keyClick(row, Qt::Key_End);
  QCOMPARE(b.selection().cell().j, 63);
  QCOMPARE(heat->column(), 63);
  b.selection().setCell({9, 11});  // as another page would
  QCOMPARE(heat->row(), 9);
  b.showTab("Waterfall");
  auto* waterfall = b.find<FigureView>("synapses.waterfall");
  QTRY_VERIFY(waterfall->figure());
  QTest::keyClick(waterfall, Qt::Key_End);
  QVERIFY(waterfall->currentPointText().startsWith(QStringLiteral("−log |y|: ")));
  waterfall->setCurrentPoint(2);
  QTest::keyClick(waterfall, Qt::Key_Right);
  QVERIFY(b.selection().cell().j != 11 || b.selection().cell().i == 9);
}

void SynapsesPageTest::lensesAndComparisons() {
  SynapsesBench b;
  b.train();
  b.show();
  b.settle();
  const std::vector<float> beta = b.shown();
  b.choose("compare", 1);  // change since the start
  QTRY_VERIFY(b.shown() != beta);
  const std::vector<float> start = b.recorded(0);
  for (std::size_t k = 0; k < beta.size(); ++k) QCOMPARE(b.shown()[k], beta[k] - start[k]);
  b.choose("compare", 0);
  b.choose("lens", 1);
  b.find<QSpinBox>("synapses.image")->setValue(7);
  QTRY_COMPARE(b.page().heatView()->figure()->title(), QStringLiteral("βx for test image 7"));
  b.settle();
  QTRY_VERIFY(b.page().frame()->image_label >= 0);
  b.choose("lens", 3);
  QTRY_COMPARE(b.page().heatView()->figure()->title(), QStringLiteral("mean βx, class 0 − class 1"));
  b.choose("lens", 0);
  b.choose("rows", 1);
  QTRY_VERIFY(!b.page().heatView()->figure()->data().row_order.empty());
  b.find<QCheckBox>("synapses.gradient")->setChecked(true);
  QTRY_VERIFY(b.find<QLabel>("synapses.cell")->text().contains(QStringLiteral("∂loss/∂β")));
}

void SynapsesPageTest::theTableIsTheFigureWithTheFocus() {
  SynapsesBench b;
  b.train();
  b.show();
  b.settle();
  const auto* table = b.find<QTableView>("synapses.table");
  b.page().heatView()->setFocus();
  b.showTab("Table");
  QTRY_COMPARE(table->model()->columnCount(), 64);
  QCOMPARE(table->model()->rowCount(), 64);
  b.showTab("Histogram");
  b.find<FigureView>("synapses.histogram")->setFocus();
  b.showTab("Table");
  QTRY_COMPARE(table->model()->columnCount(), 4);
  // The table follows the time, though the figure itself is not seen.
  const auto counts = [&](int column) {
    QStringList cells;
    for (int k = 0; k < 64; ++k)
      cells.append(table->model()->data(table->model()->index(k, column)).toString());
    return cells;
  };
  QVERIFY(counts(2) != counts(3));  // now, and at the start
  b.find<QSlider>("time.slider")->setValue(0);
  QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{0});
  QCOMPARE(counts(2), counts(3));
  // A figure that went out of sight with its tab is not what is exported, but one that is seen.
  b.showTab("Profiles");
  QVERIFY(b.page().figureName() == QLatin1String("row") || b.page().figureName() == QLatin1String("beta"));
}

void SynapsesPageTest::pixelLayersShowPictures() {
  SynapsesBench b("syna-pixel");
  b.show();
  b.train();
  b.settle();
  const auto picture = [&](const char* name) {
    return std::dynamic_pointer_cast<const TilesFigure>(b.find<FigureView>(name)->figure());
  };
  QTRY_VERIFY(picture("synapses.row"));
  QCOMPARE(picture("synapses.row")->content().per_line, 14);
  emit b.find<FigureView>("synapses.row")->pointChosen(30);  // a pixel is a synapse j
  QCOMPARE(b.selection().cell().j, 30);
  emit b.find<FigureView>("synapses.column")->pointChosen(77);  // and a unit i
  QCOMPARE(b.selection().cell().i, 77);
  QCOMPARE(picture("synapses.row")->content().marked, 30);
  b.showTab("Rows");
  QCOMPARE(picture("synapses.rows")->pointCount(), 196);
  emit b.find<FigureView>("synapses.rows")->pointChosen(5);
  QCOMPARE(b.selection().cell().i, 5);
  b.showTab("Profiles");
  b.find<QCheckBox>("synapses.pictures")->click();  // curves
  QVERIFY(!picture("synapses.row"));
  // The chosen image is seen, here and in the inspector.
  const auto* const image = b.find<ImagePicture>("synapses.image-picture");
  QCOMPARE(image->image().size(), QSize(28, 28));
  QVERIFY(image->accessibleName().startsWith("Test image 0, class "));
  const QImage first = image->image();
  b.selection().setImage(3);
  QVERIFY(image->image() != first);
}

void SynapsesPageTest::theStrongestCellsAreListed() {
  SynapsesBench b;
  b.show();
  b.train();
  b.settle();
  b.showTab("Strongest");
  const auto list = [&] {
    return std::dynamic_pointer_cast<const RankFigure>(b.find<FigureView>("synapses.strongest")->figure());
  };
  QTRY_VERIFY(list());
  QCOMPARE(list()->pointCount(), 10);
  // The first is the largest of all, and it is where the list says.
  float largest = 0;
  for (const float value : b.shown()) largest = std::max(largest, std::abs(value));
  const RankFigure::Cell first = list()->cells().front();
  QCOMPARE(std::abs(first.value), static_cast<double>(largest));
  QCOMPARE(b.shown()[static_cast<std::size_t>(first.row * 64 + first.column)],
           static_cast<float>(first.value));
  emit b.find<FigureView>("synapses.strongest")->pointChosen(0);
  QCOMPARE(b.selection().cell(), (synapse::Cell{first.row, first.column}));
  b.find<QSpinBox>("synapses.strongest")->setValue(25);
  QCOMPARE(list()->pointCount(), 25);
  b.find<QComboBox>("synapses.sort")->setCurrentIndex(2);  // smallest first
  const auto& cells = list()->cells();
  QVERIFY(std::is_sorted(cells.begin(), cells.end(),
                         [](const auto& x, const auto& y) { return x.value < y.value; }));
  QCOMPARE(static_cast<float>(cells.front().value), *std::min_element(b.shown().begin(), b.shown().end()));
  b.find<QComboBox>("synapses.sort")->setCurrentIndex(3);  // the largest, by unit
  QVERIFY(std::is_sorted(list()->cells().begin(), list()->cells().end(),
                         [](const auto& x, const auto& y) { return x.row < y.row; }));
}

// β is recorded at every step, the inputs of a lens are known at the ends of epochs alone.
void SynapsesPageTest::aPlayedLensStaysTheSameQuantity() {
  SynapsesBench b;
  b.show();
  b.train();
  b.settle();
  b.choose("lens", 1);
  QTRY_VERIFY(b.page().heatView()->figure()->title().startsWith("βx for test image"));
  QStringList titles;
  connect(&b.page().source(), &SynapseSource::frameChanged, this,
          [&](const SynapseFramePtr&) { titles.append(b.page().heatView()->figure()->title()); });
  auto* const slider = b.find<QSlider>("time.slider");
  slider->setValue(0);
  b.find<QComboBox>("time.speed")->setCurrentIndex(2);
  b.find<QToolButton>("time.play")->setChecked(true);
  QTRY_VERIFY_WITH_TIMEOUT(!b.find<QToolButton>("time.play")->isChecked(), kWait);
  b.settle();
  QVERIFY(titles.size() > 1);
  for (const QString& title : titles) QVERIFY2(title.startsWith("βx for test image"), qPrintable(title));
  // Moved to a step between, it shows the last one that is known, and says which.
  b.selection().setStep(25);
  QTRY_COMPARE_WITH_TIMEOUT(b.page().frame()->at.steps, std::int64_t{20}, kWait);
  QVERIFY(b.page().heatView()->figure()->title().startsWith("βx for test image"));
}

void SynapsesPageTest::aComparedRunIsNamed() {
  SynapsesBench other, b;
  other.train();
  b.show();
  b.train();
  b.settle();
  QVERIFY(b.page()
              .restoreView({{"minus_run", QString::fromStdString(other.run().string())},
                            {"minus_step", -1},
                            {"figure", "beta"},
                            {"step", 40}})
              .ok());
  const QString name = QString::fromStdString(other.run().filename().string());
  QTRY_COMPARE(b.page().heatView()->figure()->title(), QStringLiteral("β of fcn, difference to ") + name);
  QVERIFY(b.find<QComboBox>("synapses.compare")->currentText().contains(name));
}

void SynapsesPageTest::anExportedFigureRebuildsTheView() {
  SynapsesBench b;
  b.train();
  b.show();
  b.settle();
  b.choose("lens", 3);
  b.find<QSpinBox>("synapses.class-b")->setValue(8);
  b.choose("colors", 2);
  b.selection().setCell({12, 34});
  b.find<QSlider>("time.slider")->setValue(20);
  QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{20});
  b.settle();
  const QJsonObject view = b.page().view();
  for (const char* name : {"figure.svg", "figure.png", "figure.pdf"}) {
    QVERIFY(b.window->exportFigure(b.home.filePath(name)));
    b.choose("lens", 0);
    b.choose("colors", 0);
    b.selection().setCell({0, 0});
    b.find<QToolButton>("time.live")->click();
    QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{40});
    QVERIFY(b.window->openFigure(b.home.filePath(name)));
    QTRY_COMPARE(b.page().frame()->at.steps, std::int64_t{20});
    b.settle();
    QCOMPARE(b.page().view(), view);
    QCOMPARE(b.page().heatView()->figure()->title(), QStringLiteral("mean βx, class 0 − class 8"));
  }
  QVERIFY(!b.window->openFigure(b.home.filePath("none.svg")));
  QVERIFY(b.window->messageBar()->isError());
}

void SynapsesPageTest::aModelWithoutSynapsesIsTold() {
  SynapsesBench b("linear");
  b.show();
  b.train();
  QTRY_VERIFY(b.page().heatView()->accessibleName().startsWith("Linear: has no synapse layer"));
}

void SynapsesPageTest::anOpenedRunIsShown() {
  SynapsesBench first;
  first.train();
  SynapsesBench b;
  b.show();
  b.window->controller().openRun(QString::fromStdString(first.run().string()));
  QTRY_VERIFY_WITH_TIMEOUT(b.page().frame() && b.page().frame()->at.steps == 40, kWait);
  QCOMPARE(b.shown(), first.recorded(40));
  QTRY_COMPARE_WITH_TIMEOUT(b.page().frame()->x.size(), std::size_t{64}, kWait);  // its data are open as well
}

void SynapsesPageTest::everyControlHasANameAndHelp() {
  const SynapsesBench b;
  b.window->showPage(&b.page());
  for (const QWidget* widget : b.page().findChildren<QWidget*>()) {
    if (!widget->objectName().startsWith("synapses.") || widget->focusPolicy() == Qt::NoFocus ||
        widget->objectName() == QLatin1String("synapses.split"))
      continue;
    QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
    QVERIFY2(!widget->toolTip().isEmpty() || !widget->whatsThis().isEmpty() || widget->inherits("QTabWidget"),
             qPrintable(widget->objectName()));
  }
}

void SynapsesPageTest::fitsASmallWindow() {
  const SynapsesBench b;
  b.window->showPage(&b.page());
  QVERIFY2(b.window->minimumSizeHint().width() <= 1100,
           QByteArray::number(b.window->minimumSizeHint().width()).constData());
  QVERIFY2(b.window->minimumSizeHint().height() <= 700,
           QByteArray::number(b.window->minimumSizeHint().height()).constData());
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::SynapsesPageTest)
#include "synapses_page_test.moc"
