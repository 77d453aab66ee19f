// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plane_figure.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QFontMetricsF>
#include <QStringList>

#include "ui/plots/figure_head.h"
#include "ui/plots/polyline_clip.h"

namespace synann::ui {
namespace {

constexpr double kPlaneSample = 22;       // pixels of a legend's line
constexpr double kPlaneLineWidth = 1.6;   // pixels
constexpr double kPlaneReach = 14;        // pixels from which a pointer finds a point
constexpr double kPlaneMark = 5;          // pixels, radius
constexpr double kPlaneBar = 12;          // pixels, width of the colour bar
constexpr double kPlaneBarDistance = 10;  // pixels
constexpr std::size_t kFewDots = 2000;    // as many are drawn as discs

QRectF fieldPlaces(const Axes& axes, const Axes::Range& x, const Axes::Range& y) {
  return QRectF(axes.place(x.min, y.max), axes.place(x.max, y.min));
}

// How often each pixel of the plot is met.
std::vector<unsigned> countsOf(const std::vector<QPointF>& points, const Axes& axes, const QSize& size) {
  std::vector<unsigned> counts(static_cast<std::size_t>(size.width()) *
                               static_cast<std::size_t>(size.height()));
  const double across = size.width() / axes.plot().width(), down = size.height() / axes.plot().height();
  for (const QPointF& point : points) {
    const QPointF place = axes.place(point.x(), point.y()) - axes.plot().topLeft();
    const double x = place.x() * across, y = place.y() * down;
    if (!(x >= 0 && x <= size.width() && y >= 0 && y <= size.height())) continue;  // nor what is not finite
    // The far edges belong to the last pixels.
    const auto column = static_cast<std::size_t>(std::min(x, size.width() - 1.0));
    const auto row = static_cast<std::size_t>(std::min(y, size.height() - 1.0));
    ++counts[row * static_cast<std::size_t>(size.width()) + column];
  }
  return counts;
}

}  // namespace

PlaneFigure::PlaneFigure(Content content) : content_(std::move(content)) {}

Axes PlaneFigure::axes(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double bar =
      content_.field ? kPlaneBarDistance + kPlaneBar + metrics.horizontalAdvance(QStringLiteral("00.00")) : 0;
  const bool legend = parts().legend != FigureParts::Legend::Absent && how.style.legend != LegendPlace::None;
  const double head = FigureHead(content_.title, {content_.note}, area, how).height();
  return Axes(area.adjusted(0, head + (legend ? 1.2 * metrics.height() : 0), -bar, 0),
              Axes::partOfX(content_.x_range, how), Axes::partOfY(content_.y_range, how),
              {content_.x, content_.y}, how.font, false);
}

double PlaneFigure::paintLegendEntry(QPainter& painter, QPointF at, const QString& name,
                                     const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double width = metrics.horizontalAdvance(name);
  painter.setPen(how.look.text);
  painter.drawText(
      QRectF(at.x() + kPlaneSample + 4, at.y() - metrics.height() / 2, width + 2, metrics.height()),
      Qt::AlignLeft | Qt::AlignVCenter, name);
  return kPlaneSample + 4 + width + 14;
}

void PlaneFigure::paintHead(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const FigureHead head(content_.title, {content_.note}, area, how);
  head.paint(painter, area, how);
  if (how.style.legend == LegendPlace::None) return;
  QPointF at(area.left(), area.top() + head.height() + 0.6 * QFontMetricsF(how.font).height());
  for (const Path& path : content_.paths) {
    painter.setPen(QPen(seriesColor(how.look, path.color), kPlaneLineWidth * how.style.line_width, path.pen));
    painter.drawLine(at, at + QPointF(kPlaneSample, 0));
    at.rx() += paintLegendEntry(painter, at, path.name, how);
  }
  if (!how.style.marks) return;
  for (const Mark& mark : content_.marks) {
    painter.setPen(QPen(how.look.text, 1));
    painter.setBrush(seriesColor(how.look, mark.color));
    painter.drawEllipse(at + QPointF(kPlaneSample / 2, 0), kPlaneMark, kPlaneMark);
    at.rx() += paintLegendEntry(painter, at, mark.name, how);
  }
}

const QImage& PlaneFigure::fieldImage(bool dark) const {
  const Field& field = *content_.field;
  if (!field_image_.isNull() && field_dark_ == dark) return field_image_;
  field_image_ = QImage(field.columns, field.rows, QImage::Format_RGB32);
  field_dark_ = dark;
  const HeatColors colors(field.scale, dark);
  for (int r = 0; r < field.rows; ++r)
    for (int c = 0; c < field.columns; ++c)
      field_image_.setPixel(
          c, field.rows - 1 - r,
          colors.color(field.values[static_cast<std::size_t>(r) * static_cast<std::size_t>(field.columns) +
                                    static_cast<std::size_t>(c)]));
  return field_image_;
}

void PlaneFigure::paintField(QPainter& painter, const Axes& axes, const FigurePaint& how) const {
  const Field& field = *content_.field;
  const QRectF whole = fieldPlaces(axes, field.x, field.y), shown = whole.intersected(axes.plot());
  const QImage& image = fieldImage(isDarkLook(how.look));
  if (!shown.isEmpty()) {
    const double across = image.width() / whole.width(), down = image.height() / whole.height();
    painter.setRenderHint(QPainter::LosslessImageRendering);
    painter.drawImage(shown, image,
                      QRectF((shown.left() - whole.left()) * across, (shown.top() - whole.top()) * down,
                             shown.width() * across, shown.height() * down));
  }
  const double title = QFontMetricsF(how.font).height() * 1.3;
  paintColorBar(painter,
                QRectF(axes.plot().right() + kPlaneBarDistance, axes.plot().top() + title, kPlaneBar,
                       std::max(8.0, axes.plot().height() - title)),
                field.scale, field.name, how);
}

// Few points are discs. Many are pixels, fainter where fewer meet: they cost the same however many there are.
void PlaneFigure::paintDots(QPainter& painter, const Axes& axes, const FigurePaint& how) const {
  const QColor ink = seriesColor(how.look, 0);
  if (content_.points.size() <= kFewDots) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    for (const QPointF& point : content_.points) {
      const QPointF place = axes.place(point.x(), point.y());
      if (axes.plot().contains(place)) painter.drawEllipse(place, 2, 2);
    }
    return;
  }
  // Files are seen larger than the window.
  const double scale = how.vector ? 4 : painter.device()->devicePixelRatioF();
  const QSize size = (axes.plot().size() * scale).toSize().expandedTo({1, 1}).boundedTo({8000, 8000});
  const std::vector<unsigned> counts = countsOf(content_.points, axes, size);
  QImage image(size, QImage::Format_ARGB32_Premultiplied);
  constexpr double kLeastInk = 0.35;
  constexpr unsigned kFullInk = 8;
  std::array<QRgb, kFullInk + 1> inks{};
  for (unsigned k = 1; k <= kFullInk; ++k) {
    QColor color = ink;
    color.setAlphaF(static_cast<float>(kLeastInk + (1 - kLeastInk) * (k - 1) / (kFullInk - 1)));
    inks[k] = qPremultiply(color.rgba());
  }
  for (int y = 0; y < size.height(); ++y) {
    auto* const row = reinterpret_cast<QRgb*>(image.scanLine(y));
    const unsigned* const met =
        counts.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width());
    for (int x = 0; x < size.width(); ++x) row[x] = inks[std::min(met[x], kFullInk)];
  }
  painter.drawImage(axes.plot(), image);
}

void PlaneFigure::paintMarks(QPainter& painter, const Axes& axes, const FigurePaint& how) const {
  const QRectF plot = axes.plot().adjusted(-1, -1, 1, 1);
  painter.setPen(QPen(how.look.text, 1));
  for (const Mark& mark : content_.marks) {
    const QPointF place = axes.place(mark.place.x(), mark.place.y());
    painter.setBrush(seriesColor(how.look, mark.color));
    if (how.style.marks && plot.contains(place)) painter.drawEllipse(place, kPlaneMark, kPlaneMark);
  }
  const int current = how.current.value_or(-1);
  if (current < 0 || current >= pointCount()) return;
  const QPointF point = content_.points[static_cast<std::size_t>(current)];
  const QPointF place = axes.place(point.x(), point.y());
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(how.look.text, 2));
  if (plot.contains(place)) painter.drawEllipse(place, 8, 8);
}

void PlaneFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  painter.save();
  painter.setFont(how.font);
  paintHead(painter, area, how);
  if (content_.field) {
    paintField(painter, axes, how);
  } else {
    axes.paintGrid(painter, how.look);
  }
  if (content_.dots) paintDots(painter, axes, how);
  painter.setBrush(Qt::NoBrush);
  for (const Path& path : content_.paths) {
    painter.setPen(QPen(seriesColor(how.look, path.color), kPlaneLineWidth * how.style.line_width, path.pen));
    QList<QPointF> line;
    const auto draw = [&] {
      if (line.size() > 1) painter.drawPath(clippedPolyline(line, axes.plot()));
      line.clear();
    };
    for (const QPointF& point : path.points) {
      if (std::isfinite(point.x()) && std::isfinite(point.y())) {
        line.append(axes.place(point.x(), point.y()));
      } else {
        draw();
      }
    }
    draw();
  }
  paintMarks(painter, axes, how);
  axes.paintFrame(painter, how.look);
  painter.restore();
}

QString PlaneFigure::columnName(int column) const {
  return column == 0 ? content_.x : column == 1 ? content_.y : content_.extra_name;
}

QVariant PlaneFigure::cell(int row, int column) const {
  const auto k = static_cast<std::size_t>(row);
  return column == 0 ? content_.points[k].x() : column == 1 ? content_.points[k].y() : content_.extra[k];
}

QString PlaneFigure::pointText(int point) const {
  QStringList parts;
  for (int c = 0; c < columnCount(); ++c)
    parts.append(columnName(c) + ' ' + numberText(cell(point, c).toDouble()));
  return parts.join(QStringLiteral(", "));
}

std::optional<int> PlaneFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  if (!axes.plot().adjusted(-4, -4, 4, 4).contains(place)) return std::nullopt;
  // On a field every place is in a cell; the nearest point is its middle.
  double nearest = kPlaneReach * kPlaneReach;
  if (content_.field) nearest = HUGE_VAL;
  std::optional<int> found;
  for (int k = 0; k < pointCount(); ++k) {
    const QPointF& point = content_.points[static_cast<std::size_t>(k)];
    const QPointF way = axes.place(point.x(), point.y()) - place;
    const double distance = way.x() * way.x() + way.y() * way.y();
    if (!(distance < nearest)) continue;  // nor one without a place
    nearest = distance;
    found = k;
  }
  return found;
}

}  // namespace synann::ui
