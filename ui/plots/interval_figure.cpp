// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/interval_figure.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

#include "ui/plots/figure_head.h"

namespace synann::ui {
namespace {

constexpr double kRatioAir = 0.15;      // decades on either side
constexpr double kCap = 5, kArrow = 7;  // pixels
constexpr double kIntervalWidth = 2;    // pixels
constexpr double kLargestDecades = 12;  // that an axis spans

struct IntervalWords {
  Q_DECLARE_TR_FUNCTIONS(interval_figure)
};

bool hasPlace(double ratio) {
  return std::isfinite(ratio) && ratio > 0;
}

// 1, 2 and 5 times the powers of ten in the range; powers alone where there are many.
std::vector<double> ratioTicks(const Axes::Range& logs) {
  std::vector<double> ticks;
  const bool narrow = logs.width() < 3;
  for (int decade = static_cast<int>(std::floor(logs.min)); decade <= std::ceil(logs.max); ++decade)
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double at = decade + std::log10(factor);
      if (at >= logs.min && at <= logs.max && (narrow || factor == 1))
        ticks.push_back(factor * std::pow(10.0, decade));
    }
  return ticks;
}

}  // namespace

IntervalFigure::IntervalFigure(Content content) : content_(std::move(content)) {
  logs_ = {0, 0};  // 1 is always seen
  const auto see = [this](double ratio) {
    if (!hasPlace(ratio)) return;
    const double at = std::clamp(std::log10(ratio), -kLargestDecades / 2, kLargestDecades / 2);
    logs_ = {std::min(logs_.min, at), std::max(logs_.max, at)};
  };
  for (const Row& row : content_.rows)
    for (const double ratio : {row.value, row.from.value_or(1), row.to.value_or(1)}) see(ratio);
  logs_ = {logs_.min - kRatioAir, logs_.max + kRatioAir};
}

QRectF IntervalFigure::plotOf(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  double widest = 0;
  for (const Row& row : content_.rows) widest = std::max(widest, metrics.horizontalAdvance(row.name));
  widest = std::min(widest, 0.45 * area.width());
  const double head = FigureHead(content_.title, content_.notes, area, how).height();
  return area.adjusted(widest + 10, head + 0.3 * line, -12, -2.6 * line);
}

double IntervalFigure::across(const QRectF& plot, double ratio) const {
  if (!(ratio > 0)) return plot.left();
  if (std::isinf(ratio)) return plot.right();
  return std::clamp(plot.left() + (std::log10(ratio) - logs_.min) / logs_.width() * plot.width(), plot.left(),
                    plot.right());
}

double IntervalFigure::heightOf(const QRectF& plot, std::size_t row) const {
  return plot.top() +
         (static_cast<double>(row) + 0.5) / static_cast<double>(content_.rows.size()) * plot.height();
}

void IntervalFigure::paintAxis(QPainter& painter, const QRectF& area, const QRectF& plot,
                               const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  double free_from = area.left();
  for (const double ratio : ratioTicks(logs_)) {
    const double x = across(plot, ratio);
    painter.setPen(QPen(how.look.grid, 1));
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
    painter.setPen(QPen(how.look.frame, 1));
    painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + 4));
    const QString label = numberText(ratio, 3);
    const double width = metrics.horizontalAdvance(label) + 4;
    if (x - width / 2 < free_from) continue;
    free_from = x + width / 2 + 4;
    painter.setPen(how.look.text);
    painter.drawText(QRectF(x - width / 2, plot.bottom() + 6, width, line), Qt::AlignCenter, label);
  }
  const double one = across(plot, 1);
  painter.setPen(QPen(how.look.text, 1.2, Qt::DashLine));
  painter.drawLine(QPointF(one, plot.top()), QPointF(one, plot.bottom()));
  painter.setPen(QPen(how.look.frame, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(plot);
  painter.setPen(how.look.text);
  painter.drawText(QRectF(plot.left(), area.bottom() - line, plot.width(), line), Qt::AlignCenter,
                   metrics.elidedText(content_.axis, Qt::ElideRight, plot.width()));
}

void IntervalFigure::paintRow(QPainter& painter, const QRectF& area, const QRectF& plot, std::size_t k,
                              const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const Row& row = content_.rows[k];
  const double y = heightOf(plot, k), line = metrics.height();
  const QColor color = seriesColor(how.look, row.color);
  painter.setPen(how.look.text);
  painter.drawText(QRectF(area.left(), y - line / 2, plot.left() - area.left() - 8, line),
                   Qt::AlignRight | Qt::AlignVCenter,
                   metrics.elidedText(row.name, Qt::ElideRight, plot.left() - area.left() - 8));
  if (how.current == static_cast<int>(k)) {
    QColor ground = how.look.text;
    ground.setAlpha(28);
    painter.fillRect(QRectF(plot.left(), y - line, plot.width(), 2 * line), ground);
  }
  painter.setPen(QPen(color, kIntervalWidth * how.style.line_width));
  painter.setBrush(color);
  // An end on the axis has a cap; one at 0 or without bound an arrow at the plot's edge.
  const auto end = [&](double ratio, double way) {
    const double x = across(plot, ratio);
    if (hasPlace(ratio)) {
      painter.drawLine(QPointF(x, y - kCap), QPointF(x, y + kCap));
    } else {
      painter.drawPolygon(QPolygonF({{x, y}, {x - way * kArrow, y - kCap}, {x - way * kArrow, y + kCap}}));
    }
  };
  if (row.from && row.to) {
    painter.drawLine(QPointF(across(plot, *row.from), y), QPointF(across(plot, *row.to), y));
    end(*row.from, -1);
    end(*row.to, 1);
  }
  if (hasPlace(row.value)) painter.drawEllipse(QPointF(across(plot, row.value), y), 4.5, 4.5);
  if (row.instead.isEmpty()) return;
  painter.setPen(how.look.text);
  painter.drawText(QRectF(plot.left() + 8, y - line / 2, plot.width() - 16, line),
                   Qt::AlignLeft | Qt::AlignVCenter,
                   metrics.elidedText(row.instead, Qt::ElideRight, plot.width() - 16));
}

void IntervalFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const QRectF plot = plotOf(area, how);
  painter.save();
  painter.setFont(how.font);
  FigureHead(content_.title, content_.notes, area, how).paint(painter, area, how);
  paintAxis(painter, area, plot, how);
  for (std::size_t k = 0; k < content_.rows.size(); ++k) paintRow(painter, area, plot, k, how);
  painter.restore();
}

QString IntervalFigure::pointText(int point) const {
  const Row& row = content_.rows[static_cast<std::size_t>(point)];
  const auto number = [](double value) {
    return std::isinf(value) ? IntervalWords::tr("infinite") : valueText(value);
  };
  if (!row.why.isEmpty())
    return IntervalWords::tr("%1: %2, no interval: %3").arg(row.name, number(row.value), row.why);
  if (!row.instead.isEmpty()) return QStringLiteral("%1: %2").arg(row.name, row.instead);
  if (!row.from || !row.to) return QStringLiteral("%1: %2").arg(row.name, number(row.value));
  return IntervalWords::tr("%1: %2, from %3 to %4")
      .arg(row.name, number(row.value), number(*row.from), number(*row.to));
}

std::optional<int> IntervalFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const QRectF plot = plotOf(area, how);
  if (content_.rows.empty() || place.y() < plot.top() || place.y() > plot.bottom()) return std::nullopt;
  const double share = (place.y() - plot.top()) / plot.height();
  return std::min(pointCount() - 1, static_cast<int>(share * pointCount()));
}

QString IntervalFigure::columnName(int column) const {
  switch (column) {
    case 0:
      return IntervalWords::tr("what");
    case 1:
      return IntervalWords::tr("ratio");
    case 2:
      return IntervalWords::tr("from");
    default:
      return IntervalWords::tr("to");
  }
}

QString IntervalFigure::whyNoValue(int row, int column) const {
  const Row& r = content_.rows[static_cast<std::size_t>(row)];
  return column == 1 || r.why.isEmpty() ? r.gap : r.why;
}

QVariant IntervalFigure::cell(int row, int column) const {
  const Row& r = content_.rows[static_cast<std::size_t>(row)];
  if (column == 0) return r.name;
  if (column == 1) return r.value;
  return (column == 2 ? r.from : r.to).value_or(std::nan(""));
}

}  // namespace synann::ui
