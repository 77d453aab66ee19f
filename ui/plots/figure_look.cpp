// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_look.h"

#include <algorithm>
#include <cmath>

namespace synann::ui {
namespace {

double luminance(const QColor& color) {
  const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
  return 0.2126 * linear(static_cast<double>(color.redF())) +
         0.7152 * linear(static_cast<double>(color.greenF())) +
         0.0722 * linear(static_cast<double>(color.blueF()));
}

}  // namespace

FigureLook FigureLook::light() {
  return {.background = QColor(255, 255, 255),
          .text = QColor(32, 32, 32),
          .frame = QColor(96, 96, 96),
          .grid = QColor(232, 232, 232),
          .train = QColor(0, 0, 255),
          .test = QColor(255, 0, 0),
          .box = QColor(255, 255, 255, 224)};
}

FigureLook FigureLook::dark() {
  return {.background = QColor(30, 31, 34),
          .text = QColor(222, 222, 222),
          .frame = QColor(140, 140, 140),
          .grid = QColor(54, 56, 60),
          .train = QColor(110, 168, 255),
          .test = QColor(255, 107, 107),
          .box = QColor(30, 31, 34, 224)};
}

FigureLook FigureLook::fromPalette(const QPalette& palette) {
  const QColor base = palette.color(QPalette::Base), text = palette.color(QPalette::Text);
  const bool is_dark = luminance(base) < luminance(text);
  FigureLook look = is_dark ? dark() : light();
  // The ground is the window's own where the curves can be seen on it; an unusual palette gets ours.
  if (std::min(contrast(look.train, base), contrast(look.test, base)) >= 3.0 && contrast(text, base) >= 4.5) {
    look.background = base;
    look.text = text;
    look.box = base;
    look.box.setAlpha(224);
  }
  return look;
}

double contrast(const QColor& a, const QColor& b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace synann::ui
