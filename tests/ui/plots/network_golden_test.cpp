// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures of the Network page, light and dark.
#include <QTest>

#include "engine/model/state.h"
#include "golden_pictures.h"
#include "tests/test_main.h"
#include "ui/pages/network/network_figures.h"
#include "ui/plots/figure_view.h"

using namespace synann::ui;

namespace {

QImage drawnNetwork(const QString& name, bool dark) {
  NetworkMoment moment = momentOf(*synann::model::build("syna-cnn", 28, 28, 10));
  moment.values =
      std::make_shared<const std::vector<float>>(synann::model::initialise(*moment.model, 5).values);
  NetworkScene scene;
  scene.layer = name == "matrix" ? "fcn" : name == "vector" ? "fc1" : "conv1";
  scene.tensor = name == "vector" ? 1 : 0;
  scene.figure = name == "network" || name == "weight-histogram" ? name : QStringLiteral("weights");
  QString why;
  FigureView widget;
  widget.setPalette(test::paletteOf(dark));
  widget.setFigure(networkFigure(scene, moment, why));
  widget.resize(name == "network" ? QSize(640, 420) : QSize(400, 320));
  return widget.grab().toImage();
}

}  // namespace

class NetworkGoldenTest : public QObject {
  Q_OBJECT

 private slots:
  void looksAsRecorded_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("dark");
    for (const char* name : {"network", "weights", "matrix", "vector", "weight-histogram"})
      for (const bool dark : {false, true})
        QTest::newRow(qPrintable(name + QString(dark ? "-dark" : "-light"))) << QString(name) << dark;
  }
  void looksAsRecorded() {
    QFETCH(QString, name);
    QFETCH(bool, dark);
    test::compareWithGolden(drawnNetwork(name, dark), QStringLiteral("network-") + QTest::currentDataTag());
  }
};

SYNANN_WINDOW_TEST(NetworkGoldenTest)
#include "network_golden_test.moc"
