// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure.h"

#include <array>
#include <cmath>

#include <QCoreApplication>

namespace synann::ui {

bool isDarkLook(const FigureLook& look) {
  return look.background.lightnessF() < look.text.lightnessF();
}

QColor seriesColor(const FigureLook& look, int series) {
  static constexpr std::array<QRgb, 6> kOnLight = {0xff0072b2, 0xffd55e00, 0xff00795a,
                                                   0xffa84f82, 0xff7a6a00, 0xff404040},
                                       kOnDark = {0xff56b4e9, 0xffe69f00, 0xff2fc79a,
                                                  0xffe08fbd, 0xfff0e442, 0xffd0d0d0};
  const auto k = static_cast<std::size_t>(series) % kOnLight.size();
  return QColor(isDarkLook(look) ? kOnDark[k] : kOnLight[k]);
}

QString numberText(double value, int digits) {
  if (std::isnan(value)) return QStringLiteral("NaN");
  if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
  QString text = QString::number(value, 'g', digits);
  return text.replace('-', QStringLiteral("−"));
}

QString valueText(double value, int digits) {
  return std::isnan(value) ? QCoreApplication::translate("figure", "no value") : numberText(value, digits);
}

}  // namespace synann::ui
