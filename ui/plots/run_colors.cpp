// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/run_colors.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QFontMetricsF>

#include "ui/plots/color_map.h"

namespace synann::ui {
namespace {
constexpr double kColorBarWidth = 110, kColorBarGap = 6;  // pixels
constexpr int kColorDigits = 4;
constexpr std::size_t kFirstNumberColor = 20,
                      kLastNumberColor = 235;  // of 256: the ends are near the grounds of the looks
}  // namespace

NumberColors::NumberColors(QString name, const std::vector<double>& numbers) : name_(std::move(name)) {
  least_ = INFINITY, most_ = -INFINITY;
  for (const double number : numbers) {
    if (!std::isfinite(number)) continue;
    least_ = std::min(least_, number);
    most_ = std::max(most_, number);
  }
}

QColor NumberColors::of(double number, const FigureLook& look) const {
  if (!std::isfinite(number) || empty()) return look.frame;
  const double share = most_ > least_ ? std::clamp((number - least_) / (most_ - least_), 0.0, 1.0) : 1;
  const auto at = kFirstNumberColor +
                  static_cast<std::size_t>(share * static_cast<double>(kLastNumberColor - kFirstNumberColor));
  const ColorTable& table = colorTable(ColorMap::Viridis, isDarkLook(look));
  return QColor::fromRgb(table[at]);
}

void NumberColors::paintLegend(QPainter& painter, const QRectF& line, const FigurePaint& how) const {
  if (empty()) return;
  const QFontMetricsF metrics(how.font);
  double x = line.left();
  const auto write = [&](const QString& words) {
    const double width = metrics.horizontalAdvance(words) + 1;
    painter.setPen(how.look.text);
    painter.drawText(QRectF(x, line.top(), width, line.height()), Qt::AlignLeft | Qt::AlignVCenter, words);
    x += width + kColorBarGap;
  };
  write(name_);
  write(shortNumber(least_));
  if (most_ <= least_) return;
  constexpr int kParts = 44;
  const double part = kColorBarWidth / kParts, height = 0.6 * line.height();
  for (int k = 0; k < kParts; ++k)
    painter.fillRect(QRectF(x + k * part, line.center().y() - height / 2, part + 0.3, height),
                     of(least_ + (most_ - least_) * (k + 0.5) / kParts, how.look));
  x += kColorBarWidth + kColorBarGap;
  write(shortNumber(most_));
}

QString shortNumber(double value) {
  return numberText(value, kColorDigits);
}

}  // namespace synann::ui
