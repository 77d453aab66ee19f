// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/waterfall_figure.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

namespace synann::ui {
namespace {

using Kind = synapse::WaterfallTerm::Kind;

constexpr double kWaterfallGap = 6;  // pixels
constexpr double kTight = 0.8;       // of a line, between words below each other

struct WaterfallWords {
  Q_DECLARE_TR_FUNCTIONS(waterfall)
};

}  // namespace

// Where things stand in an area.
struct WaterfallFigure::Frame {
  QRectF bars;                     // the rows of all points
  double row = 0;                  // height of one
  double from = 0, to = 1;         // nats along x
  double labels = 0, numbers = 0;  // widths left and right of the bars

  double x(double nats) const { return bars.left() + (nats - from) / (to - from) * bars.width(); }
};

WaterfallFigure::WaterfallFigure(synapse::Waterfall waterfall, const QString& title)
    : waterfall_(std::move(waterfall)), title_(title) {
  // Where x is 0 the sum is infinite from the first term on; the others are drawn all the same.
  double sum = 0;
  for (const auto& term : waterfall_.terms) {
    starts_.push_back(sum);
    if (std::isfinite(term.value)) sum += term.value;
  }
  starts_.push_back(0);  // the total
}

QString WaterfallFigure::label(int point) const {
  if (point + 1 == pointCount()) return WaterfallWords::tr("−log |y|");
  const auto& term = waterfall_.terms[static_cast<std::size_t>(point)];
  switch (term.kind) {
    case Kind::Excitation:
      return WaterfallWords::tr("−log x");
    case Kind::Gain:
      return WaterfallWords::tr("−log α");
    case Kind::Inhibition:
      return WaterfallWords::tr("j = %1").arg(term.synapse);
    case Kind::Rest:
      return WaterfallWords::tr("rest (%1)").arg(term.count);
  }
  return {};
}

double WaterfallFigure::value(int point) const {
  return point + 1 == pointCount() ? waterfall_.total
                                   : waterfall_.terms[static_cast<std::size_t>(point)].value;
}

double WaterfallFigure::before(int point) const {
  return point + 1 == pointCount() ? 0 : waterfall_.terms[static_cast<std::size_t>(point)].before;
}

int WaterfallFigure::synapseAt(int point) const {
  return point + 1 >= pointCount() ? -1 : waterfall_.terms[static_cast<std::size_t>(point)].synapse;
}

WaterfallFigure::Frame WaterfallFigure::frame(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  Frame f;
  for (int k = 0; k < pointCount(); ++k) {
    f.labels = std::max(f.labels, metrics.horizontalAdvance(label(k)));
    f.numbers = std::max(f.numbers, metrics.horizontalAdvance(numberText(value(k), 4)));
  }
  // The small terms are what is of interest: the axis begins where the sum of the large first one does not
  // hide them.
  const auto start = [this](int k) { return starts_[static_cast<std::size_t>(k)]; };
  double least = INFINITY, most = -INFINITY;
  for (int k = 2; k + 1 < pointCount(); ++k)
    for (const double end : {start(k), start(k) + value(k)}) {
      if (!std::isfinite(end)) continue;
      least = std::min(least, end);
      most = std::max(most, end);
    }
  const Axes::Range range = roomyRange(least, most, false);
  f.from = range.min;
  f.to = range.max;
  const double line = metrics.height();
  f.bars = area.adjusted(f.labels + kWaterfallGap, (how.titled ? 0.4 : 1.4) * line,
                         -(f.numbers + kWaterfallGap), -2.8 * line);
  f.row = f.bars.height() / std::max(1, pointCount());
  return f;
}

void WaterfallFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const Frame f = frame(area, how);
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  painter.save();
  painter.setFont(how.font);
  painter.setPen(how.look.text);
  if (!how.titled)
    painter.drawText(QRectF(area.left(), area.top(), area.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                     title_);
  for (const Tick& tick :
       linearTicks(f.from, f.to, std::max(2, static_cast<int>(f.bars.width() / (3 * line))))) {
    painter.setPen(QPen(how.look.grid, 1));
    painter.drawLine(QPointF(f.x(tick.value), f.bars.top()), QPointF(f.x(tick.value), f.bars.bottom()));
    painter.setPen(how.look.text);
    painter.drawText(QRectF(f.x(tick.value) - 40, f.bars.bottom() + 1, 80, line), Qt::AlignCenter,
                     tick.label);
  }
  const auto start = [this](int k) { return starts_[static_cast<std::size_t>(k)]; };
  double written = -INFINITY;  // the middle of the words above
  for (int k = 0; k < pointCount(); ++k) {
    const double top = f.bars.top() + k * f.row;
    const bool total = k + 1 == pointCount();
    const auto clamped = [&](double nats) {
      return std::clamp(std::isnan(nats) ? f.from : nats, f.from, f.to);
    };
    const double a = f.x(clamped(start(k))), b = f.x(clamped(start(k) + value(k)));
    QColor color = total ? how.look.frame : seriesColor(how.look, value(k) < 0 ? 1 : 0);
    if (how.current == k) color = color.lighter(135);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRect(QRectF(std::min(a, b), top + 0.15 * f.row, std::max(1.0, std::abs(b - a)), 0.7 * f.row));
    // Where rows are lower than words, those that would run into others have none; the sum always has.
    const double middle = top + f.row / 2, last = f.bars.bottom() - f.row / 2;
    const bool room = middle >= written + kTight * line && (total || middle <= last - kTight * line);
    if (how.current != k && !total && !room) continue;
    written = middle;
    painter.setPen(how.look.text);
    painter.drawText(QRectF(area.left(), top, f.labels, f.row),
                     Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, label(k));
    painter.drawText(QRectF(f.bars.right() + kWaterfallGap, top, f.numbers, f.row),
                     Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, numberText(value(k), 4));
  }
  painter.setPen(QPen(how.look.frame, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(f.bars);
  painter.setPen(how.look.text);
  painter.drawText(QRectF(area.left(), area.bottom() - 1.5 * line, area.width(), line),
                   Qt::AlignLeft | Qt::AlignVCenter,
                   WaterfallWords::tr("nats; total %1, residual %2")
                       .arg(numberText(waterfall_.total, 10), numberText(waterfall_.residual, 3)));
  painter.restore();
}

QString WaterfallFigure::pointText(int point) const {
  return WaterfallWords::tr("%1: %2 nats").arg(label(point), numberText(value(point), 8));
}

std::optional<int> WaterfallFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Frame f = frame(area, how);
  if (place.y() < f.bars.top() || place.y() >= f.bars.bottom() || !area.contains(place)) return std::nullopt;
  return std::clamp(static_cast<int>((place.y() - f.bars.top()) / f.row), 0, pointCount() - 1);
}

QString WaterfallFigure::columnName(int column) const {
  return column == 0   ? WaterfallWords::tr("term")
         : column == 1 ? WaterfallWords::tr("nats")
                       : WaterfallWords::tr("sum before");
}

QVariant WaterfallFigure::cell(int row, int column) const {
  if (row == pointCount())
    return column == 0   ? QVariant(WaterfallWords::tr("residual"))
           : column == 1 ? QVariant(waterfall_.residual)
                         : QVariant();
  if (column == 0) return label(row);
  return column == 1 ? value(row) : before(row);
}

}  // namespace synann::ui
