// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>

#include <QImage>
#include <QPalette>
#include <QString>
#include <QTest>

// Comparison of whole pictures with those in golden/. SYNANN_UPDATE_GOLDEN=1 writes them anew: look at them
// before you commit them.
namespace synann::ui::test {

inline constexpr int kCell = 16;  // pixels averaged into one, so that the rendering of a font hardly matters
inline constexpr double kTolerance = 24;  // of 255, for one such cell

inline QImage shrunk(const QImage& picture) {
  return picture.convertToFormat(QImage::Format_RGB32)
      .scaled(picture.width() / kCell, picture.height() / kCell, Qt::IgnoreAspectRatio,
              Qt::SmoothTransformation);
}

inline double largestDifference(const QImage& a, const QImage& b) {
  double largest = 0;
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x) {
      const QColor p = a.pixelColor(x, y), q = b.pixelColor(x, y);
      const int difference =
          std::abs(p.red() - q.red()) + std::abs(p.green() - q.green()) + std::abs(p.blue() - q.blue());
      largest = std::max(largest, difference / 3.0);
    }
  return largest;
}

inline QPalette paletteOf(bool dark) {
  QPalette palette(dark ? QColor(45, 46, 50) : QColor(240, 240, 240));
  palette.setColor(QPalette::Base, dark ? QColor(30, 31, 34) : QColor(Qt::white));
  palette.setColor(QPalette::Text, dark ? QColor(222, 222, 222) : QColor(32, 32, 32));
  return palette;
}

// Fails the test where the picture is not the golden one of that name.
inline void compareWithGolden(const QImage& picture, const QString& name) {
  const QString path = QString(SYNANN_SOURCE_DIR "/tests/ui/plots/golden/%1.png").arg(name);
  if (qEnvironmentVariableIsSet("SYNANN_UPDATE_GOLDEN")) QVERIFY(picture.save(path));
  const QImage golden(path);
  QVERIFY2(!golden.isNull(), qPrintable(path + " cannot be read"));
  QCOMPARE(picture.size(), golden.size());
  const double difference = largestDifference(shrunk(picture), shrunk(golden));
  if (difference > kTolerance) picture.save(QString(SYNANN_BIN_DIR "/../tests/%1-seen.png").arg(name));
  QVERIFY2(difference <= kTolerance, qPrintable(QString("cells differ by up to %1 of 255").arg(difference)));
}

}  // namespace synann::ui::test
