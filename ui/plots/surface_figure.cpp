// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/surface_figure.h"

#include <algorithm>
#include <cmath>

#include <QFontMetricsF>
#include <QLocale>

#include "ui/plots/surface_painter.h"

namespace synann::ui {
namespace {

constexpr double kLowFigure = 24;        // lines of text
constexpr double kReach = 14;            // pixels from which a pointer finds a point
constexpr double kSightStep = 1.0 / 20;  // of half the box's width: how finely a line of sight is followed
constexpr double kAir = 6e-3;            // of the box's height: closer than that is touching

QString shortest(double value) {
  return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

// The heights that the box must hold: those of the surface and of the curves, and the floor at 0 where it
// fits.
Axes::Range heightsOf(const SurfaceData& data) {
  double least = INFINITY, most = -INFINITY;
  const auto take = [&](double z) {
    if (!std::isfinite(z)) return;
    least = std::min(least, z);
    most = std::max(most, z);
  };
  for (const double z : data.grid.values) take(z);
  for (const SurfaceLine& line : data.lines)
    for (const Point3& p : line.points) take(p.z);
  if (!(least <= most)) return {0, 1};
  if (data.field != synapse::Field::Surprisal) {
    least = std::min(least, 0.0);
    most = std::max(most, 0.0);
  }
  return most > least ? Axes::Range{least, most} : roomyRange(least, most, false);
}

double interpolated(const synapse::Surface& grid, double x, double y) {
  const auto place = [](double at, const synapse::Range& r, std::size_t count, double& rest) {
    const double k = (at - r.from) / (r.to - r.from) * static_cast<double>(count - 1);
    const double whole = std::clamp(std::floor(k), 0.0, static_cast<double>(count - 2));
    rest = k - whole;
    return static_cast<std::size_t>(whole);
  };
  double s = 0, t = 0;
  const std::size_t c = place(x, grid.x, grid.columns, s), r = place(y, grid.y, grid.rows, t);
  return (1 - t) * ((1 - s) * grid.at(r, c) + s * grid.at(r, c + 1)) +
         t * ((1 - s) * grid.at(r + 1, c) + s * grid.at(r + 1, c + 1));
}

}  // namespace

SurfaceFigure::SurfaceFigure(std::shared_ptr<const SurfaceData> data, const SurfaceStyle& style,
                             const SurfaceCamera& camera)
    : data_(std::move(data)), style_(style), camera_(limited(camera)), z_(heightsOf(*data_)) {}

// The room of the lines' names where they would stand upon the box: in a low figure.
double SurfaceFigure::headOf(const QRectF& area, const FigurePaint& how) const {
  const double line = QFontMetricsF(how.font).height();
  if (how.quick || how.style.legend == LegendPlace::None || area.height() > kLowFigure * line) return 0;
  return 1.4 * line * static_cast<double>(data_->lines.size() + (data_->flat ? 1 : 0));
}

SurfaceBox SurfaceFigure::box(const QRectF& area, const FigurePaint& how) const {
  const double legend = namesClasses(how) ? 1.4 * QFontMetricsF(how.font).height() : 0;
  const synapse::Surface& grid = data_->grid;
  return SurfaceBox(area.adjusted(0, headOf(area, how), 0, -legend), camera_, {grid.x.from, grid.x.to},
                    {grid.y.from, grid.y.to}, z_, how.font);
}

void SurfaceFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  painter.save();
  painter.setFont(how.font);
  SurfacePainter(*this, painter, area, how).paint();
  painter.restore();
}

// Followed towards the viewer, the line of sight must not change from one side of the surface to the other.
bool SurfaceFigure::hidden(const SurfaceBox& box, const Point3& at) const {
  const synapse::Surface& grid = data_->grid;
  const Point3& way = box.toward();
  const double air = kAir * z_.width();
  bool above = false, below = false;
  for (double t = kSightStep; t < 4; t += kSightStep) {
    const Point3 p{at.x + t * way.x, at.y + t * way.y, at.z + t * way.z};
    if (p.x < grid.x.from || p.x > grid.x.to || p.y < grid.y.from || p.y > grid.y.to || p.z > z_.max)
      return false;
    const double over = p.z - interpolated(grid, p.x, p.y);
    above = above || over > air;
    below = below || over < -air;
    if (above && below) return true;
  }
  return false;
}

QString SurfaceFigure::textAt(double x, double y) const {
  return QStringLiteral("%1 %2, %3 %4, %5 %6")
      .arg(data_->x, numberText(x), data_->y, numberText(y), data_->value, numberText(data_->heightAt(x, y)));
}

QString SurfaceFigure::pointText(int point) const {
  const auto columns = data_->grid.columns, k = static_cast<std::size_t>(point);
  return textAt(data_->grid.x_at(k % columns), data_->grid.y_at(k / columns));
}

std::optional<int> SurfaceFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const SurfaceBox box = this->box(area, how);
  const synapse::Surface& grid = data_->grid;
  double nearest = kReach;
  std::optional<int> found;
  for (int k = 0; k < pointCount(); ++k) {
    const auto at = static_cast<std::size_t>(k);
    if (!std::isfinite(grid.values[at])) continue;
    const Point3 p{grid.x_at(at % grid.columns), grid.y_at(at / grid.columns), grid.values[at]};
    const QPointF way = box.project(p) - place;
    const double distance = std::hypot(way.x(), way.y());
    if (distance >= nearest || hidden(box, p)) continue;
    nearest = distance;
    found = k;
  }
  return found;
}

QString SurfaceFigure::columnName(int column) const {
  return shortest(data_->grid.x_at(static_cast<std::size_t>(column)));
}

QString SurfaceFigure::rowName(int row) const {
  return shortest(data_->grid.y_at(static_cast<std::size_t>(row)));
}

QVariant SurfaceFigure::cell(int row, int column) const {
  return data_->grid.at(static_cast<std::size_t>(row), static_cast<std::size_t>(column));
}

std::optional<Figure::Matrix> SurfaceFigure::matrix() const {
  Matrix matrix{{}, rowCount(), columnCount()};
  for (const double value : data_->grid.values) matrix.values.push_back(static_cast<float>(value));
  return matrix;
}

}  // namespace synann::ui
