// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/surface_box.h"

#include <algorithm>
#include <cmath>

#include <QFontMetricsF>
#include <QList>

namespace synann::ui {
namespace {

constexpr double kDegree = 3.14159265358979323846 / 180;
constexpr double kBoxHeight = 0.75;  // of the box, where its sides are 1
constexpr double kEdgeTick = 5;      // pixels
constexpr double kShortest = 24;     // pixels of an edge that is worth its labels
constexpr double kLineAir = 0.15;    // of a line's height, above and below its letters
constexpr double kLeastZoom = 0.4, kMostZoom = 8;

double share(const Axes::Range& range, double value) {
  return (value - range.min) / range.width();
}

QString label(const Tick& tick) {
  return QString(tick.label).replace('-', QStringLiteral("−"));
}

}  // namespace

SurfaceCamera limited(SurfaceCamera camera) {
  camera.azimuth = std::remainder(camera.azimuth, 360.0);
  camera.elevation = std::clamp(camera.elevation, 0.0, 90.0);
  camera.zoom = std::clamp(camera.zoom, kLeastZoom, kMostZoom);
  return camera;
}

SurfaceBox::SurfaceBox(const QRectF& area, const SurfaceCamera& camera, Axes::Range x, Axes::Range y,
                       Axes::Range z, const QFont& font)
    : x_(x), y_(y), z_(z), font_(font) {
  const double a = camera.azimuth * kDegree, e = camera.elevation * kDegree;
  right_ = {-std::sin(a), std::cos(a), 0};
  up_ = {-std::sin(e) * std::cos(a), -std::sin(e) * std::sin(a), std::cos(e)};
  const std::array<double, 3> viewer = {std::cos(e) * std::cos(a), std::cos(e) * std::sin(a), std::sin(e)};
  toward_ = {viewer[0] * x_.width() / 2, viewer[1] * y_.width() / 2, viewer[2] * z_.width() / 2 / kBoxHeight};
  near_x_ = viewer[0] > 0;
  near_y_ = viewer[1] > 0;
  // Room for ticks and names around the box as it is widest, whatever the azimuth: turning does not breathe.
  const QFontMetricsF metrics(font);
  const double side = 7 * metrics.horizontalAdvance('0') + metrics.height(), below = 3.4 * metrics.height();
  const double wide = std::sqrt(2.0), high = wide * std::sin(e) + kBoxHeight * std::cos(e);
  const double width = std::max(20.0, area.width() - 2 * side),
               height = std::max(20.0, area.height() - 1.4 * below);
  scale_ = std::min(width / (2 * wide), height / (2 * high)) * camera.zoom;
  centre_ = area.center() - QPointF(0, 0.3 * below);
}

QPointF SurfaceBox::project(const Point3& p) const {
  const double bx = 2 * share(x_, p.x) - 1, by = 2 * share(y_, p.y) - 1,
               bz = kBoxHeight * (2 * share(z_, p.z) - 1);
  return {centre_.x() + scale_ * (bx * right_[0] + by * right_[1]),
          centre_.y() - scale_ * (bx * up_[0] + by * up_[1] + bz * up_[2])};
}

// A corner of the box, by what is far from the viewer.
Point3 SurfaceBox::corner(bool far_x, bool far_y, bool top) const {
  return {far_x == near_x_ ? x_.min : x_.max, far_y == near_y_ ? y_.min : y_.max, top ? z_.max : z_.min};
}

std::array<QList<Tick>, 3> SurfaceBox::ticks() const {
  const QFontMetricsF metrics(font_);
  const auto wanted = [&](const Point3& from, const Point3& to) {
    const QPointF way = project(to) - project(from);
    const double room = 2.2 * metrics.height() + std::abs(way.x()) / (std::hypot(way.x(), way.y()) + 1e-9) *
                                                     2 * metrics.horizontalAdvance('0');
    return std::clamp(static_cast<int>(std::hypot(way.x(), way.y()) / room), 2, 10);
  };
  const Point3 near_corner = corner(false, false, false);
  return {linearTicks(x_.min, x_.max, wanted(near_corner, corner(true, false, false))),
          linearTicks(y_.min, y_.max, wanted(near_corner, corner(false, true, false))),
          linearTicks(z_.min, z_.max, wanted(near_corner, corner(false, false, true)))};
}

void SurfaceBox::paintPanes(QPainter& painter, const FigureLook& look) const {
  const auto quad = [&](const Point3& a, const Point3& b, const Point3& c, const Point3& d) {
    painter.drawPolygon(QPolygonF({project(a), project(b), project(c), project(d)}));
  };
  QColor pane = look.grid;
  pane.setAlpha(90);
  painter.setBrush(pane);
  painter.setPen(QPen(look.grid.darker(isDarkLook(look) ? 90 : 110), 1));
  const Point3 back = corner(true, true, false), left = corner(true, false, false),
               right = corner(false, true, false);
  quad(back, left, corner(true, false, true), corner(true, true, true));
  quad(back, right, corner(false, true, true), corner(true, true, true));
  quad(back, left, corner(false, false, false), right);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(look.grid.darker(isDarkLook(look) ? 90 : 108), 1));
  const auto line = [&](const Point3& a, const Point3& b) { painter.drawLine(project(a), project(b)); };
  const auto [along_x, along_y, along_z] = ticks();
  const double far_x = back.x, far_y = back.y, near_x = right.x, near_y = left.y;
  for (const Tick& t : along_x) {
    line({t.value, near_y, z_.min}, {t.value, far_y, z_.min});
    line({t.value, far_y, z_.min}, {t.value, far_y, z_.max});
  }
  for (const Tick& t : along_y) {
    line({near_x, t.value, z_.min}, {far_x, t.value, z_.min});
    line({far_x, t.value, z_.min}, {far_x, t.value, z_.max});
  }
  for (const Tick& t : along_z) {
    line({near_x, far_y, t.value}, {far_x, far_y, t.value});
    line({far_x, near_y, t.value}, {far_x, far_y, t.value});
  }
}

// Labels stand on the side of the edge that looks away from the middle of the box.
void SurfaceBox::paintEdge(QPainter& painter, const FigureLook& look, const Edge& edge) const {
  const QPointF from = project(edge.from), to = project(edge.to), way = to - from;
  const double length = std::hypot(way.x(), way.y());
  if (length < kShortest) return;
  const QFontMetricsF metrics(font_);
  QPointF out(-way.y() / length, way.x() / length);
  const QPointF middle = (from + to) / 2, away = middle - centre_;
  if (QPointF::dotProduct(out, away) < 0) out = -out;
  painter.setPen(QPen(look.frame, 1.2));
  painter.drawLine(from, to);
  QList<QRectF> written;
  // A text is as far out as its size in that direction asks for.
  const auto write = [&](QPointF at, double distance, const QString& words) {
    const QSizeF size(metrics.horizontalAdvance(words) + 2, metrics.height());
    const double reach = std::abs(out.x()) * size.width() / 2 + std::abs(out.y()) * size.height() / 2;
    // Where two edges meet, each label steps aside towards its own edge.
    const bool shared = edge.aside && at == from;
    const QPointF aside = shared ? way / length * 0.6 * size.width() : QPointF();
    const QPointF centre = at + out * (distance + reach) + aside;
    const QRectF box(centre - QPointF(size.width(), size.height()) / 2, size);
    // In a small figure every other label may have to go; letters do not fill the height of their line.
    const double air = kLineAir * size.height();
    const auto meets = [&](const QRectF& other) { return other.intersects(box.adjusted(0, air, 0, -air)); };
    if (std::ranges::none_of(written, meets)) {
      painter.drawText(box, Qt::AlignCenter, words);
      written.append(box);
    }
    return distance + 2 * reach;
  };
  double farthest = 0;
  for (const Tick& tick : edge.ticks) {
    const bool vertical = edge.from.z != edge.to.z, along_x = edge.from.x != edge.to.x;
    const double part = vertical  ? share(z_, tick.value)
                        : along_x ? share(x_, tick.value)
                                  : share(y_, tick.value);
    const double low = vertical  ? share(z_, edge.from.z)
                       : along_x ? share(x_, edge.from.x)
                                 : share(y_, edge.from.y);
    const QPointF at = from + way * std::abs(part - low);
    painter.setPen(QPen(look.frame, 1));
    painter.drawLine(at, at + out * kEdgeTick);
    painter.setPen(look.text);
    farthest = std::max(farthest, write(at, kEdgeTick + 2, label(tick)));
  }
  painter.setPen(look.text);
  write(middle, farthest + 3, edge.name);
}

void SurfaceBox::paintAxes(QPainter& painter, const FigureLook& look,
                           const std::array<QString, 3>& names) const {
  painter.setFont(font_);
  painter.setBrush(Qt::NoBrush);
  const auto [along_x, along_y, along_z] = ticks();
  const Point3 front = corner(false, false, false);
  paintEdge(painter, look, {front, corner(true, false, false), along_x, names[0], true});
  paintEdge(painter, look, {front, corner(false, true, false), along_y, names[1], true});
  // Height stands on the right-hand one of the two upright edges at the sides.
  const Point3 one = corner(true, false, false), other = corner(false, true, false);
  const bool first = project(one).x() > project(other).x();
  const Point3& foot = first ? one : other;
  paintEdge(painter, look, {foot, {foot.x, foot.y, z_.max}, along_z, names[2], false});
}

}  // namespace synann::ui
