// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/synapse/function.h"

// Where the synapse function is a probability and where it is only a polynomial, in numbers and in words.
namespace synann::synapse {

// The kind of place a point with its parameters is; the first that fits.
enum class Region {
  NotFinite,  // some argument is infinite or not a number
  Pole,       // βy = 1: S = 0, and −log S and the Bose–Einstein number have no value
  Negative,   // S < 0
  Theory,     // α in (0, 1], β in (0, 1), x and y in (0, 1): S is a probability
  Extended,   // everything else: S ≥ 0, but an assumption of the theory does not hold
};
Region classify(const Synapse& s, double x, double y);
std::string_view name(Region region);  // "theory", …

// What there is to say about a point: why it is outside the theory's domain, and what follows.
enum class Remark {
  InsideTheory,
  AlphaNotPositive,
  AlphaAboveOne,
  BetaNegative,
  BetaZero,
  BetaOne,
  BetaAboveOne,
  XOutside,
  YOutside,
  AtPole,
  ValueNegative,
  ValueAboveOne,
};
std::vector<Remark> remarks(const Synapse& s, double x, double y);  // arguments must be finite
std::string_view sentence(Remark remark);                           // without a full stop

// A straight line on which S has a simple form.
struct SpecialLine {
  enum class Kind { NoExcitation, NoInhibition, FullExcitation, FullInhibition, Pole, Diagonal };
  Kind kind;
  std::string_view where;    // "y = 0"
  std::string_view value;    // "α x"
  std::string_view meaning;  // "linear: no inhibition"
};
std::span<const SpecialLine> special_lines();

// The part of a special line that lies in the unit square; none where it misses the square.
struct Segment {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};
std::optional<Segment> segment(SpecialLine::Kind kind, const Synapse& s);

}  // namespace synann::synapse
