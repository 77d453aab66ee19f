// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/domain.h"
#include "engine/synapse/function.h"

// What there is to see over the two inputs of one synapse: fields, sections, level curves, the region that
// teaches nothing, and where data lie. Pure functions in double precision; any thread.
namespace synann::synapse {

// What stands over the plane.
enum class Field {
  Value,      // S(x, y) = α x (1 − β y) over x and y
  SlopeBeta,  // ∂S/∂β = −α x y over x and y: how strongly an input can move β
  Surprisal,  // −log S = θ + u + G(γ + v) over u = −log x and v = −log y, in nats
};

// The field at one place; NaN where it has no value (a surprisal where S < 0).
double field_at(Field field, const Synapse& s, double a, double b);

// The field on a regular grid; errors as those of sample_surface().
Result<Surface> sample_field(Field field, const Synapse& s, Range a, Range b, std::size_t columns,
                             std::size_t rows);

// The field along one axis, the other held.
enum class Along { X, Y };
struct Section {
  std::vector<double> at;      // places along the axis, both ends included
  std::vector<double> values;  // as many
};
Result<Section> sample_section(Field field, const Synapse& s, Along along, double held, Range range,
                               std::size_t points);

// The pieces of the curve on which the field has this level, by linear interpolation inside each cell of the
// grid; cells with a corner that is not finite have none.
std::vector<Segment> level_pieces(const Surface& surface, double level);

// Where data can hardly teach β: |∂S/∂β| is below a share of the largest in the ranges that are looked at.
struct FlatRegion {
  double share = 0.1;   // 0 … 1
  double steepest = 1;  // the largest |∂S/∂β| = |α x y|

  bool contains(const Synapse& s, double x, double y) const;
  // Its edge as y over x, a branch of a hyperbola; none where αx = 0.
  std::optional<double> edge(const Synapse& s, double x) const;
};
FlatRegion flat_region(const Synapse& s, Range x, Range y, double share);

// The inputs of one synapse for one image.
struct OperatingPoint {
  double x = 0, y = 0;  // x_i and x_j
  int label = 0;        // class of the image
};
// samples is [labels.size(), n], row by row; i and j below n.
std::vector<OperatingPoint> operating_points(std::span<const double> samples, std::size_t n,
                                             std::span<const int> labels, std::size_t i, std::size_t j);
// The same places in surprisal space, u = −log x and v = −log y; those without one are left out.
std::vector<OperatingPoint> surprisal_points(std::span<const OperatingPoint> points);

// The ranges that hold all points and the origin and end at 1, 2 or 5 · 10ⁿ; those given where the points
// span none.
struct Ranges {
  Range x, y;
};
Ranges ranges_of(std::span<const OperatingPoint> points, const Ranges& otherwise);

// The share of the points that lie in the flat region, 0 … 1; 0 where there is none.
double flat_share(std::span<const OperatingPoint> points, const Synapse& s, const FlatRegion& region);

// Points of one class that lie in one cell of a grid over the ranges: their mean place and their number.
struct PointCluster {
  double x = 0, y = 0;
  int label = 0;
  int count = 0;
};
// The density of the points by class on bins × bins cells, cell by cell, classes rising; points outside the
// ranges are left out.
std::vector<PointCluster> point_density(std::span<const OperatingPoint> points, const Ranges& ranges,
                                        int bins);

}  // namespace synann::synapse
