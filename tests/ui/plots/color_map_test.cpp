// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/color_map.h"

#include <cmath>

#include <QTest>

#include "tests/test_main.h"

using namespace synann::ui;

namespace {

// How a person without green cones sees a colour (Machado, Oliveira, Fernandes 2009, severity 1), in linear
// light.
QRgb withoutGreen(QRgb color) {
  const auto linear = [](int byte) {
    const double c = byte / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  const auto byte = [](double v) {
    v = std::clamp(v, 0.0, 1.0);
    return static_cast<int>(
        std::lround(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055)));
  };
  const double r = linear(qRed(color)), g = linear(qGreen(color)), b = linear(qBlue(color));
  return qRgb(byte(0.367322 * r + 0.860646 * g - 0.227968 * b),
              byte(0.280085 * r + 0.672501 * g + 0.047413 * b),
              byte(-0.011820 * r + 0.042940 * g + 0.968881 * b));
}

double difference(QRgb a, QRgb b) {
  return std::abs(qRed(a) - qRed(b)) + std::abs(qGreen(a) - qGreen(b)) + std::abs(qBlue(a) - qBlue(b));
}

}  // namespace

// Equal steps of a number look like equal steps, to everyone.
class ColorMapTest : public QObject {
  Q_OBJECT
 private slots:
  void sequentialMapsRiseEvenly_data();
  void sequentialMapsRiseEvenly();
  void divergingMapsAreSymmetric_data();
  void divergingMapsAreSymmetric();
  void viridisIsViridis();
  void idsReadBack();
};

void ColorMapTest::sequentialMapsRiseEvenly_data() {
  QTest::addColumn<int>("map");
  for (const ColorMap map : {ColorMap::Viridis, ColorMap::Cividis, ColorMap::Grey})
    QTest::newRow(qPrintable(colorMapId(map))) << static_cast<int>(map);
}

void ColorMapTest::sequentialMapsRiseEvenly() {
  QFETCH(int, map);
  const ColorTable& table = colorTable(static_cast<ColorMap>(map), false);
  const double whole = lightness(table[255]) - lightness(table[0]);
  QVERIFY(whole > 0.55);
  for (std::size_t k = 16; k < 256; k += 16) {
    const double step = lightness(table[k]) - lightness(table[k - 16]);
    QVERIFY2(step > 0.5 * whole / 16 && step < 1.7 * whole / 16,
             QByteArray::number(step * 16 / whole).constData());
    QVERIFY(lightness(withoutGreen(table[k])) > lightness(withoutGreen(table[k - 16])));
  }
}

void ColorMapTest::divergingMapsAreSymmetric_data() {
  QTest::addColumn<bool>("dark");
  QTest::newRow("light") << false;
  QTest::newRow("dark") << true;
}

void ColorMapTest::divergingMapsAreSymmetric() {
  QFETCH(bool, dark);
  const ColorTable& table = colorTable(ColorMap::Diverging, dark);
  for (std::size_t k = 0; k < 128; ++k) {
    QVERIFY(std::abs(lightness(table[k]) - lightness(table[255 - k])) < 0.02);
    if (k > 0)
      QVERIFY(dark ? lightness(table[k]) <= lightness(table[k - 1])
                   : lightness(table[k]) >= lightness(table[k - 1]));
  }
  QVERIFY(dark ? lightness(table[128]) < 0.3 : lightness(table[128]) > 0.9);
  // Both ends are told apart by everyone.
  QVERIFY(difference(table[0], table[255]) > 150);
  QVERIFY(difference(withoutGreen(table[0]), withoutGreen(table[255])) > 150);
}

void ColorMapTest::viridisIsViridis() {
  const ColorTable& table = colorTable(ColorMap::Viridis, false);
  QVERIFY(difference(table[0], qRgb(68, 1, 84)) < 12);  // matplotlib's ends and middle
  QVERIFY(difference(table[128], qRgb(33, 145, 140)) < 12);
  QVERIFY(difference(table[255], qRgb(253, 231, 37)) < 16);
}

void ColorMapTest::idsReadBack() {
  for (const ColorMap map : kColorMaps) {
    QCOMPARE(colorMapFromId(colorMapId(map)), map);
    QVERIFY(!colorMapName(map).isEmpty());
  }
  QCOMPARE(colorMapFromId("no such map"), ColorMap::Automatic);
}

SYNANN_PLAIN_TEST(ColorMapTest)
#include "color_map_test.moc"
