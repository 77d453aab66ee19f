// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/surprisal.h"

#include <cmath>

namespace synann::synapse {

double surprisal(double p) {
  return 0 - std::log(p);  // not −log: p = 1 is +0
}
double probability(double u) {
  return std::exp(-u);
}

double conjugate(double u) {
  // Mächler's rule for log(1 − e^(−u)): below log 2 the difference 1 − e^(−u) cancels and expm1 keeps its
  // digits; above, e^(−u) is small beside 1 and log1p keeps its digits. The naive form is lost beyond u = 38.
  if (u <= kLn2) return -std::log(-std::expm1(-u));
  return -std::log1p(-std::exp(-u));
}

double conjugate_derivative(double u) {
  return -bose_einstein(u);
}

double conjugate_second_derivative(double u) {
  const double n = bose_einstein(u);
  return n * (n + 1);
}

double bose_einstein(double u) {
  return u > 700 ? std::exp(-u) : 1 / std::expm1(u);  // e^u leaves the range of double at 709.8
}

double fermi_dirac(double u) {
  if (u < 0) return 1 / (1 + std::exp(u));
  const double e = std::exp(-u);
  return e / (1 + e);
}

double fermi_conjugate(double u) {
  return u < 0 ? u - std::log1p(std::exp(u)) : -std::log1p(std::exp(-u));
}

double reduced_energy(const Mode& mode, double v) {
  return (mode.gamma + v) / mode.temperature;
}

double occupation(const Mode& mode, double v) {
  const double z = reduced_energy(mode, v);
  return mode.statistics == Statistics::BoseEinstein ? bose_einstein(z) : fermi_dirac(z);
}

double mode_surprisal(const Mode& mode, double v) {
  const double z = reduced_energy(mode, v);
  return mode.statistics == Statistics::BoseEinstein ? conjugate(z) : fermi_conjugate(z);
}

ModeDerivatives mode_derivatives(const Mode& mode, double v) {
  // By z = (γ + v)/T the slope is −n for bosons and +n for fermions; the rest is the chain rule.
  const double n = occupation(mode, v);
  const double slope = mode.statistics == Statistics::BoseEinstein ? -n : n;
  const double by_energy = slope / mode.temperature;
  // Far out n is zero while z may be infinite: nothing times anything stays nothing.
  const double by_temperature = slope == 0 ? 0 : -by_energy * reduced_energy(mode, v);
  return {.v = by_energy, .gamma = by_energy, .temperature = by_temperature};
}

double evaluate(const SurprisalSynapse& s, double u, double v) {
  return s.theta + u + mode_surprisal(s.mode, v);
}

SurprisalDerivatives derivatives(const SurprisalSynapse& s, double, double v) {
  const auto by = mode_derivatives(s.mode, v);
  return {.u = 1, .v = by.v, .theta = 1, .gamma = by.gamma, .temperature = by.temperature};
}

std::optional<SurprisalSynapse> to_surprisal(const Synapse& s) {
  if (!(s.alpha > 0) || !std::isfinite(s.alpha) || !std::isfinite(s.beta)) return std::nullopt;
  const auto statistics = s.beta < 0 ? Statistics::FermiDirac : Statistics::BoseEinstein;
  return SurprisalSynapse{
      .theta = surprisal(s.alpha),
      .mode = {.gamma = surprisal(std::abs(s.beta)), .temperature = 1, .statistics = statistics}};
}

Synapse from_surprisal(const SurprisalSynapse& s) {
  const double size = probability(s.mode.gamma);
  return {.alpha = probability(s.theta),
          .beta = s.mode.statistics == Statistics::BoseEinstein ? size : -size};
}

}  // namespace synann::synapse
