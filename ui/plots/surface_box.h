// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QPainter>
#include <QPointF>
#include <QRectF>
#include <QString>

#include "ui/plots/axes.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// From where a surface is seen, as in matplotlib: degrees, without perspective.
struct SurfaceCamera {
  double azimuth = -125;  // of the viewer in the plane of x and y, from +x towards +y
  double elevation = 28;  // 0 (from the side) … 90 (from above)
  double zoom = 1;

  bool operator==(const SurfaceCamera&) const = default;
};

// The camera within its limits: azimuth in (−180, 180], elevation and zoom where there is something to see.
SurfaceCamera limited(SurfaceCamera camera);

// A point in data units.
struct Point3 {
  double x = 0, y = 0, z = 0;
};

// The box around a surface: turns data into points of a picture, and draws panes, ticks and names on the
// edges that lie outside of it as seen from the camera.
class SurfaceBox {
 public:
  SurfaceBox(const QRectF& area, const SurfaceCamera& camera, Axes::Range x, Axes::Range y, Axes::Range z,
             const QFont& font);

  QPointF project(const Point3& p) const;
  // The way towards the viewer, in data units of each axis, for a step of one half of the box's width.
  const Point3& toward() const { return toward_; }
  bool nearX() const { return near_x_; }  // the viewer stands at the upper end of x
  bool nearY() const { return near_y_; }
  double floor() const { return z_.min; }
  const Axes::Range& x() const { return x_; }
  const Axes::Range& y() const { return y_; }
  const Axes::Range& z() const { return z_; }

  // Before the surface: the three walls behind it with their grid.
  void paintPanes(QPainter& painter, const FigureLook& look) const;
  // After it: ticks, labels and names.
  void paintAxes(QPainter& painter, const FigureLook& look, const std::array<QString, 3>& names) const;

 private:
  struct Edge {
    Point3 from, to;
    QList<Tick> ticks;
    QString name;
    bool aside;  // another edge begins where it begins
  };
  void paintEdge(QPainter& painter, const FigureLook& look, const Edge& edge) const;
  Point3 corner(bool far_x, bool far_y, bool top) const;
  std::array<QList<Tick>, 3> ticks() const;

  Axes::Range x_, y_, z_;
  QFont font_;
  std::array<double, 3> right_, up_;  // of the picture, in box units
  Point3 toward_;
  bool near_x_, near_y_;
  QPointF centre_;
  double scale_;
};

}  // namespace synann::ui
