// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/synapse/surface.h"
#include "ui/plots/color_map.h"
#include "ui/plots/surface_box.h"

namespace synann::ui {

// A named curve on the surface, or beside it.
struct SurfaceLine {
  QString mark;  // one letter that stands at the curve and in the legend
  QString name;  // "y = 1: α (1 − β) x"
  std::vector<Point3> points;
  Qt::PenStyle pen = Qt::SolidLine;
};

// A field over the plane, with what is drawn on it.
struct SurfaceData {
  synapse::Synapse synapse;
  synapse::Field field = synapse::Field::Value;
  synapse::Surface grid;  // of the field: columns along x, rows along y
  QString title;
  QString x = QStringLiteral("x"), y = QStringLiteral("y"), value = QStringLiteral("S");
  double chosen_x = 0.5, chosen_y = 0.5;
  std::vector<synapse::OperatingPoint> points;  // those that are counted in the legend
  std::vector<synapse::PointCluster> clusters;  // what is drawn of them
  std::optional<synapse::FlatRegion> flat;      // cells inside it are greyed
  std::vector<SurfaceLine> lines;
  QStringList class_names{};  // of the points; empty: their numbers

  double heightAt(double a, double b) const { return synapse::field_at(field, synapse, a, b); }
};

struct SurfaceStyle {
  ColorMap colors = ColorMap::Automatic;
  bool contours = true;  // level curves on the floor

  bool operator==(const SurfaceStyle&) const = default;
};

// A surface in a box, as matplotlib draws it: coloured by height, level curves on the floor, sections through
// the chosen point, the data by class. The points of the figure are those of the grid, row by row.
class SurfaceFigure : public Figure {
 public:
  SurfaceFigure(std::shared_ptr<const SurfaceData> data, const SurfaceStyle& style,
                const SurfaceCamera& camera);

  const SurfaceData& data() const { return *data_; }
  const std::shared_ptr<const SurfaceData>& sharedData() const { return data_; }
  const SurfaceStyle& style() const { return style_; }
  const SurfaceCamera& camera() const { return camera_; }
  const Axes::Range& heights() const { return z_; }

  QString title() const override { return data_->title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(data_->grid.values.size()); }
  QString pointText(int point) const override;
  // Any point: "x 0.25, y 0.5, S 0.21875".
  QString textAt(double x, double y) const;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  int rowCount() const override { return static_cast<int>(data_->grid.rows); }
  int columnCount() const override { return static_cast<int>(data_->grid.columns); }
  QString columnName(int column) const override;  // x
  QString rowName(int row) const override;        // y
  QVariant cell(int row, int column) const override;
  std::optional<Matrix> matrix() const override;

  FigureParts parts() const override {
    const bool legend = !data_->points.empty() || !data_->lines.empty() || data_->flat;
    return {.legend = legend ? FigureParts::Legend::Fixed : FigureParts::Legend::Absent,
            .marks = true,
            .lines = true};
  }
  // Whether the classes of the data are named below it.
  bool namesClasses(const FigurePaint& how) const {
    return !data_->points.empty() && how.style.marks && how.style.legend != LegendPlace::None;
  }

  SurfaceBox box(const QRectF& area, const FigurePaint& how) const;
  // Whether the surface stands between a point on it and the viewer.
  bool hidden(const SurfaceBox& box, const Point3& at) const;

 private:
  friend class SurfacePainter;

  double headOf(const QRectF& area, const FigurePaint& how) const;

  std::shared_ptr<const SurfaceData> data_;
  SurfaceStyle style_;
  SurfaceCamera camera_;
  Axes::Range z_;
};

}  // namespace synann::ui
