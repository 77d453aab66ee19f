// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "engine/synapse/function.h"

// Surprisal space: u = −log p turns the synapse's product into the sum LS = θ + u + G(γ + v), in natural
// logarithms (nats). Every function is pure, may be called from any thread and keeps
// its relative accuracy from u = 1e-300 up to the last denormal number at u = 745.
namespace synann::synapse {

// log 2: one bit in nats, and the fixed point of G. (Qt 6.4's moc cannot read <numbers>, and windows include
// this.)
inline constexpr double kLn2 = 0.693147180559945309417;

double surprisal(double p);    // I(p) = −log p: +∞ at p = 0, NaN for p < 0
double probability(double u);  // its inverse, e^(−u)
inline double complement(double p) {
  return 1 - p;  // F, to which G is conjugate: I∘F = G∘I
}

// G(u) = −log(1 − e^(−u)), the surprisal of the complement: its own inverse, with the fixed point log 2.
// +∞ at u = 0, NaN for u < 0.
double conjugate(double u);
double conjugate_derivative(double u);         // G′ = −n
double conjugate_second_derivative(double u);  // G″ = n (n + 1)

double bose_einstein(double u);  // n(u) = 1/(e^u − 1); +∞ at u = 0
double fermi_dirac(double u);    // 1/(e^u + 1)

// The surprisal of the inhibitor for negative β: −log(1 + e^(−u)) < 0, with derivative fermi_dirac(u).
double fermi_conjugate(double u);

// Which of the two follows from the sign of β.
enum class Statistics {
  BoseEinstein,  // β > 0: the inhibitor inhibits
  FermiDirac,    // β < 0: the inhibitor amplifies
};

// The inhibition as one mode of a quantum gas: energy v = −log y, chemical potential μ = −γ = log |β|,
// temperature T (1 in the theory).
struct Mode {
  double gamma = kLn2;
  double temperature = 1;  // > 0
  Statistics statistics = Statistics::BoseEinstein;

  double potential() const { return -gamma; }
};

// (v − μ)/T, the argument of both statistics.
double reduced_energy(const Mode& mode, double v);
double occupation(const Mode& mode, double v);
// −log(1 ∓ e^(−(v − μ)/T)), for T = 1 and β > 0 the term G(γ + v).
double mode_surprisal(const Mode& mode, double v);

// Its derivatives; by the potential μ it is minus that by γ.
struct ModeDerivatives {
  double v = 0, gamma = 0, temperature = 0;
};
ModeDerivatives mode_derivatives(const Mode& mode, double v);

// A synapse in surprisal space; θ = −log α.
struct SurprisalSynapse {
  double theta = 0;
  Mode mode{};
};

// LS(u, v; θ, γ) = θ + u + the surprisal of the mode, which is −log S.
double evaluate(const SurprisalSynapse& s, double u, double v);

struct SurprisalDerivatives {
  double u = 1, v = 0, theta = 1, gamma = 0, temperature = 0;
};
SurprisalDerivatives derivatives(const SurprisalSynapse& s, double u, double v);

// The same synapse in surprisal space; none for α ≤ 0 or where a parameter is not finite. β = 0 becomes γ =
// +∞.
std::optional<SurprisalSynapse> to_surprisal(const Synapse& s);
Synapse from_surprisal(const SurprisalSynapse& s);  // at temperature 1

}  // namespace synann::synapse
