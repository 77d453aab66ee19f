// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace synann::ui {

// Where a figure's legend stands: where it covers nothing, in a corner of the plot, or nowhere.
enum class LegendPlace { Automatic, UpperRight, UpperLeft, LowerLeft, LowerRight, None };

// As --legend and the settings name them, in the order of the enumeration.
inline constexpr std::array<const char*, 6> kLegendIds = {"automatic",  "upper-right", "upper-left",
                                                          "lower-left", "lower-right", "none"};

inline const char* legendId(LegendPlace place) {
  return kLegendIds[static_cast<std::size_t>(place)];
}

// Automatic where there is no such name.
inline LegendPlace legendFromId(std::string_view id) {
  for (std::size_t k = 0; k < kLegendIds.size(); ++k)
    if (id == kLegendIds[k]) return static_cast<LegendPlace>(k);
  return LegendPlace::Automatic;
}

// What of a figure's look a person chooses, beside its colours.
struct FigureStyle {
  LegendPlace legend = LegendPlace::Automatic;
  bool marks = true;      // the best point and changes of settings, chosen points, data by class
  double line_width = 1;  // of the curves, as a factor

  bool operator==(const FigureStyle&) const = default;
};

// What of a FigureStyle makes a difference to a figure.
struct FigureParts {
  enum class Legend { Absent, Fixed, Movable };  // Fixed: it can only be left out
  Legend legend = Legend::Absent;
  bool marks = false;
  bool lines = false;  // curves whose width can be chosen
};

}  // namespace synann::ui
