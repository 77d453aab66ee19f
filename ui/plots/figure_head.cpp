// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_head.h"

#include <QFontMetricsF>
#include <QPainter>

namespace synann::ui {
namespace {

constexpr double kHeadPitch = 1.2;  // heights of the font

QStringList brokenBetweenParts(const QString& words, const QFontMetricsF& metrics, double width) {
  const auto between = QStringLiteral(" · ");
  QStringList lines;
  for (const QString& part : words.split(between)) {
    const QString longer = lines.isEmpty() ? part : lines.last() + between + part;
    if (lines.isEmpty() || metrics.horizontalAdvance(longer) > width)
      lines.append(part);
    else
      lines.last() = longer;
  }
  for (QString& line : lines) line = metrics.elidedText(line, Qt::ElideRight, width);
  return lines;
}

}  // namespace

FigureHead::FigureHead(const QString& title, const QStringList& notes, const QRectF& area,
                       const FigurePaint& how)
    : pitch_(kHeadPitch * QFontMetricsF(how.font).height()) {
  const QFontMetricsF metrics(how.font);
  if (!how.titled) lines_ += brokenBetweenParts(title, metrics, area.width());
  for (const QString& note : notes)
    if (!note.isEmpty()) lines_ += brokenBetweenParts(note, metrics, area.width());
}

void FigureHead::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  painter.setFont(how.font);
  painter.setPen(how.look.text);
  QRectF line(area.left(), area.top(), area.width(), pitch_);
  for (const QString& words : lines_) {
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, words);
    line.translate(0, pitch_);
  }
}

}  // namespace synann::ui
