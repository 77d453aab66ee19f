// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/surface_painter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include <QCoreApplication>
#include <QFontMetricsF>

#include "ui/plots/class_marks.h"
#include "ui/plots/heat_figure.h"
#include "ui/plots/points_figure.h"
#include "ui/plots/quad_raster.h"
#include "ui/plots/ticks.h"

namespace synann::ui {
namespace {

constexpr double kBothSides = 0.1;  // of the larger side
constexpr int kLevels = 10;         // level curves, about
constexpr std::size_t kMesh = 6;    // every so many lines of the grid are drawn
constexpr int kCurvePoints = 49;    // of a section
constexpr double kThrough = 0.28;   // how strongly a hidden curve shines through
constexpr double kTagRadius = 8;    // pixels
constexpr QRgb kFlat = 0xff9a9a9a;  // what teaches nothing

QColor mixed(const QColor& a, const QColor& b, double share) {
  const auto mix = [share](int from, int to) { return static_cast<int>(from + share * (to - from)); };
  return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

}  // namespace

SurfacePainter::SurfacePainter(const SurfaceFigure& figure, QPainter& painter, const QRectF& area,
                               const FigurePaint& how)
    : figure_(figure),
      data_(figure.data()),
      painter_(painter),
      area_(area),
      how_(how),
      box_(figure.box(area, how)) {
  const Axes::Range& z = figure.heights();
  // Automatic colours part at 0 only where much of the surface lies on either side of it.
  ColorMap map = figure.style().colors;
  if (map == ColorMap::Automatic && std::min(-z.min, z.max) <= kBothSides * std::max(-z.min, z.max))
    map = ColorMap::Viridis;
  const HeatScale scale = scaleOf(z.min, z.max, map);
  colors_ = &colorTable(scale.diverging() ? ColorMap::Diverging : scale.colors, isDarkLook(how.look));
  least_ = scale.least;
  most_ = scale.most;
}

QColor SurfacePainter::colorAt(double height) const {
  const double place = std::clamp((height - least_) / (most_ - least_), 0.0, 1.0);
  return QColor((*colors_)[static_cast<std::size_t>(place * 255 + 0.5)]);
}

void SurfacePainter::paint() {
  box_.paintPanes(painter_, how_.look);
  if (figure_.style().contours) paintLevels();
  paintCells();
  paintMesh();
  paintSections();
  paintFlatEdge();
  paintLines();
  box_.paintAxes(painter_, how_.look, {data_.x, data_.y, data_.value});
  if (how_.style.marks) paintClusters();
  paintTags();
  paintCursor();
  paintLegend();
}

void SurfacePainter::paintLevels() {
  for (const Tick& level : linearTicks(box_.z().min, box_.z().max, kLevels)) {
    QList<QLineF> lines;
    for (const synapse::Segment& s : synapse::level_pieces(data_.grid, level.value))
      lines.append(
          QLineF(box_.project({s.x0, s.y0, box_.floor()}), box_.project({s.x1, s.y1, box_.floor()})));
    painter_.setPen(QPen(mixed(colorAt(level.value), how_.look.text, 0.25), how_.quick ? 1 : 1.2));
    painter_.drawLines(lines);
  }
}

// For a height over a plane the order of rows and columns is that of distance, whatever the heights are.
void SurfacePainter::paintCells() {
  const synapse::Surface& grid = data_.grid;
  std::vector<QPointF> points;
  points.reserve(grid.values.size());
  for (std::size_t row = 0, k = 0; row < grid.rows; ++row)
    for (std::size_t column = 0; column < grid.columns; ++column)
      points.push_back(box_.project({grid.x_at(column), grid.y_at(row), grid.values[k++]}));
  std::optional<QuadRaster> raster;
  if (how_.quick) raster.emplace(area_.adjusted(-8, -8, 8, 8), painter_.device()->devicePixelRatioF());
  const std::size_t rows = grid.rows - 1, columns = grid.columns - 1;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      const std::size_t row = box_.nearY() ? r : rows - 1 - r, column = box_.nearX() ? c : columns - 1 - c;
      const QColor color = cellColor(row, column);
      if (!color.isValid()) continue;
      const std::size_t k = row * grid.columns + column, above = k + grid.columns;
      const std::array<QPointF, 4> corners = {points[k], points[k + 1], points[above + 1], points[above]};
      if (raster) {
        raster->fill(corners, color.rgb());
        continue;
      }
      painter_.setPen(QPen(color, 0.8));  // covers the seam to the neighbours
      painter_.setBrush(color);
      painter_.drawConvexPolygon(corners.data(), 4);
    }
  if (raster) painter_.drawImage(raster->origin(), raster->image());
}

// None where the cell has a corner without a height.
QColor SurfacePainter::cellColor(std::size_t row, std::size_t column) const {
  const synapse::Surface& grid = data_.grid;
  const std::size_t k = row * grid.columns + column, above = k + grid.columns;
  const double height =
      (grid.values[k] + grid.values[k + 1] + grid.values[above] + grid.values[above + 1]) / 4;
  if (!std::isfinite(height)) return {};
  const QColor color = colorAt(height);
  if (!data_.flat) return color;
  const double x = (grid.x_at(column) + grid.x_at(column + 1)) / 2,
               y = (grid.y_at(row) + grid.y_at(row + 1)) / 2;
  return data_.flat->contains(data_.synapse, x, y) ? mixed(color, QColor(kFlat), 0.8) : color;
}

// Every few lines of the grid, and the rim, which is smooth though the cells need not be.
void SurfacePainter::paintMesh() {
  const synapse::Surface& grid = data_.grid;
  const auto paint_line = [&](bool along_x, std::size_t fixed, std::size_t last) {
    const bool rim = fixed == 0 || fixed == last;
    if (!rim && fixed % kMesh != 0) return;
    std::vector<Point3> line;
    const std::size_t count = along_x ? grid.columns : grid.rows;
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t row = along_x ? fixed : k, column = along_x ? k : fixed;
      line.push_back({grid.x_at(column), grid.y_at(row), grid.at(row, column)});
    }
    paintCurve(line, QPen(QColor(0, 0, 0, rim ? 120 : 50), rim ? 1.5 : 1), false);
  };
  for (std::size_t row = 0; row < grid.rows; ++row) paint_line(true, row, grid.rows - 1);
  for (std::size_t column = 0; column < grid.columns; ++column) paint_line(false, column, grid.columns - 1);
}

void SurfacePainter::paintCurve(const std::vector<Point3>& points, const QPen& pen, bool through) {
  QColor color = pen.color();
  color.setAlphaF(static_cast<float>(kThrough));
  const QPen faint = through ? QPen(color, pen.widthF(), pen.style()) : QPen(Qt::NoPen);
  QPolygonF run;
  bool run_hidden = false;
  const auto finish = [&] {
    painter_.setPen(run_hidden ? faint : pen);
    if (run.size() > 1) painter_.drawPolyline(run);
    run = run.isEmpty() ? QPolygonF() : QPolygonF({run.constLast()});
  };
  painter_.setBrush(Qt::NoBrush);
  for (const Point3& p : points) {
    if (!std::isfinite(p.z)) {
      finish();
      run.clear();
      continue;
    }
    const bool hidden = figure_.hidden(box_, p);
    if (hidden != run_hidden) finish();
    run_hidden = hidden;
    run.append(box_.project(p));
  }
  finish();
}

// The cuts through the surface at the chosen x and y, as the sections show them.
void SurfacePainter::paintSections() {
  const auto inside = [](const Axes::Range& range, double at) { return at >= range.min && at <= range.max; };
  std::vector<Point3> along_x, along_y;
  for (int k = 0; k < kCurvePoints; ++k) {
    const double t = k / (kCurvePoints - 1.0);
    const double x = box_.x().min + t * box_.x().width(), y = box_.y().min + t * box_.y().width();
    along_x.push_back({x, data_.chosen_y, data_.heightAt(x, data_.chosen_y)});
    along_y.push_back({data_.chosen_x, y, data_.heightAt(data_.chosen_x, y)});
  }
  if (inside(box_.y(), data_.chosen_y)) paintCurve(along_x, curvePen(seriesColor(how_.look, 0), 1.8));
  if (inside(box_.x(), data_.chosen_x)) paintCurve(along_y, curvePen(seriesColor(how_.look, 1), 1.8));
}

QPen SurfacePainter::curvePen(const QColor& color, double width, Qt::PenStyle style) const {
  return {color, width * how_.style.line_width, style};
}

void SurfacePainter::paintFlatEdge() {
  if (!data_.flat) return;
  std::vector<Point3> edge;
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  for (int k = 0; k < 2 * kCurvePoints; ++k) {
    const double x = box_.x().min + k / (2 * kCurvePoints - 1.0) * box_.x().width();
    const auto y = data_.flat->edge(data_.synapse, x);
    const bool inside = y && *y <= box_.y().max;
    edge.push_back({x, inside ? *y : kNone, inside ? data_.heightAt(x, *y) : kNone});
  }
  paintCurve(edge, curvePen(how_.look.text, 2, Qt::DashLine));
}

void SurfacePainter::paintTag(QPointF at, const QString& mark) {
  QFont font = how_.font;
  font.setPixelSize(static_cast<int>(1.4 * kTagRadius));
  painter_.setFont(font);
  painter_.setPen(QPen(how_.look.text, 1));
  painter_.setBrush(how_.look.background);
  painter_.drawRoundedRect(QRectF(at.x() - kTagRadius, at.y() - kTagRadius, 2 * kTagRadius, 2 * kTagRadius),
                           3, 3);
  painter_.drawText(QRectF(at.x() - 2 * kTagRadius, at.y() - 2 * kTagRadius, 4 * kTagRadius, 4 * kTagRadius),
                    Qt::AlignCenter, mark);
  painter_.setFont(how_.font);
}

void SurfacePainter::paintLines() {
  for (const SurfaceLine& line : data_.lines)
    paintCurve(line.points, curvePen(how_.look.text, 1.8, line.pen));
}

void SurfacePainter::paintTags() {
  for (std::size_t k = 0; k < data_.lines.size(); ++k) {
    const auto& points = data_.lines[k].points;
    if (points.empty()) continue;
    // Tags stand at different parts of their lines, so that those of crossing lines keep apart.
    const double part = 0.45 + 0.09 * static_cast<double>(k);
    const Point3& p = points[static_cast<std::size_t>(part * static_cast<double>(points.size() - 1))];
    if (std::isfinite(p.z)) paintTag(box_.project(p), data_.lines[k].mark);
  }
}

void SurfacePainter::paintClusters() {
  struct Drawn {
    const synapse::PointCluster* cluster;
    Point3 at;
    double nearness;
  };
  std::vector<Drawn> drawn;
  for (const synapse::PointCluster& c : data_.clusters) {
    const Point3 at{c.x, c.y, data_.heightAt(c.x, c.y)};
    const Point3& way = box_.toward();
    if (std::isfinite(at.z))
      drawn.push_back({&c, at,
                       at.x * way.x / box_.x().width() / box_.x().width() +
                           at.y * way.y / box_.y().width() / box_.y().width()});
  }
  std::stable_sort(drawn.begin(), drawn.end(),
                   [](const Drawn& a, const Drawn& b) { return a.nearness < b.nearness; });
  for (const Drawn& d : drawn) {
    painter_.setOpacity(figure_.hidden(box_, d.at) ? kThrough : 1);
    paintClassMark(painter_, box_.project(d.at), d.cluster->label,
                   classMarkText(d.cluster->label, data_.class_names),
                   classMarkRadius(d.cluster->count) * classMarkScale(how_.font), how_);
  }
  painter_.setOpacity(1);
  painter_.setFont(how_.font);
}

// The chosen point with a plumb line to the floor, and the one under the pointer.
void SurfacePainter::paintCursor() {
  const auto mark = [&](const Point3& at, double radius) {
    painter_.setPen(QPen(Qt::black, 3));
    painter_.setBrush(Qt::NoBrush);
    painter_.drawEllipse(box_.project(at), radius, radius);
    painter_.setPen(QPen(Qt::white, 1.2));
    painter_.drawEllipse(box_.project(at), radius, radius);
  };
  const Point3 chosen{data_.chosen_x, data_.chosen_y, data_.heightAt(data_.chosen_x, data_.chosen_y)};
  const bool inside = chosen.x >= box_.x().min && chosen.x <= box_.x().max && chosen.y >= box_.y().min &&
                      chosen.y <= box_.y().max;
  if (how_.style.marks && inside && std::isfinite(chosen.z)) {
    painter_.setPen(QPen(how_.look.text, 1, Qt::DotLine));
    painter_.drawLine(box_.project(chosen), box_.project({chosen.x, chosen.y, box_.floor()}));
    mark(chosen, 5);
  }
  if (!how_.current || *how_.current < 0 || *how_.current >= figure_.pointCount()) return;
  const synapse::Surface& grid = data_.grid;
  const auto k = static_cast<std::size_t>(*how_.current);
  mark({grid.x_at(k % grid.columns), grid.y_at(k / grid.columns), grid.values[k]}, 7);
}

void SurfacePainter::paintLegend() {
  const QFontMetricsF metrics(how_.font);
  const double line = 1.4 * metrics.height();
  if (figure_.namesClasses(how_))
    paintClassLegend(painter_, QRectF(area_.left(), area_.bottom() - line, area_.width(), line),
                     classCounts(data_.points), how_, data_.class_names);
  if (how_.style.legend == LegendPlace::None) return;
  QStringList words;
  for (const SurfaceLine& l : data_.lines) words.append(l.name);
  if (data_.flat)
    words.append(QCoreApplication::translate("surface", "grey: |∂S/∂β| below %1 % of its largest")
                     .arg(numberText(100 * data_.flat->share, 3)));
  double y = area_.top();
  for (qsizetype k = 0; k < words.size(); ++k, y += line) {
    const bool tagged = k < static_cast<qsizetype>(data_.lines.size());
    if (tagged)
      paintTag({area_.left() + kTagRadius + 1, y + line / 2}, data_.lines[static_cast<std::size_t>(k)].mark);
    const double left = area_.left() + (tagged ? 2 * kTagRadius + 8 : 0);
    const QRectF room(left, y, metrics.horizontalAdvance(words[k]) + 4, line);
    painter_.fillRect(room, how_.look.box);
    painter_.setPen(how_.look.text);
    painter_.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, words[k]);
  }
}

}  // namespace synann::ui
