// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface/surface_figures.h"

#include <cmath>

#include <QTest>

#include "tests/test_main.h"
#include "tests/ui/plots/sample_frame.h"
#include "ui/pages/synapses/synapse_figures.h"
#include "ui/pages/synapses/synapse_view.h"
#include "ui/plots/figure_view.h"

using namespace synann;
using namespace synann::ui;

namespace {

train::SynapseFrame frameWithSamples(int n) {
  train::SynapseFrame frame = test::sampleFrame(n);
  for (int k = 0; k < 20; ++k) {
    frame.samples.insert(frame.samples.end(), frame.x.begin(), frame.x.end());
    frame.labels.push_back(k % 10);
  }
  return frame;
}

}  // namespace

// Every figure of one cell can be made of every frame: of a smaller layer than the cell was chosen in, and of
// numbers that diverged.
class SurfaceFiguresTest : public QObject {
  Q_OBJECT

 private slots:
  void aCellIsCutToTheLayer();
  void everyFigureIsMadeOfASmallerLayer();
  void everyFigureIsMadeOfNumbersThatDiverged_data();
  void everyFigureIsMadeOfNumbersThatDiverged();
};

void SurfaceFiguresTest::aCellIsCutToTheLayer() {
  const train::SynapseFrame frame = test::sampleFrame(8);
  QCOMPARE(cellIn(frame, {3, 5}), (synapse::Cell{3, 5}));
  QCOMPARE(cellIn(frame, {700, 8}), (synapse::Cell{7, 7}));
  QCOMPARE(cellIn(frame, {-1, 0}), (synapse::Cell{0, 0}));
  QCOMPARE(cellIn(train::SynapseFrame(), {3, 5}), (synapse::Cell{0, 0}));
}

void SurfaceFiguresTest::everyFigureIsMadeOfASmallerLayer() {
  const train::SynapseFrame frame = frameWithSamples(5);
  QString why;
  SurfaceScene scene;
  scene.cell = {700, 500};
  QCOMPARE(synapseOf(scene, &frame).beta, static_cast<double>(frame.parameters.beta.back()));
  for (const QString& name : kSurfaceFigures) {
    scene.figure = name;
    QVERIFY2(surfaceFigure(scene, &frame, why), qPrintable(name));
  }
  SynapseView view;
  view.cell = {700, 500};
  for (const QString& name : kSynapseFigures) {
    view.figure = name;
    QVERIFY2(synapseFigure(view, frame, why), qPrintable(name));
  }
}

void SurfaceFiguresTest::everyFigureIsMadeOfNumbersThatDiverged_data() {
  QTest::addColumn<float>("number");
  QTest::addColumn<bool>("start");
  QTest::newRow("not a number") << NAN << false;
  QTest::newRow("infinite") << INFINITY << false;
  QTest::newRow("from the start") << NAN << true;
}

void SurfaceFiguresTest::everyFigureIsMadeOfNumbersThatDiverged() {
  QFETCH(float, number);
  QFETCH(bool, start);
  train::SynapseFrame frame = frameWithSamples(5);
  std::fill(frame.parameters.beta.begin(), frame.parameters.beta.end(), number);
  std::fill(frame.shown.begin(), frame.shown.end(), number);
  std::fill(frame.x.begin(), frame.x.end(), static_cast<double>(number));
  std::fill(frame.samples.begin(), frame.samples.end(), static_cast<double>(number));
  if (start) std::fill(frame.initial.begin(), frame.initial.end(), number);
  FigureView widget;
  widget.resize(300, 240);
  widget.show();
  QString why;
  const auto look = [&](std::shared_ptr<const Figure> figure) {
    widget.setFigure(std::move(figure));
    QTest::keyClick(&widget, Qt::Key_End);
    QTest::mouseMove(&widget, widget.rect().center());
    QVERIFY(!widget.grab().isNull());
  };
  SurfaceScene scene;
  for (int shown = 0; shown < kSurfaceShown.size(); ++shown)
    for (const QString& name : kSurfaceFigures) {
      scene.figure = name;
      scene.shown = static_cast<SurfaceShown>(shown);
      why.clear();
      auto figure = surfaceFigure(scene, &frame, why);
      QVERIFY2(figure || !why.isEmpty(), qPrintable(name));
      look(std::move(figure));
      QVERIFY(pointNumbers(scene, &frame).endsWith("n NaN"));
      pointRemark(scene, &frame);
    }
  SynapseView view;
  for (const QString& name : kSynapseFigures) {
    view.figure = name;
    view.style.slope = true;
    look(synapseFigure(view, frame, why));
  }
}

SYNANN_WINDOW_TEST(SurfaceFiguresTest)
#include "surface_figures_test.moc"
