// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/surface.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "engine/synapse/surprisal.h"

namespace synann::synapse {
namespace {

// A field with its synapse translated once.
class FieldFunction {
 public:
  FieldFunction(Field field, const Synapse& s) : field_(field), synapse_(s), surprisal_(to_surprisal(s)) {}

  double operator()(double a, double b) const {
    switch (field_) {
      case Field::Value:
        return evaluate(synapse_, a, b);
      case Field::SlopeBeta:
        return derivatives(synapse_, a, b).beta;
      case Field::Surprisal:
        break;
    }
    // The sum keeps its digits where β y comes close to 1; α ≤ 0 has no θ, and the product decides.
    return surprisal_ ? evaluate(*surprisal_, a, b) : minus_log(synapse_, probability(a), probability(b));
  }

 private:
  Field field_;
  Synapse synapse_;
  std::optional<SurprisalSynapse> surprisal_;
};

// One cell of a grid, with its corners in turn: (x0, y0), (x1, y0), (x1, y1), (x0, y1).
struct Cell {
  double x[4], y[4], z[4];

  bool finite() const {
    return std::all_of(z, z + 4, [](double v) { return std::isfinite(v); });
  }
};

Cell cell_of(const Surface& s, std::size_t row, std::size_t column) {
  const double x0 = s.x_at(column), x1 = s.x_at(column + 1), y0 = s.y_at(row), y1 = s.y_at(row + 1);
  return {{x0, x1, x1, x0},
          {y0, y0, y1, y1},
          {s.at(row, column), s.at(row, column + 1), s.at(row + 1, column + 1), s.at(row + 1, column)}};
}

void add_pieces(const Cell& cell, double level, std::vector<Segment>& pieces) {
  double x[4], y[4];
  int crossed = 0;
  for (int k = 0; k < 4; ++k) {
    const int next = (k + 1) % 4;
    const double from = cell.z[k] - level, to = cell.z[next] - level;
    if ((from < 0) == (to < 0)) continue;
    const double share = from / (from - to);
    x[crossed] = cell.x[k] + share * (cell.x[next] - cell.x[k]);
    y[crossed++] = cell.y[k] + share * (cell.y[next] - cell.y[k]);
  }
  if (crossed == 2) pieces.push_back({x[0], y[0], x[1], y[1]});
  if (crossed < 4) return;
  // A saddle, every edge crossed: corners on the middle's side belong together, the other two are cut off.
  const bool middle_below = cell.z[0] + cell.z[1] + cell.z[2] + cell.z[3] < 4 * level;
  const int first = middle_below == (cell.z[0] < level) ? 0 : 3;
  for (const int from : {first, (first + 2) % 4}) {
    const int to = (from + 1) % 4;
    pieces.push_back({x[from], y[from], x[to], y[to]});
  }
}

// The next 1, 2 or 5 · 10ⁿ, so that the ranges of a picture stand still while its points move a little.
double round_up(double value) {
  const double decade = std::pow(10.0, std::floor(std::log10(value)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (value <= factor * decade) return factor * decade;
  return 10 * decade;
}

Range rounded(double least, double most, const Range& otherwise) {
  if (!(most > least)) return otherwise;
  return {least < 0 ? -round_up(-least) : 0, most > 0 ? round_up(most) : 0};
}

}  // namespace

double field_at(Field field, const Synapse& s, double a, double b) {
  return FieldFunction(field, s)(a, b);
}

Result<Surface> sample_field(Field field, const Synapse& s, Range a, Range b, std::size_t columns,
                             std::size_t rows) {
  auto surface = sample_surface(s, a, b, columns, rows);
  if (!surface || field == Field::Value) return surface;
  const FieldFunction function(field, s);
  for (std::size_t row = 0, k = 0; row < rows; ++row)
    for (std::size_t column = 0; column < columns; ++column)
      surface->values[k++] = function(surface->x_at(column), surface->y_at(row));
  return surface;
}

Result<Section> sample_section(Field field, const Synapse& s, Along along, double held, Range range,
                               std::size_t points) {
  // The grid's own checks and places, on a strip of it.
  const auto strip = sample_surface(s, range, {0, 1}, points, 2);
  if (!strip) return strip.error();
  const FieldFunction function(field, s);
  Section section;
  for (std::size_t k = 0; k < points; ++k) {
    const double at = strip->x_at(k);
    section.at.push_back(at);
    section.values.push_back(along == Along::X ? function(at, held) : function(held, at));
  }
  return section;
}

std::vector<Segment> level_pieces(const Surface& surface, double level) {
  std::vector<Segment> pieces;
  for (std::size_t row = 0; row + 1 < surface.rows; ++row)
    for (std::size_t column = 0; column + 1 < surface.columns; ++column) {
      const Cell cell = cell_of(surface, row, column);
      if (cell.finite()) add_pieces(cell, level, pieces);
    }
  return pieces;
}

bool FlatRegion::contains(const Synapse& s, double x, double y) const {
  return std::abs(derivatives(s, x, y).beta) < share * steepest;
}

std::optional<double> FlatRegion::edge(const Synapse& s, double x) const {
  const double slope = std::abs(s.alpha * x);
  return slope > 0 ? std::optional(share * steepest / slope) : std::nullopt;
}

FlatRegion flat_region(const Synapse& s, Range x, Range y, double share) {
  const auto largest = [](const Range& r) { return std::max(std::abs(r.from), std::abs(r.to)); };
  return {share, std::abs(s.alpha) * largest(x) * largest(y)};
}

std::vector<OperatingPoint> operating_points(std::span<const double> samples, std::size_t n,
                                             std::span<const int> labels, std::size_t i, std::size_t j) {
  std::vector<OperatingPoint> points;
  for (std::size_t k = 0; k < labels.size() && (k + 1) * n <= samples.size(); ++k)
    points.push_back({samples[k * n + i], samples[k * n + j], labels[k]});
  return points;
}

std::vector<OperatingPoint> surprisal_points(std::span<const OperatingPoint> points) {
  std::vector<OperatingPoint> result;
  for (const OperatingPoint& p : points) {
    const double u = surprisal(p.x), v = surprisal(p.y);
    if (std::isfinite(u) && std::isfinite(v)) result.push_back({u, v, p.label});
  }
  return result;
}

Ranges ranges_of(std::span<const OperatingPoint> points, const Ranges& otherwise) {
  double low_x = 0, high_x = 0, low_y = 0, high_y = 0;
  for (const OperatingPoint& p : points) {
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) continue;
    low_x = std::min(low_x, p.x);
    high_x = std::max(high_x, p.x);
    low_y = std::min(low_y, p.y);
    high_y = std::max(high_y, p.y);
  }
  return {rounded(low_x, high_x, otherwise.x), rounded(low_y, high_y, otherwise.y)};
}

double flat_share(std::span<const OperatingPoint> points, const Synapse& s, const FlatRegion& region) {
  if (points.empty()) return 0;
  const auto flat =
      std::ranges::count_if(points, [&](const OperatingPoint& p) { return region.contains(s, p.x, p.y); });
  return static_cast<double>(flat) / static_cast<double>(points.size());
}

std::vector<PointCluster> point_density(std::span<const OperatingPoint> points, const Ranges& ranges,
                                        int bins) {
  const auto bin = [bins](double value, const Range& range) {
    const double place = (value - range.from) / (range.to - range.from);
    if (!(place >= 0 && place <= 1)) return -1;
    return std::min(bins - 1, static_cast<int>(place * bins));
  };
  std::map<std::array<int, 3>, PointCluster> cells;  // by row, column and class
  for (const OperatingPoint& p : points) {
    const int column = bin(p.x, ranges.x), row = bin(p.y, ranges.y);
    if (column < 0 || row < 0) continue;
    PointCluster& cell = cells[{row, column, p.label}];
    cell.label = p.label;
    ++cell.count;
    cell.x += (p.x - cell.x) / cell.count;
    cell.y += (p.y - cell.y) / cell.count;
  }
  std::vector<PointCluster> clusters;
  for (const auto& [key, cell] : cells) clusters.push_back(cell);
  return clusters;
}

}  // namespace synann::synapse
