// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/surface.h"

#include <numeric>

#include <QTest>

#include "engine/synapse/closeness.h"
#include "engine/synapse/surprisal.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::synapse;
using synann::synapse::test::Draw;

namespace {

constexpr Range kUnit{0, 1};

double length(const Segment& s) {
  return std::hypot(s.x1 - s.x0, s.y1 - s.y0);
}

}  // namespace

// Fields over the plane, their sections and level curves, the flat region and the density of data.
class SynapseSurfaceTest : public QObject {
  Q_OBJECT
 private slots:
  void fieldsAreTheirFormulas();
  void surprisalIsMinusLogS();
  void surprisalForNegativeBetaIsFermi();
  void gridsAndSectionsAreTheField();
  void badGridsAreRefused();
  void levelPiecesLieOnTheHyperbola();
  void levelPiecesOfAPlaneHaveItsLength();
  void saddlesAreCutAsTheirMiddleSays();
  void holesHaveNoLevel();
  void theFlatRegionEndsAtItsEdge();
  void operatingPointsAreTwoColumns();
  void pointsInSurprisalSpace();
  void rangesHoldEveryPoint();
  void densityKeepsEveryPoint();
};

void SynapseSurfaceTest::fieldsAreTheirFormulas() {
  Draw draw(21);
  for (int k = 0; k < 200; ++k) {
    const Synapse s{draw.between(-2, 2), draw.between(-2, 2)};
    const double x = draw.between(0, 1), y = draw.between(0, 1);
    VERIFY_CLOSE(field_at(Field::Value, s, x, y), s.alpha * x * (1 - s.beta * y), 1e-13);
    VERIFY_CLOSE(field_at(Field::SlopeBeta, s, x, y), -s.alpha * x * y, 1e-14);
  }
}

void SynapseSurfaceTest::surprisalIsMinusLogS() {
  Draw draw(22);
  for (int k = 0; k < 200; ++k) {
    const Synapse s{draw.between(0.05, 2), draw.between(-2, 0.95)};
    const double u = draw.between(0, 20), v = draw.between(0, 20);
    const double expected = -std::log(s.alpha) + u - std::log1p(-s.beta * std::exp(-v));
    QVERIFY(std::abs(field_at(Field::Surprisal, s, u, v) - expected) <= 1e-13 * (1 + std::abs(expected)));
    QVERIFY(std::abs(field_at(Field::Surprisal, s, u, v) +
                     std::log(evaluate(s, probability(u), probability(v)))) <=
            1e-13 * (1 + std::abs(expected)));
  }
  // β = 1 at v = 0 is the pole; beyond it, and for α < 0, S < 0 has no surprisal.
  QCOMPARE(field_at(Field::Surprisal, {1, 1}, 1, 0), HUGE_VAL);
  QVERIFY(std::isnan(field_at(Field::Surprisal, {1, 2}, 1, 0.5)));
  QVERIFY(std::isnan(field_at(Field::Surprisal, {-1, 0.5}, 1, 1)));
  VERIFY_CLOSE(field_at(Field::Surprisal, {-1, 2}, 0.5, 0.25), 0.5 - std::log(2 * std::exp(-0.25) - 1),
               1e-13);
}

// For β < 0 the inhibitor amplifies: its term is −log(1 + e^(−(γ + v))), and falls by the Fermi–Dirac number.
void SynapseSurfaceTest::surprisalForNegativeBetaIsFermi() {
  const Synapse s{1, -0.5};
  const double gamma = std::log(2.0);
  for (const double v : {0.0, 0.4, 3.0}) {
    VERIFY_CLOSE(field_at(Field::Surprisal, s, 1, v), 1 - std::log1p(std::exp(-gamma - v)), 1e-14);
    const double slope =
        test::slope([&](double at) { return field_at(Field::Surprisal, s, 1, at); }, v + 1, 1e-3);
    VERIFY_CLOSE(slope, 1 / (std::exp(gamma + v + 1) + 1), 1e-10);
  }
}

void SynapseSurfaceTest::gridsAndSectionsAreTheField() {
  const Synapse s{0.8, 0.9};
  for (const Field field : {Field::Value, Field::SlopeBeta, Field::Surprisal}) {
    const auto surface = sample_field(field, s, {0.1, 2}, {0.2, 3}, 7, 5);
    QVERIFY(surface.ok());
    for (std::size_t row = 0; row < 5; ++row)
      for (std::size_t column = 0; column < 7; ++column)
        QCOMPARE(surface->at(row, column), field_at(field, s, surface->x_at(column), surface->y_at(row)));
    const auto along_x = sample_section(field, s, Along::X, surface->y_at(3), {0.1, 2}, 7);
    const auto along_y = sample_section(field, s, Along::Y, surface->x_at(2), {0.2, 3}, 5);
    for (std::size_t k = 0; k < 7; ++k) QCOMPARE(along_x->values[k], surface->at(3, k));
    for (std::size_t k = 0; k < 5; ++k) QCOMPARE(along_y->values[k], surface->at(k, 2));
    QCOMPARE(along_x->at.back(), 2.0);
  }
}

void SynapseSurfaceTest::badGridsAreRefused() {
  QVERIFY(!sample_field(Field::SlopeBeta, {}, {1, 1}, kUnit, 5, 5).ok());
  QVERIFY(!sample_field(Field::Surprisal, {}, kUnit, kUnit, 5, 1).ok());
  QVERIFY(!sample_section(Field::Value, {}, Along::X, 0, {0, HUGE_VAL}, 5).ok());
}

void SynapseSurfaceTest::levelPiecesLieOnTheHyperbola() {
  const Synapse s{1, 0.9};
  const auto surface = sample_field(Field::Value, s, kUnit, kUnit, 101, 101);
  for (const double level : {0.1, 0.35, 0.6}) {
    const auto pieces = level_pieces(*surface, level);
    QVERIFY(pieces.size() > 40);
    for (const Segment& piece : pieces) {
      // Inside a cell S bends by at most αβ/4 · (1/100)².
      QVERIFY(std::abs(evaluate(s, piece.x0, piece.y0) - level) < 3e-5);
      const auto expected = level_curve(s, piece.x1, level);
      QVERIFY(expected && std::abs(*expected - piece.y1) < 3e-4);
    }
  }
  QVERIFY(level_pieces(*surface, 1.5).empty());
}

void SynapseSurfaceTest::levelPiecesOfAPlaneHaveItsLength() {
  const auto plane = sample_field(Field::Value, {1, 0}, kUnit, kUnit, 9, 9);  // S = x
  const auto pieces = level_pieces(*plane, 0.3);
  const double sum = std::accumulate(pieces.begin(), pieces.end(), 0.0,
                                     [](double at, const Segment& piece) { return at + length(piece); });
  VERIFY_CLOSE(sum, 1.0, 1e-12);
  for (const Segment& piece : pieces) VERIFY_CLOSE(piece.x0, 0.3, 1e-12);
}

void SynapseSurfaceTest::saddlesAreCutAsTheirMiddleSays() {
  const auto cut = [](double corner, double other) {
    const Surface cell{
        .x = kUnit, .y = kUnit, .columns = 2, .rows = 2, .values = {corner, other, other, corner}};
    return level_pieces(cell, 0.5);
  };
  // High at (0, 0) and (1, 1). With a high middle the two low corners are cut off, else the two high ones.
  const auto joined = cut(1, 0.2), parted = cut(0.8, 0);
  QCOMPARE(joined.size(), std::size_t{2});
  QCOMPARE(parted.size(), std::size_t{2});
  const auto beside = [](const Segment& s, double x, double y) {
    return std::hypot((s.x0 + s.x1) / 2 - x, (s.y0 + s.y1) / 2 - y) < 0.5;
  };
  QVERIFY(beside(joined[0], 1, 0) && beside(joined[1], 0, 1));
  QVERIFY(beside(parted[0], 0, 0) && beside(parted[1], 1, 1));
}

void SynapseSurfaceTest::holesHaveNoLevel() {
  auto surface = *sample_field(Field::Value, {1, 0.5}, kUnit, kUnit, 3, 3);
  surface.values[4] = NAN;
  QVERIFY(level_pieces(surface, 0.4).empty());  // the middle is a corner of every cell
}

void SynapseSurfaceTest::theFlatRegionEndsAtItsEdge() {
  Draw draw(23);
  for (int k = 0; k < 100; ++k) {
    const Synapse s{draw.between(-2, 2), draw.between(-1, 1)};
    const FlatRegion region = flat_region(s, {0, 0.5}, {0, 0.8}, draw.between(0.01, 0.5));
    VERIFY_CLOSE(region.steepest, std::abs(s.alpha) * 0.4, 1e-14);
    const double x = draw.between(0.01, 0.5), y = *region.edge(s, x);
    QVERIFY(region.contains(s, x, 0.999 * y));
    QVERIFY(!region.contains(s, x, 1.001 * y));
  }
  QVERIFY(!flat_region({0, 0.5}, kUnit, kUnit, 0.1).edge({0, 0.5}, 0.5));
  const std::vector<OperatingPoint> points = {{0, 1, 0}, {0.1, 0.5, 1}, {1, 1, 2}, {0.5, 0.5, 2}};
  QCOMPARE(flat_share(points, {1, 0.5}, flat_region({1, 0.5}, kUnit, kUnit, 0.1)), 0.5);
  QCOMPARE(flat_share({}, {1, 0.5}, {}), 0.0);
}

void SynapseSurfaceTest::operatingPointsAreTwoColumns() {
  const std::vector<double> samples = {1, 2, 3, 4, 5, 6};
  const std::vector<int> labels = {7, 9};
  const auto points = operating_points(samples, 3, labels, 2, 0);
  QCOMPARE(points.size(), std::size_t{2});
  QCOMPARE(points[0].x, 3.0);
  QCOMPARE(points[0].y, 1.0);
  QCOMPARE(points[1].x, 6.0);
  QCOMPARE(points[1].y, 4.0);
  QCOMPARE(points[1].label, 9);
}

void SynapseSurfaceTest::pointsInSurprisalSpace() {
  const std::vector<OperatingPoint> points = {{0.5, 0.25, 3}, {0, 0.5, 4}, {0.5, -1, 5}};
  const auto there = surprisal_points(points);
  QCOMPARE(there.size(), std::size_t{1});
  VERIFY_CLOSE(there[0].x, kLn2, 1e-15);
  VERIFY_CLOSE(there[0].y, 2 * kLn2, 1e-15);
  QCOMPARE(there[0].label, 3);
}

void SynapseSurfaceTest::rangesHoldEveryPoint() {
  const Ranges unit{kUnit, kUnit};
  const std::vector<OperatingPoint> points = {{0.02, 0.5, 0}, {0.04, -0.5, 0}};
  const Ranges ranges = ranges_of(points, unit);
  QCOMPARE(ranges.x.from, 0.0);
  VERIFY_CLOSE(ranges.x.to, 0.05, 1e-12);
  VERIFY_CLOSE(ranges.y.from, -0.5, 1e-12);
  VERIFY_CLOSE(ranges.y.to, 0.5, 1e-12);
  QCOMPARE(ranges_of({}, unit).y.to, 1.0);
  const std::vector<OperatingPoint> dead = {{0, 0.5, 0}};
  QCOMPARE(ranges_of(dead, unit).x.to, 1.0);  // no width: as it was
}

void SynapseSurfaceTest::densityKeepsEveryPoint() {
  Draw draw(24);
  std::vector<OperatingPoint> points;
  for (int k = 0; k < 500; ++k) points.push_back({draw.between(0, 1), draw.between(0, 1), k % 10});
  points.push_back({1, 1, 3});      // the far corner belongs to the last cell
  points.push_back({1.2, 0.5, 3});  // outside
  const auto clusters = point_density(points, {kUnit, kUnit}, 8);
  int count = 0;
  double sum = 0;
  for (const PointCluster& c : clusters) {
    count += c.count;
    sum += c.count * c.x;
    QVERIFY(c.x >= 0 && c.x <= 1 && c.y >= 0 && c.y <= 1);
  }
  QCOMPARE(count, 501);
  double expected = -1.2;
  for (const OperatingPoint& p : points) expected += p.x;
  VERIFY_CLOSE(sum, expected, 1e-12);
  QVERIFY(clusters.size() < 501);  // some cells hold more than one of a class
  QVERIFY(point_density({}, {kUnit, kUnit}, 8).empty());
}

SYNANN_TEST(SynapseSurfaceTest)
#include "surface_test.moc"
