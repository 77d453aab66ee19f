// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/surprisal.h"

#include <array>

#include <QTest>

#include "engine/synapse/closeness.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::synapse;
using synann::synapse::test::Draw;
using synann::synapse::test::slope;

// Surprisal space: conjugacy, the involution G, the Bose–Einstein derivative.
class SurprisalTest : public QObject {
  Q_OBJECT
 private slots:
  void publishedConjugates_data();
  void publishedConjugates();
  void publishedSynapses_data();
  void publishedSynapses();
  void conjugateFromTheSmallestToTheLargest();
  void boseEinsteinAtTheEnds();
  void surprisalIsConjugateToComplement();
  void conjugateIsAnInvolution();
  void iteratesStayConjugate();
  void surprisalsAdd();
  void identitiesOfTheOccupation();
  void isConvexAlongSegments();
  void derivativesAreSlopes_data();
  void derivativesAreSlopes();
  void temperatureScalesTheMode();
  void negativeBetaIsFermiDirac();
  void agreesWithTheProduct();
  void whatHasNoSurprisal();
};

void SurprisalTest::publishedConjugates_data() {
  QTest::addColumn<double>("u");
  QTest::addColumn<double>("expected");
  const std::array<std::array<double, 2>, 7> rows{{{.1, 2.35216846104409},
                                                   {.5, .932752129567189},
                                                   {1, .458675145387082},
                                                   {2.5, .0856504837420382},
                                                   {10, 4.54009603704892e-5},
                                                   {36, 2.31952283024357e-16},
                                                   {1e-12, 27.6310211159290}}};
  for (const auto& [u, g] : rows) QTest::addRow("%g", u) << u << g;
}

void SurprisalTest::publishedConjugates() {
  QFETCH(double, u);
  QFETCH(double, expected);
  VERIFY_CLOSE(conjugate(u), expected, 1e-12);
}

void SurprisalTest::publishedSynapses_data() {
  QTest::addColumn<QList<double>>("at");        // u, v, θ, γ
  QTest::addColumn<QList<double>>("expected");  // LS, n
  QTest::newRow("plain") << QList{.5, 1.2, 0., .7} << QList{.662011551438894, .175873824277177};
  QTest::newRow("amplifier") << QList{2., 3., -.4, .3} << QList{1.63758055304883, .0382956315919833};
  QTest::newRow("near the pole") << QList{.1, .05, .2, .01} << QList{3.14326072125978, 16.1716663666924};
}

void SurprisalTest::publishedSynapses() {
  QFETCH(QList<double>, at);
  QFETCH(QList<double>, expected);
  const SurprisalSynapse s{.theta = at[2], .mode = {.gamma = at[3]}};
  const auto by = derivatives(s, at[0], at[1]);
  VERIFY_CLOSE(evaluate(s, at[0], at[1]), expected[0], 1e-12);
  VERIFY_CLOSE(occupation(s.mode, at[1]), expected[1], 1e-12);
  QCOMPARE(by.u, 1.);
  QCOMPARE(by.theta, 1.);
  VERIFY_CLOSE(by.v, -expected[1], 1e-12);
  VERIFY_CLOSE(by.gamma, -expected[1], 1e-12);
  VERIFY_CLOSE(conjugate_derivative(1), -.581976706869326, 1e-12);
  // By β it is n/β, not n: .354166389811351 in the first case.
  if (at[3] == .7) VERIFY_CLOSE(-by.gamma / from_surprisal(s).beta, .354166389811351, 1e-12);
}

void SurprisalTest::conjugateFromTheSmallestToTheLargest() {
  // G(u) = −log u + u/2 − … for small u, and e^(−u) + … for large u.
  for (double u = 1e-300; u < 1e-17; u *= 10) {
    VERIFY_CLOSE(conjugate(u), -std::log(u), 1e-15);
    VERIFY_CLOSE(conjugate_derivative(u), -1 / u, 1e-14);
  }
  for (double u = 40; u < 708; u += 1) {
    VERIFY_CLOSE(conjugate(u), std::exp(-u), 1e-15);
    VERIFY_CLOSE(bose_einstein(u), std::exp(-u), 1e-14);
    VERIFY_CLOSE(conjugate_second_derivative(u), std::exp(-u), 1e-14);
  }
  // Denormal results, down to the smallest.
  QVERIFY(conjugate(745) == std::numeric_limits<double>::denorm_min());
  QVERIFY(bose_einstein(745) == std::numeric_limits<double>::denorm_min());
  QCOMPARE(conjugate(HUGE_VAL), 0.);
  QVERIFY(std::isinf(conjugate(0)));
  QVERIFY(std::isnan(conjugate(-1)));
  // On the way G falls and never jumps where the formula changes, at log 2.
  double before = conjugate(1e-300);
  for (double u = 1e-300; u < 745; u *= 1.01) {
    const double now = conjugate(u * 1.01);
    QVERIFY(now <= before);
    before = now;
  }
  VERIFY_CLOSE(conjugate(std::nextafter(kLn2, 0)), kLn2, 1e-15);
  VERIFY_CLOSE(conjugate(std::nextafter(kLn2, 1)), kLn2, 1e-15);
}

void SurprisalTest::boseEinsteinAtTheEnds() {
  VERIFY_CLOSE(bose_einstein(1e-300), 1e300, 1e-15);
  VERIFY_CLOSE(bose_einstein(1e-6), 1e6 - .5 + 1e-6 / 12, 1e-15);
  VERIFY_CLOSE(bose_einstein(std::nextafter(700., 800.)), bose_einstein(700), 1e-12);
  QVERIFY(std::isinf(bose_einstein(0)));
  QCOMPARE(bose_einstein(HUGE_VAL), 0.);
  QCOMPARE(fermi_dirac(0), .5);
  QCOMPARE(fermi_dirac(-1000), 1.);
  QCOMPARE(fermi_dirac(1000), 0.);
  VERIFY_CLOSE(fermi_conjugate(-1000), -1000., 1e-15);
  VERIFY_CLOSE(fermi_conjugate(1e-300), -kLn2, 1e-15);
  QVERIFY(fermi_conjugate(745) == -std::numeric_limits<double>::denorm_min());
}

void SurprisalTest::surprisalIsConjugateToComplement() {
  Draw draw(1);
  for (int k = 0; k < 1000; ++k) {
    const double p = draw.between(0, 1);
    VERIFY_CLOSE(conjugate(surprisal(p)), surprisal(complement(p)), 1e-9);  // near 1, 1 − p has lost digits
    VERIFY_CLOSE(probability(surprisal(p)), p, 1e-14);
    // The same said without rounding in 1 − p: e^(−u) + e^(−G(u)) = 1.
    const double u = draw.magnitude(1e-10, 700);
    VERIFY_CLOSE(probability(u) + probability(conjugate(u)), 1., 1e-15);
  }
}

void SurprisalTest::conjugateIsAnInvolution() {
  Draw draw(2);
  for (int k = 0; k < 1000; ++k) {
    const double u = draw.magnitude(1e-3, 30);
    // Beyond that range one rounding of G(u) moves G(G(u)) by more than a few units.
    VERIFY_CLOSE(conjugate(conjugate(u)), u, 1e-14);
  }
  VERIFY_CLOSE(conjugate(kLn2), kLn2, 1e-15);
  VERIFY_CLOSE(conjugate_derivative(kLn2), -1., 1e-15);
}

void SurprisalTest::iteratesStayConjugate() {
  // x ↦ αx(1 − βx) and u ↦ θ + u + G(γ + u) are the same map: 20 iterates of both.
  const Synapse s{.9, .6};
  const auto in_surprisal = to_surprisal(s);
  QVERIFY(in_surprisal.has_value());
  double x = .8, u = surprisal(x);
  for (int k = 0; k < 20; ++k) {
    x = evaluate(s, x, x);
    u = evaluate(*in_surprisal, u, u);
    VERIFY_CLOSE(u, surprisal(x), 1e-13);
  }
}

void SurprisalTest::surprisalsAdd() {
  Draw draw(3);
  for (int k = 0; k < 500; ++k) {
    const double p = draw.between(0, 1), q = draw.between(0, 1);
    VERIFY_CLOSE(surprisal(p * q), surprisal(p) + surprisal(q), 1e-12);
    // Two synapses in series: the excitation passes both, and each adds its own terms.
    const SurprisalSynapse first{draw.between(0, 1), {.gamma = draw.between(0, 2)}};
    const SurprisalSynapse second{draw.between(0, 1), {.gamma = draw.between(0, 2)}};
    const double u = draw.between(0, 5), v = draw.between(.01, 5), w = draw.between(.01, 5);
    VERIFY_CLOSE(evaluate(second, evaluate(first, u, v), w),
                 evaluate(first, u, v) + second.theta + mode_surprisal(second.mode, w), 1e-14);
  }
}

void SurprisalTest::identitiesOfTheOccupation() {
  Draw draw(4);
  for (int k = 0; k < 500; ++k) {
    const Synapse s{1, draw.between(.01, 1)};
    const double y = draw.between(.01, .99);
    const auto in_surprisal = to_surprisal(s);
    QVERIFY(in_surprisal.has_value());
    const double n = occupation(in_surprisal->mode, surprisal(y));
    VERIFY_CLOSE(n, inhibition_odds(s, y), 1e-12);
    VERIFY_CLOSE(1 + n, 1 / open_fraction(s, y), 1e-12);
    VERIFY_CLOSE(mode_surprisal(in_surprisal->mode, surprisal(y)), std::log1p(n), 1e-12);
    VERIFY_CLOSE(log_derivatives(s, .5, y).beta, -n / s.beta, 1e-12);
  }
}

void SurprisalTest::isConvexAlongSegments() {
  Draw draw(5);
  const auto ls = [](const std::array<double, 4>& p) {
    return evaluate(SurprisalSynapse{.theta = p[2], .mode = {.gamma = p[3]}}, p[0], p[1]);
  };
  for (int k = 0; k < 1000; ++k) {
    std::array<double, 4> a{}, b{}, middle{};
    const double t = draw.between(0, 1);
    for (std::size_t j = 0; j < 4; ++j) {
      a[j] = draw.magnitude(1e-6, 20);
      b[j] = draw.magnitude(1e-6, 20);
      middle[j] = (1 - t) * a[j] + t * b[j];
    }
    QVERIFY(ls(middle) <= ((1 - t) * ls(a) + t * ls(b)) * (1 + 1e-14));
  }
}

void SurprisalTest::derivativesAreSlopes_data() {
  QTest::addColumn<bool>("fermi");
  QTest::newRow("Bose–Einstein") << false;
  QTest::newRow("Fermi–Dirac") << true;
}

void SurprisalTest::derivativesAreSlopes() {
  QFETCH(bool, fermi);
  const auto statistics = fermi ? Statistics::FermiDirac : Statistics::BoseEinstein;
  Draw draw(6);
  for (int k = 0; k < 300; ++k) {
    const double u = draw.between(.1, 3), v = draw.between(.2, 3), theta = draw.between(-.5, 1),
                 gamma = draw.between(.2, 3), temperature = draw.between(.5, 3);
    const auto ls = [&](double at_u, double at_v, double at_theta, double at_gamma, double at_t) {
      return evaluate(SurprisalSynapse{at_theta, {at_gamma, at_t, statistics}}, at_u, at_v);
    };
    const auto by = derivatives(SurprisalSynapse{theta, {gamma, temperature, statistics}}, u, v);
    const double h = 2e-3;
    VERIFY_CLOSE(by.u, slope([&](double p) { return ls(p, v, theta, gamma, temperature); }, u, h), 1e-6);
    VERIFY_CLOSE(by.v, slope([&](double p) { return ls(u, p, theta, gamma, temperature); }, v, h), 1e-6);
    VERIFY_CLOSE(by.theta, slope([&](double p) { return ls(u, v, p, gamma, temperature); }, theta, h), 1e-6);
    VERIFY_CLOSE(by.gamma, slope([&](double p) { return ls(u, v, theta, p, temperature); }, gamma, h), 1e-6);
    VERIFY_CLOSE(by.temperature, slope([&](double p) { return ls(u, v, theta, gamma, p); }, temperature, h),
                 1e-6);
    VERIFY_CLOSE(conjugate_second_derivative(v), slope(conjugate_derivative, v, h), 1e-6);
  }
}

void SurprisalTest::temperatureScalesTheMode() {
  const Mode warm{.gamma = .7, .temperature = 2.5};
  const double z = (1.2 + .7) / 2.5;
  VERIFY_CLOSE(occupation(warm, 1.2), 1 / (std::exp(z) - 1), 1e-14);
  // By the chemical potential μ = −γ the derivative is +n/T.
  VERIFY_CLOSE(-mode_derivatives(warm, 1.2).gamma, occupation(warm, 1.2) / 2.5, 1e-14);
  QCOMPARE(warm.potential(), -.7);
  // Nothing occupies what is infinitely far away.
  QCOMPARE(mode_derivatives(warm, HUGE_VAL).temperature, 0.);
}

void SurprisalTest::negativeBetaIsFermiDirac() {
  const Synapse s{1, -.25};
  const auto in_surprisal = to_surprisal(s);
  QVERIFY(in_surprisal.has_value());
  QVERIFY(in_surprisal->mode.statistics == Statistics::FermiDirac);
  VERIFY_CLOSE(evaluate(*in_surprisal, surprisal(.4), surprisal(.7)), 0.755022584278033, 1e-12);
  const double t = .25 * .7;  // 1/(e^(γ′+v) + 1) = t/(1 + t)
  VERIFY_CLOSE(derivatives(*in_surprisal, surprisal(.4), surprisal(.7)).gamma, t / (1 + t), 1e-14);
  QVERIFY(mode_surprisal(in_surprisal->mode, surprisal(.7)) < 0);  // it amplifies
}

void SurprisalTest::agreesWithTheProduct() {
  Draw draw(7);
  for (int k = 0; k < 1000; ++k) {
    const Synapse s{draw.between(.01, 2), draw.between(-2, 1)};
    const double x = draw.between(0, 1), y = draw.between(0, .95);
    const auto in_surprisal = to_surprisal(s);
    QVERIFY(in_surprisal.has_value());
    const double ls = evaluate(*in_surprisal, surprisal(x), surprisal(y));
    QVERIFY(std::abs(ls - minus_log(s, x, y)) < 1e-13);
    VERIFY_CLOSE(from_surprisal(*in_surprisal).beta, s.beta, 1e-14);
    VERIFY_CLOSE(from_surprisal(*in_surprisal).alpha, s.alpha, 1e-14);
  }
}

void SurprisalTest::whatHasNoSurprisal() {
  QVERIFY(!to_surprisal({0, .5}));
  QVERIFY(!to_surprisal({-1, .5}));
  QVERIFY(!to_surprisal({1, HUGE_VAL}));
  QVERIFY(!to_surprisal({std::nan(""), .5}));
  // β = 0 is the limit γ = +∞: no inhibition at all.
  const auto none = to_surprisal({1, 0});
  QVERIFY(none.has_value() && std::isinf(none->mode.gamma));
  QCOMPARE(evaluate(*none, .3, .4), .3);
  QVERIFY(std::isinf(surprisal(0)));
  QVERIFY(std::isnan(surprisal(-.1)));
}

SYNANN_TEST(SurprisalTest)
#include "surprisal_test.moc"
