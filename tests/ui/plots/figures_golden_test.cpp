// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures of the Synapses page, light and dark.
#include <QTest>

#include "golden_pictures.h"
#include "sample_frame.h"
#include "tests/test_main.h"
#include "ui/pages/synapses/synapse_view.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/heat_view.h"

using namespace synann::ui;

namespace {

QImage drawnFigure(const QString& name, bool dark) {
  const auto frame = test::sampleFrame(24);
  SynapseView view;
  view.figure = name;
  view.cell = {3, 5};
  view.style.slope = true;
  if (name == "diverging") {
    HeatView heat;
    heat.setPalette(test::paletteOf(dark));
    const auto data = test::sampleHeat(24);
    heat.setData(data, scaleOf(data->values, ColorMap::Automatic));
    heat.setCell(3, 5);
    heat.resize(400, 320);
    return heat.grab().toImage();
  }
  QString why;
  FigureView widget;
  widget.setPalette(test::paletteOf(dark));
  widget.setFigure(synapseFigure(view, frame, why));
  widget.resize(400, 320);
  return widget.grab().toImage();
}

}  // namespace

class FiguresGoldenTest : public QObject {
  Q_OBJECT

 private slots:
  void looksAsRecorded_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("dark");
    for (const QString& name : kSynapseFigures + QStringList{"diverging"})
      for (const bool dark : {false, true})
        QTest::newRow(qPrintable(name + (dark ? "-dark" : "-light"))) << name << dark;
  }
  void looksAsRecorded() {
    QFETCH(QString, name);
    QFETCH(bool, dark);
    test::compareWithGolden(drawnFigure(name, dark), QStringLiteral("synapse-") + QTest::currentDataTag());
  }
  void theComparisonSeesWhatMatters() {
    const QImage light = test::shrunk(drawnFigure("beta", false));
    QVERIFY(test::largestDifference(light, test::shrunk(drawnFigure("beta", true))) > test::kTolerance);
    QVERIFY(test::largestDifference(light, test::shrunk(drawnFigure("diverging", false))) > test::kTolerance);
  }
};

SYNANN_WINDOW_TEST(FiguresGoldenTest)
#include "figures_golden_test.moc"
