// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/color_map.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>

namespace synann::ui {
namespace {

QRgb rgb(double r, double g, double b) {
  const auto byte = [](double v) { return static_cast<int>(std::lround(std::clamp(v, 0.0, 1.0) * 255)); };
  return qRgb(byte(r), byte(g), byte(b));
}

// matplotlib's viridis (N. Smith, S. van der Walt) as M. Zucker's polynomial of degree 6.
QRgb viridis(double t) {
  constexpr double c[7][3] = {{0.2777273272234177, 0.005407344544966578, 0.3340998053353061},
                              {0.1050930431085774, 1.404613529898575, 1.384590162594685},
                              {-0.3308618287255563, 0.214847559468213, 0.09509516302823659},
                              {-4.634230498983486, -5.799100973351585, -19.33244095627987},
                              {6.228269936347081, 14.17993336680509, 56.69055260068105},
                              {4.776384997670288, -13.74514537774601, -65.35303263337234},
                              {-5.435455855934631, 4.645852612178535, 26.3124352495832}};
  double sum[3] = {};
  for (int k = 6; k >= 0; --k)
    for (int channel = 0; channel < 3; ++channel) sum[channel] = sum[channel] * t + c[k][channel];
  return rgb(sum[0], sum[1], sum[2]);
}

// Cividis (Nuñez, Anderton, Renslow 2018) as the polynomial of d3-scale-chromatic; in 0 … 255.
QRgb cividis(double t) {
  const double r = -4.54 - t * (35.34 - t * (2381.73 - t * (6402.7 - t * (7024.72 - t * 2710.57))));
  const double g = 32.49 + t * (170.73 + t * (52.82 - t * (131.46 - t * (176.58 - t * 67.37))));
  const double b = 81.24 + t * (442.36 - t * (2482.43 - t * (6167.24 - t * (6614.94 - t * 2475.67))));
  return rgb(r / 255, g / 255, b / 255);
}

double encoded(double linear) {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}

// OKLab (B. Ottosson 2020) in polar form to sRGB; hue in degrees.
QRgb fromOklch(double l, double chroma, double hue) {
  constexpr double kDegree = 3.14159265358979323846 / 180;
  const double a = chroma * std::cos(hue * kDegree), b = chroma * std::sin(hue * kDegree);
  const double x = std::pow(l + 0.3963377774 * a + 0.2158037573 * b, 3),
               y = std::pow(l - 0.1055613458 * a - 0.0638541728 * b, 3),
               z = std::pow(l - 0.0894841775 * a - 1.2914855480 * b, 3);
  return rgb(encoded(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z),
             encoded(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z),
             encoded(-0.0041960863 * x - 0.7034186147 * y + 1.7076147010 * z));
}

// Blue below, orange above, lightness and chroma linear in the distance from the middle: a pair of hues that
// every kind of colour vision tells apart.
QRgb diverging(double t, bool dark) {
  constexpr double kBlue = 250, kOrange = 55;
  const double away = std::abs(2 * t - 1), hue = t < 0.5 ? kBlue : kOrange;
  return dark ? fromOklch(0.24 + 0.54 * away, 0.125 * away, hue)
              : fromOklch(0.97 - 0.52 * away, 0.125 * away, hue);
}

template <class Color>
ColorTable tableOf(Color&& color) {
  ColorTable table{};
  for (std::size_t k = 0; k < table.size(); ++k) table[k] = color(static_cast<double>(k) / 255);
  return table;
}

struct ColorMapWords {
  Q_DECLARE_TR_FUNCTIONS(color_map)
};

}  // namespace

const ColorTable& colorTable(ColorMap map, bool dark) {
  static const ColorTable kViridis = tableOf(viridis), kCividis = tableOf(cividis),
                          kLight = tableOf([](double t) { return diverging(t, false); }),
                          kDark = tableOf([](double t) { return diverging(t, true); }),
                          kGrey = tableOf([](double t) { return fromOklch(0.15 + 0.83 * t, 0, 0); });
  switch (map) {
    case ColorMap::Cividis:
      return kCividis;
    case ColorMap::Diverging:
      return dark ? kDark : kLight;
    case ColorMap::Grey:
      return kGrey;
    case ColorMap::Automatic:
    case ColorMap::Viridis:
      break;
  }
  return kViridis;
}

QString colorMapId(ColorMap map) {
  switch (map) {
    case ColorMap::Automatic:
      return QStringLiteral("automatic");
    case ColorMap::Viridis:
      return QStringLiteral("viridis");
    case ColorMap::Cividis:
      return QStringLiteral("cividis");
    case ColorMap::Diverging:
      return QStringLiteral("diverging");
    case ColorMap::Grey:
      return QStringLiteral("grey");
  }
  return {};
}

QString colorMapName(ColorMap map) {
  switch (map) {
    case ColorMap::Automatic:
      return ColorMapWords::tr("Automatic");
    case ColorMap::Viridis:
      return ColorMapWords::tr("Viridis");
    case ColorMap::Cividis:
      return ColorMapWords::tr("Cividis");
    case ColorMap::Diverging:
      return ColorMapWords::tr("Blue–orange");
    case ColorMap::Grey:
      return ColorMapWords::tr("Grey");
  }
  return {};
}

ColorMap colorMapFromId(const QString& id) {
  for (const ColorMap map : kColorMaps)
    if (colorMapId(map) == id) return map;
  return ColorMap::Automatic;
}

double lightness(QRgb color) {
  const auto linear = [](int byte) {
    const double c = byte / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  const double r = linear(qRed(color)), g = linear(qGreen(color)), b = linear(qBlue(color));
  const double x = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b),
               y = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b),
               z = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return 0.2104542553 * x + 0.7936177850 * y - 0.0040720468 * z;
}

}  // namespace synann::ui
