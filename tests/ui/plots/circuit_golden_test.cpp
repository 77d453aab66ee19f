// SPDX-License-Identifier: GPL-3.0-or-later
// The drawings of the Circuit page, light and dark, and what can be seen of their colours.
#include <QTest>

#include "engine/synapse/circuit_examples.h"
#include "golden_pictures.h"
#include "tests/test_main.h"
#include "ui/pages/circuit/circuit_player.h"
#include "ui/pages/circuit/circuit_tabs.h"
#include "ui/pages/circuit/circuit_view.h"
#include "ui/plots/figure_view.h"

using namespace synann::ui;

namespace {

// "amplified": values above 1 are marked.
QImage drawnCircuit(const QString& name, bool dark) {
  const std::string id = name == "amplified" ? "chain" : name == "truth" ? "xor" : name.toStdString();
  synann::synapse::DrawnCircuit drawn{.circuit = synann::synapse::circuit_example(id)->make()};
  if (name == "amplified") drawn.circuit.synapses[0].alpha = 1.75;
  CircuitPlayer player;
  player.setCircuit(drawn.circuit);
  if (name == "truth") {
    FigureView table;
    QString why;
    table.setPalette(test::paletteOf(dark));
    table.setFigure(truthFigure(drawn.circuit, false, why));
    table.resize(320, 240);
    return table.grab().toImage();
  }
  CircuitView view;
  view.setPalette(test::paletteOf(dark));
  view.resize(640, 400);
  view.setDrawn(drawn);
  view.setValues(player.values());
  view.choose({drawn.circuit.synapses[0].name});
  view.fitAll();
  return view.grab().toImage();
}

}  // namespace

class CircuitGoldenTest : public QObject {
  Q_OBJECT

 private slots:
  void looksAsRecorded_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("dark");
    for (const char* name : {"synapse", "xor", "latch", "amplified", "truth"})
      for (const bool dark : {false, true})
        QTest::newRow(qPrintable(name + QString(dark ? "-dark" : "-light"))) << QString(name) << dark;
  }
  void looksAsRecorded() {
    QFETCH(QString, name);
    QFETCH(bool, dark);
    test::compareWithGolden(drawnCircuit(name, dark), QStringLiteral("circuit-") + QTest::currentDataTag());
  }
  void linesStandOut() {
    for (const FigureLook& look : {FigureLook::light(), FigureLook::dark()}) {
      for (const int series : {0, 1}) QVERIFY(contrast(seriesColor(look, series), look.background) >= 3);
      QVERIFY(contrast(look.text, look.background) >= 4.5);
      QVERIFY(contrast(look.train, look.background) >= 3);
    }
  }
};

SYNANN_WINDOW_TEST(CircuitGoldenTest)
#include "circuit_golden_test.moc"
