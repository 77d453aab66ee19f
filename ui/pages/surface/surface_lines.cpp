// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface/surface_lines.h"

#include <cmath>

#include <QCoreApplication>

#include "engine/synapse/surprisal.h"

namespace synann::ui {
namespace {

constexpr int kPlaces = 97;  // of a curve

bool inside(const synapse::Range& range, double value) {
  return value >= range.from && value <= range.to;
}

QString words(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

// Lines with their letters.
class Lines {
 public:
  void add(const QString& name, std::vector<Point3> points, Qt::PenStyle pen = Qt::SolidLine) {
    if (points.size() < 2) return;
    const QString mark(QChar(static_cast<char16_t>(u'A' + lines.size())));
    lines.push_back({mark, name, std::move(points), pen});
  }
  std::vector<SurfaceLine> lines;
};

// The part of a straight line from (x0, y0) to (x1, y1) that lies in the ranges, with the field above it.
std::vector<Point3> trace(const synapse::Segment& s, const synapse::Ranges& ranges, auto&& height) {
  std::vector<Point3> points;
  for (int k = 0; k < kPlaces; ++k) {
    const double t = k / (kPlaces - 1.0);
    const double x = s.x0 + t * (s.x1 - s.x0), y = s.y0 + t * (s.y1 - s.y0);
    if (inside(ranges.x, x) && inside(ranges.y, y)) points.push_back({x, y, height(x, y)});
  }
  return points;
}

// Special lines of S; those of the unit square stretched to the ranges.
void addValueLines(const synapse::Synapse& s, const synapse::Ranges& r, Lines& lines) {
  const auto height = [&](double x, double y) { return synapse::evaluate(s, x, y); };
  for (const synapse::SpecialLine& line : synapse::special_lines()) {
    if (line.kind == synapse::SpecialLine::Kind::NoExcitation) continue;  // the edge at S = 0
    auto part = synapse::segment(line.kind, s);
    if (!part) continue;
    // Along an axis a line goes on to the end of the range; the diagonal to where both end.
    const double end = line.kind == synapse::SpecialLine::Kind::Diagonal ? std::min(r.x.to, r.y.to) : 0;
    if (part->x1 != part->x0) part->x1 = end > 0 ? end : r.x.to;
    if (part->y1 != part->y0) part->y1 = end > 0 ? end : r.y.to;
    lines.add(QStringLiteral("%1: %2, %3").arg(words(line.where), words(line.value), words(line.meaning)),
              trace(*part, r, height));
  }
  lines.add(
      QCoreApplication::translate("surface_lines", "β = 0: α x, the plane without inhibition, at y = %1")
          .arg(numberText(r.y.to, 4)),
      trace({r.x.from, r.y.to, r.x.to, r.y.to}, r, [&](double x, double) { return s.alpha * x; }),
      Qt::DashLine);
}

void addSurprisalLines(const synapse::Synapse& s, const synapse::Ranges& r, Lines& lines) {
  const auto there = synapse::to_surprisal(s);
  if (!there) return;
  const auto height = [&](double u, double v) { return synapse::evaluate(*there, u, v); };
  const double fixed = synapse::kLn2 - there->mode.gamma;
  if (there->mode.statistics == synapse::Statistics::BoseEinstein)
    lines.add(QCoreApplication::translate("surface_lines", "γ + v = log 2: the fixed point of G, βy = ½"),
              trace({r.x.from, fixed, r.x.to, fixed}, r, height));
  lines.add(QCoreApplication::translate("surface_lines", "y = x: one input for both"),
            trace({0, 0, std::min(r.x.to, r.y.to), std::min(r.x.to, r.y.to)}, r, height));
  lines.add(
      QCoreApplication::translate("surface_lines", "β = 0: θ + u, without inhibition"),
      trace({r.x.from, r.y.from, r.x.to, r.y.from}, r, [&](double u, double) { return there->theta + u; }),
      Qt::DashLine);
}

}  // namespace

std::vector<SurfaceLine> specialLines(const synapse::Synapse& s, synapse::Field field,
                                      const synapse::Ranges& ranges) {
  Lines lines;
  if (field == synapse::Field::Value) addValueLines(s, ranges, lines);
  if (field == synapse::Field::Surprisal) addSurprisalLines(s, ranges, lines);
  if (field == synapse::Field::SlopeBeta) {
    const double end = std::min(ranges.x.to, ranges.y.to);
    lines.add(QCoreApplication::translate("surface_lines", "y = x: −α x², steepest for equal inputs"),
              trace({0, 0, end, end}, ranges,
                    [&](double x, double y) { return synapse::derivatives(s, x, y).beta; }));
  }
  return std::move(lines.lines);
}

}  // namespace synann::ui
