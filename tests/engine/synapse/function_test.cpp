// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/function.h"

#include <algorithm>
#include <limits>

#include <QTest>

#include "engine/synapse/closeness.h"
#include "engine/synapse/domain.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::synapse;
using synann::synapse::test::Draw;
using synann::synapse::test::slope;

namespace {

bool has(const std::vector<Remark>& list, Remark remark) {
  return std::ranges::count(list, remark) == 1;
}

}  // namespace

// S(x, y; α, β), its derivatives, its domain and its surface.
class SynapseFunctionTest : public QObject {
  Q_OBJECT
 private slots:
  void publishedValues_data();
  void publishedValues();
  void derivativesAreSlopes();
  void secondDerivativesAreSlopes();
  void logDerivativesAreSlopes();
  void surprisalKeepsItsDigits();
  void surprisalOutsideTheDomain();
  void isLogConcave();
  void excitesAndInhibits();
  void regions_data();
  void regions();
  void remarksSayWhy();
  void everyRemarkAndRegionHasWords();
  void specialLinesHoldTheirValue();
  void poleCrossesTheSquareFromBetaOne();
  void diagonalMaximum();
  void levelCurveLiesOnTheLevel();
  void surfaceIsTheFunction();
  void surfaceRejectsBadGrids();
};

void SynapseFunctionTest::publishedValues_data() {
  QTest::addColumn<QList<double>>("at");        // x, y, α, β
  QTest::addColumn<QList<double>>("expected");  // S, then its derivatives by x, y, α, β
  QTest::newRow("inside") << QList{.6, .3, 1., .5} << QList{.51, .85, -.3, .51, -.18};
  QTest::newRow("weak") << QList{.25, .8, .8, .9} << QList{.056, .224, -.18, .07, -.16};
  QTest::newRow("amplifier") << QList{.9, .2, 1.5, .5} << QList{1.215, 1.35, -.675, .81, -.27};
  QTest::newRow("negative β") << QList{.4, .7, 1., -.25} << QList{.47, 1.175, .1, .47, -.28};
}

void SynapseFunctionTest::publishedValues() {
  QFETCH(QList<double>, at);
  QFETCH(QList<double>, expected);
  const Synapse s{.alpha = at[2], .beta = at[3]};
  const auto by = derivatives(s, at[0], at[1]);
  VERIFY_CLOSE(evaluate(s, at[0], at[1]), expected[0], 1e-12);
  VERIFY_CLOSE(by.x, expected[1], 1e-12);
  VERIFY_CLOSE(by.y, expected[2], 1e-12);
  VERIFY_CLOSE(by.alpha, expected[3], 1e-12);
  VERIFY_CLOSE(by.beta, expected[4], 1e-12);
}

void SynapseFunctionTest::derivativesAreSlopes() {
  Draw draw(1);
  for (int k = 0; k < 200; ++k) {
    const double a = draw.between(-2, 2), b = draw.between(-2, 2), x = draw.between(-1, 2),
                 y = draw.between(-1, 2);
    const auto by = derivatives(Synapse{a, b}, x, y);
    // S is linear in each argument: the slope is exact but for rounding, whatever the step.
    const auto near = [](double found, double expected) { return std::abs(found - expected) < 1e-11; };
    QVERIFY(near(by.x, slope([&](double v) { return evaluate(Synapse{a, b}, v, y); }, x, .25)));
    QVERIFY(near(by.y, slope([&](double v) { return evaluate(Synapse{a, b}, x, v); }, y, .25)));
    QVERIFY(near(by.alpha, slope([&](double v) { return evaluate(Synapse{v, b}, x, y); }, a, .25)));
    QVERIFY(near(by.beta, slope([&](double v) { return evaluate(Synapse{a, v}, x, y); }, b, .25)));
  }
}

void SynapseFunctionTest::secondDerivativesAreSlopes() {
  Draw draw(2);
  for (int k = 0; k < 200; ++k) {
    const double a = draw.between(-2, 2), b = draw.between(-2, 2), x = draw.between(-1, 2),
                 y = draw.between(-1, 2);
    const auto second = second_derivatives({a, b}, x, y);
    const auto near = [](double found, double expected) { return std::abs(found - expected) < 1e-11; };
    const auto by_y = [&](double v) { return derivatives(Synapse{a, b}, x, v); };
    const auto by_alpha = [&](double v) { return derivatives(Synapse{v, b}, x, y); };
    const auto by_beta = [&](double v) { return derivatives(Synapse{a, v}, x, y); };
    QVERIFY(near(second.x_y, slope([&](double v) { return by_y(v).x; }, y, .25)));
    QVERIFY(near(second.x_alpha, slope([&](double v) { return by_alpha(v).x; }, a, .25)));
    QVERIFY(near(second.x_beta, slope([&](double v) { return by_beta(v).x; }, b, .25)));
    QVERIFY(near(second.y_alpha, slope([&](double v) { return by_alpha(v).y; }, a, .25)));
    QVERIFY(near(second.y_beta, slope([&](double v) { return by_beta(v).y; }, b, .25)));
    QVERIFY(near(second.alpha_beta, slope([&](double v) { return by_beta(v).alpha; }, b, .25)));
  }
}

void SynapseFunctionTest::logDerivativesAreSlopes() {
  Draw draw(3);
  for (int k = 0; k < 200; ++k) {
    const double a = draw.between(.1, 2), b = draw.between(-1, .9), x = draw.between(.1, .9),
                 y = draw.between(.1, .9);
    const auto by = log_derivatives({a, b}, x, y);
    const auto log_s = [](double alpha, double beta, double at_x, double at_y) {
      return -minus_log({alpha, beta}, at_x, at_y);
    };
    VERIFY_CLOSE(by.x, slope([&](double v) { return log_s(a, b, v, y); }, x, 1e-3), 1e-6);
    VERIFY_CLOSE(by.y, slope([&](double v) { return log_s(a, b, x, v); }, y, 1e-3), 1e-6);
    VERIFY_CLOSE(by.alpha, slope([&](double v) { return log_s(v, b, x, y); }, a, 1e-3), 1e-6);
    VERIFY_CLOSE(by.beta, slope([&](double v) { return log_s(a, v, x, y); }, b, 1e-3), 1e-6);
    VERIFY_CLOSE(by.xx, slope([&](double v) { return log_derivatives({a, b}, v, y).x; }, x, 1e-3), 1e-6);
    VERIFY_CLOSE(by.yy, slope([&](double v) { return log_derivatives({a, b}, x, v).y; }, y, 1e-3), 1e-6);
  }
}

void SynapseFunctionTest::surprisalKeepsItsDigits() {
  // Small inhibition: −log(1 − t) ≈ t + t²/2, which 1 − t alone could not tell from 0.
  VERIFY_CLOSE(inhibition_surprisal({1, 1e-200}, .5), 5e-201, 1e-15);
  VERIFY_CLOSE(inhibition_surprisal({1, 1e-10}, 1), 1e-10 + 5e-21, 1e-15);
  // At the pole's edge (1 + 2⁻³⁰)(1 − 2⁻²⁹) as a rounded product would lose the 2⁻⁵⁹ of 1 − βy.
  const double open = 0x1p-30 + 0x1p-59;
  VERIFY_CLOSE(open_fraction({1, 1 + 0x1p-30}, 1 - 0x1p-29), open, 0);
  VERIFY_CLOSE(inhibition_surprisal({1, 1 + 0x1p-30}, 1 - 0x1p-29), -std::log(open), 1e-15);
  // 0.8 is not exact in binary, but 1.25 · 0.8 is meant to be 1.
  QCOMPARE(open_fraction({1, 1.25}, .8), 0.);
  // S itself underflows, its logarithm does not.
  QCOMPARE(evaluate(Synapse{1e-200, .5}, 1e-200, .5), 0.);
  VERIFY_CLOSE(minus_log({1e-200, .5}, 1e-200, .5), 400 * std::log(10.) - std::log(.75), 1e-14);
}

void SynapseFunctionTest::surprisalOutsideTheDomain() {
  QVERIFY(std::isinf(minus_log({1, .5}, 0, .5)));
  QVERIFY(std::isinf(minus_log({1, 2}, .5, .5)));                    // the pole
  QVERIFY(std::isnan(minus_log({1, 2}, .5, .75)));                   // S < 0
  QVERIFY(std::isnan(minus_log({-1, .5}, .5, .5)));                  // S < 0
  VERIFY_CLOSE(minus_log({-1, 2}, .5, .75), -std::log(.25), 1e-15);  // two negative factors
  VERIFY_CLOSE(minus_log({1, -.25}, .4, .7), 0.755022584278033, 1e-12);
  QVERIFY(minus_log({1.5, .5}, .9, .2) < 0);  // S > 1
  QVERIFY(std::isnan(inhibition_surprisal({1, 2}, .75)));
}

void SynapseFunctionTest::isLogConcave() {
  Draw draw(4);
  for (int k = 0; k < 500; ++k) {
    const Synapse s{draw.between(.1, 1), draw.between(.01, .99)};
    const double x0 = draw.between(0, 1), y0 = draw.between(0, 1), x1 = draw.between(0, 1),
                 y1 = draw.between(0, 1);
    const double middle = minus_log(s, (x0 + x1) / 2, (y0 + y1) / 2);
    QVERIFY(middle <= (minus_log(s, x0, y0) + minus_log(s, x1, y1)) / 2 * (1 + 1e-14));
  }
}

void SynapseFunctionTest::excitesAndInhibits() {
  Draw draw(5);
  for (int k = 0; k < 500; ++k) {
    const Synapse s{draw.between(0, 1), draw.between(0, 1)};
    const double x = draw.between(0, 1), y = draw.between(0, 1);
    const double value = evaluate(s, x, y);
    QVERIFY(0 < value && value < s.alpha);
    QVERIFY(derivatives(s, x, y).x > 0);
    QVERIFY(derivatives(s, x, y).y < 0);
    QVERIFY(classify(s, x, y) == Region::Theory);
    // Exchanging the roles changes S by α (x − y); β cancels.
    QVERIFY(std::abs(value - evaluate(s, y, x) - s.alpha * (x - y)) < 1e-15);
  }
}

void SynapseFunctionTest::regions_data() {
  QTest::addColumn<QList<double>>("at");  // x, y, α, β
  QTest::addColumn<int>("region");
  const auto row = [](const char* name, QList<double> at, Region region) {
    QTest::newRow(name) << at << static_cast<int>(region);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  row("theory", {.6, .3, 1, .5}, Region::Theory);
  row("amplifier", {.9, .2, 1.5, .5}, Region::Extended);
  row("negative β", {.4, .7, 1, -.25}, Region::Extended);
  row("β = 1", {.4, .7, 1, 1}, Region::Extended);
  row("x = 0", {0, .7, 1, .5}, Region::Extended);
  row("y = 1", {.3, 1, 1, .5}, Region::Extended);
  row("α = 0", {.3, .4, 0, .5}, Region::Extended);
  row("beyond the pole", {.5, .75, 1, 2}, Region::Negative);
  row("negative, though it underflows", {1e-200, .75, 1e-200, 2}, Region::Negative);
  row("pole", {.5, .5, 1, 2}, Region::Pole);
  row("pole in decimals", {.5, .8, 1, 1.25}, Region::Pole);
  row("pole and corner", {0, 1, 1, 1}, Region::Pole);
  row("not a number", {nan, .5, 1, 1}, Region::NotFinite);
  row("infinite", {.5, .5, HUGE_VAL, .5}, Region::NotFinite);
}

void SynapseFunctionTest::regions() {
  QFETCH(QList<double>, at);
  QFETCH(int, region);
  QCOMPARE(static_cast<int>(classify({at[2], at[3]}, at[0], at[1])), region);
}

void SynapseFunctionTest::remarksSayWhy() {
  QVERIFY(remarks({1, .5}, .6, .3) == std::vector{Remark::InsideTheory});
  QVERIFY(remarks({1, -.25}, .4, .7) == std::vector{Remark::BetaNegative});
  QVERIFY(remarks({1, 0}, .4, .7) == std::vector{Remark::BetaZero});
  const auto amplifier = remarks({1.5, .5}, .9, .2);
  QVERIFY(has(amplifier, Remark::AlphaAboveOne) && has(amplifier, Remark::ValueAboveOne));
  const auto beyond = remarks({1, 2}, .5, .75);
  QVERIFY(has(beyond, Remark::BetaAboveOne) && has(beyond, Remark::ValueNegative));
  const auto corner = remarks({-1, 1}, 0, 1);
  for (const auto remark :
       {Remark::AlphaNotPositive, Remark::BetaOne, Remark::XOutside, Remark::YOutside, Remark::AtPole})
    QVERIFY(has(corner, remark));
  QVERIFY(!has(corner, Remark::InsideTheory));
}

void SynapseFunctionTest::everyRemarkAndRegionHasWords() {
  for (int k = 0; k <= static_cast<int>(Remark::ValueAboveOne); ++k)
    QVERIFY(!sentence(static_cast<Remark>(k)).empty());
  for (int k = 0; k <= static_cast<int>(Region::Extended); ++k)
    QVERIFY(!name(static_cast<Region>(k)).empty());
}

void SynapseFunctionTest::specialLinesHoldTheirValue() {
  const Synapse s{.8, 1.6};
  const auto expected = [&](SpecialLine::Kind kind, double x, double y) {
    switch (kind) {
      case SpecialLine::Kind::NoExcitation:
      case SpecialLine::Kind::Pole:
        return 0.;
      case SpecialLine::Kind::NoInhibition:
        return s.alpha * x;
      case SpecialLine::Kind::FullExcitation:
        return s.alpha * (1 - s.beta * y);
      case SpecialLine::Kind::FullInhibition:
        return s.alpha * (1 - s.beta) * x;
      case SpecialLine::Kind::Diagonal:
        return s.alpha * x * (1 - s.beta * x);
    }
    return HUGE_VAL;
  };
  QCOMPARE(special_lines().size(), std::size_t{6});
  for (const auto& line : special_lines()) {
    QVERIFY(!line.where.empty() && !line.value.empty() && !line.meaning.empty());
    const auto part = segment(line.kind, s);
    QVERIFY(part.has_value());
    for (const double t : {0., .25, .5, 1.}) {
      const double x = std::lerp(part->x0, part->x1, t), y = std::lerp(part->y0, part->y1, t);
      QVERIFY(std::abs(evaluate(s, x, y) - expected(line.kind, x, y)) < 1e-15);
    }
  }
}

void SynapseFunctionTest::poleCrossesTheSquareFromBetaOne() {
  QVERIFY(!segment(SpecialLine::Kind::Pole, {1, .99}));
  QVERIFY(!segment(SpecialLine::Kind::Pole, {1, -2}));
  QCOMPARE(segment(SpecialLine::Kind::Pole, {1, 1})->y0, 1.);
  QCOMPARE(segment(SpecialLine::Kind::Pole, {1, 4})->y0, .25);
}

void SynapseFunctionTest::diagonalMaximum() {
  Draw draw(6);
  for (int k = 0; k < 200; ++k) {
    const Synapse s{draw.between(.1, 4), draw.between(-1, 3)};
    const auto top = synapse::diagonal_maximum(s);
    QVERIFY(top.has_value());
    QCOMPARE(top->attained, s.beta >= .5);
    VERIFY_CLOSE(top->value, evaluate(s, top->x, top->x), 1e-13);
    for (int j = 0; j < 20; ++j) {
      const double x = draw.between(0, 1);
      QVERIFY(evaluate(s, x, x) <= top->value * (1 + 1e-14));
    }
  }
  QVERIFY(!synapse::diagonal_maximum({0, 1}));
  QVERIFY(!synapse::diagonal_maximum({-1, 1}));
}

void SynapseFunctionTest::levelCurveLiesOnTheLevel() {
  Draw draw(7);
  for (int k = 0; k < 200; ++k) {
    const Synapse s{draw.between(.1, 2), draw.between(.1, 2)};
    const double x = draw.between(.05, 1), c = draw.between(.01, 1);
    const auto y = level_curve(s, x, c);
    QVERIFY(y.has_value());
    VERIFY_CLOSE(evaluate(s, x, *y), c, 1e-11);
  }
  QVERIFY(!level_curve({1, .5}, 0, .3));
  QVERIFY(!level_curve({0, .5}, .5, .3));
  QVERIFY(!level_curve({1, 0}, .5, .3));
}

void SynapseFunctionTest::surfaceIsTheFunction() {
  const Synapse s{.9, .7};
  const auto surface = sample_surface(s, {-1, 2}, {0, 1}, 4, 3);
  QVERIFY(surface.ok());
  QCOMPARE(surface->values.size(), std::size_t{12});
  QCOMPARE(surface->x_at(0), -1.);
  QCOMPARE(surface->x_at(1), 0.);
  QCOMPARE(surface->x_at(3), 2.);
  QCOMPARE(surface->y_at(1), .5);
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 4; ++column)
      QVERIFY(surface->at(row, column) == evaluate(s, surface->x_at(column), surface->y_at(row)));
  }
}

void SynapseFunctionTest::surfaceRejectsBadGrids() {
  const auto sentence_of = [](Range x, Range y, std::size_t columns, std::size_t rows) {
    const auto surface = sample_surface({}, x, y, columns, rows);
    return surface ? std::string() : surface.error().sentence();
  };
  QVERIFY(sentence_of({1, 0}, {}, 9, 9).find("range of x") != std::string::npos);
  QVERIFY(sentence_of({}, {0, HUGE_VAL}, 9, 9).find("range of y") != std::string::npos);
  QVERIFY(sentence_of({-1.7e308, 1.7e308}, {}, 9, 9).find("range of x") != std::string::npos);
  QVERIFY(sentence_of({}, {.5, .5}, 9, 9).find("range of y") != std::string::npos);
  QVERIFY(sentence_of({}, {}, 1, 9).find("2 to 4096") != std::string::npos);
  QVERIFY(sentence_of({}, {}, 9, 5000).find("found 5000") != std::string::npos);
}

SYNANN_TEST(SynapseFunctionTest)
#include "function_test.moc"
