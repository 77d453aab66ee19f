// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/domain.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace synann::synapse {
namespace {

using Kind = SpecialLine::Kind;

constexpr std::array kLines{
    SpecialLine{Kind::NoExcitation, "x = 0", "0", "no excitation"},
    SpecialLine{Kind::NoInhibition, "y = 0", "α x", "linear: no inhibition"},
    SpecialLine{Kind::FullExcitation, "x = 1", "α (1 − β y)", "full excitation"},
    SpecialLine{Kind::FullInhibition, "y = 1", "α (1 − β) x", "full inhibition"},
    SpecialLine{Kind::Pole, "y = 1/β", "0", "the inhibition is complete; beyond it S < 0"},
    SpecialLine{Kind::Diagonal, "y = x", "α x (1 − β x)", "a logistic parabola"},
};

bool inside(double p) {
  return 0 < p && p < 1;
}

// Of S, also where the product underflows.
bool is_negative(const Synapse& s, double x, double y) {
  const double open = open_fraction(s, y);
  if (s.alpha == 0 || x == 0 || open == 0) return false;
  return ((s.alpha < 0) != (x < 0)) != (open < 0);
}

void add_parameters(const Synapse& s, std::vector<Remark>& list) {
  if (s.alpha <= 0) list.push_back(Remark::AlphaNotPositive);
  if (s.alpha > 1) list.push_back(Remark::AlphaAboveOne);
  if (s.beta < 0) list.push_back(Remark::BetaNegative);
  if (s.beta == 0) list.push_back(Remark::BetaZero);
  if (s.beta == 1) list.push_back(Remark::BetaOne);
  if (s.beta > 1) list.push_back(Remark::BetaAboveOne);
}

}  // namespace

Region classify(const Synapse& s, double x, double y) {
  const std::array arguments{s.alpha, s.beta, x, y};
  if (!std::ranges::all_of(arguments, [](double a) { return std::isfinite(a); })) return Region::NotFinite;
  if (open_fraction(s, y) == 0) return Region::Pole;
  if (is_negative(s, x, y)) return Region::Negative;
  const bool theory = s.alpha > 0 && s.alpha <= 1 && inside(s.beta) && inside(x) && inside(y);
  return theory ? Region::Theory : Region::Extended;
}

std::string_view name(Region region) {
  switch (region) {
    case Region::NotFinite:
      return "not finite";
    case Region::Pole:
      return "pole";
    case Region::Negative:
      return "negative";
    case Region::Theory:
      return "theory";
    case Region::Extended:
      return "extended";
  }
  return {};
}

std::vector<Remark> remarks(const Synapse& s, double x, double y) {
  std::vector<Remark> list;
  add_parameters(s, list);
  if (!inside(x)) list.push_back(Remark::XOutside);
  if (!inside(y)) list.push_back(Remark::YOutside);
  if (list.empty()) list.push_back(Remark::InsideTheory);
  if (open_fraction(s, y) == 0) list.push_back(Remark::AtPole);
  if (is_negative(s, x, y)) list.push_back(Remark::ValueNegative);
  if (evaluate(s, x, y) > 1) list.push_back(Remark::ValueAboveOne);
  return list;
}

std::string_view sentence(Remark remark) {
  switch (remark) {
    case Remark::InsideTheory:
      return "inside the theory's domain: α in (0, 1], β in (0, 1), x and y in (0, 1)";
    case Remark::AlphaNotPositive:
      return "outside the theory's domain because α ≤ 0: θ = −log α does not exist";
    case Remark::AlphaAboveOne:
      return "outside the theory's domain because α > 1: S may exceed 1 and is then no probability";
    case Remark::BetaNegative:
      return "outside the theory's domain because β < 0: the inhibitor amplifies, and its term follows the "
             "Fermi–Dirac form";
    case Remark::BetaZero:
      return "outside the theory's domain because β = 0: there is no inhibition, S = α x";
    case Remark::BetaOne:
      return "outside the theory's domain because β = 1: the limit of complete inhibition, γ = 0";
    case Remark::BetaAboveOne:
      return "outside the theory's domain because β > 1: the inhibition is complete at y = 1/β, and S "
             "changes "
             "its sign there";
    case Remark::XOutside:
      return "outside the theory's domain because x is not in (0, 1)";
    case Remark::YOutside:
      return "outside the theory's domain because y is not in (0, 1)";
    case Remark::AtPole:
      return "at the pole β y = 1: S = 0, and −log S and the Bose–Einstein number are infinite";
    case Remark::ValueNegative:
      return "S < 0 is no probability and has no surprisal";
    case Remark::ValueAboveOne:
      return "S > 1 is no probability; its surprisal is negative";
  }
  return {};
}

std::span<const SpecialLine> special_lines() {
  return kLines;
}

std::optional<Segment> segment(SpecialLine::Kind kind, const Synapse& s) {
  switch (kind) {
    case Kind::NoExcitation:
      return Segment{0, 0, 0, 1};
    case Kind::NoInhibition:
      return Segment{0, 0, 1, 0};
    case Kind::FullExcitation:
      return Segment{1, 0, 1, 1};
    case Kind::FullInhibition:
      return Segment{0, 1, 1, 1};
    case Kind::Pole:
      if (!(s.beta >= 1)) return std::nullopt;
      return Segment{0, 1 / s.beta, 1, 1 / s.beta};
    case Kind::Diagonal:
      return Segment{0, 0, 1, 1};
  }
  return std::nullopt;
}

}  // namespace synann::synapse
