// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/function.h"

// Matched pairs, where the swap equation is met in statistics (docs/theory.md): each case has one control,
// and each of the two was exposed or not. The discordant pairs are S(x, y) and S(y, x) of α = β = 1; their
// quotient b/c is the matched odds ratio. Pure, but for reading a file; any thread.
namespace synann::synapse {

// How many pairs there are of each of the four kinds.
struct PairCounts {
  std::uint64_t both = 0;          // a: case and control exposed
  std::uint64_t case_only = 0;     // b
  std::uint64_t control_only = 0;  // c
  std::uint64_t neither = 0;       // d

  std::uint64_t pairs() const { return both + case_only + control_only + neither; }
  std::uint64_t discordant() const { return case_only + control_only; }
  bool operator==(const PairCounts&) const = default;
};

inline constexpr std::uint64_t kMostPairs = 1'000'000'000;  // of one kind

// The exposed share of the cases and of the controls; NaN where there are no pairs.
double case_exposure(const PairCounts& counts);
double control_exposure(const PairCounts& counts);

// What the discordant pairs say about the matched odds ratio b/c.
struct PairedOdds {
  double confidence = 0.95;
  double ratio = 0;  // b/c: infinite where c = 0 < b, NaN where there is no discordant pair
  // log(b/c) ± z √(1/b + 1/c); none where b or c is 0, because the logarithm or its error is infinite there.
  std::optional<Range> wald{};
  // p/(1 − p) of the Clopper–Pearson interval for p = P(the case is the exposed one | discordant), from
  // quantiles of the beta distribution at (1 ± confidence)/2; from 0 where b = 0, to infinity where c = 0.
  Range exact{};
  double p_value = 1;  // McNemar, exact: 2 P(K ≤ min(b, c)), K binomial of b + c and ½, 1 at most
  // The crude odds ratio, odds(x)/odds(y) of the exposed shares, of an analysis that leaves the matching out:
  // the swap ratio at β = 1. NaN or infinite where a share is 0 or 1.
  double shares_ratio = 0;
};

// An error where the confidence is not in (0, 1) or a count is beyond kMostPairs.
Result<PairedOdds> paired_odds(const PairCounts& counts, double confidence = 0.95);

// What there is to say about a table whose counts leave something open: cells that are 0, few discordant
// pairs. Sentences without a full stop; none for an ordinary table.
std::vector<std::string_view> remarks(const PairCounts& counts);

// From a table (docs/formats.md): either one row with the columns both, case_only, control_only and neither,
// or one row for each pair with the columns case and control, 0 or 1. Other columns are passed over.
Result<PairCounts> parse_pairs(std::span<const std::uint8_t> bytes, std::string_view file);
Result<PairCounts> read_pairs(const std::filesystem::path& path);

// What an imperfect effect makes of the crude odds ratio. With β < 1 the swap ratio is odds(βx)/odds(βy); it
// goes from the crude odds ratio at β = 1 to the ratio of risks x/y at β → 0.
struct EffectBias {
  double true_ratio = 0;         // odds(x)/odds(y)
  double risk_ratio = 0;         // x/y
  std::vector<double> beta;      // from 0 to 1
  std::vector<double> measured;  // odds(βx)/odds(βy) at each; x/y at 0
  std::vector<double> bias;      // log(measured/true): 0 at β = 1
};
// x and y in (0, 1), the exposed shares; an error otherwise, or for fewer than 2 or more than
// kLargestSurfaceSide points.
Result<EffectBias> effect_bias(double x, double y, std::size_t points);
// odds(βx)/odds(βy), with its limit x/y at β = 0.
double measured_ratio(double x, double y, double beta);

// An example with invented numbers, to show what the table means.
struct PairsExample {
  std::string_view id, title, help;
  std::string_view pair;      // what a pair is
  std::string_view exposure;  // what "exposed" means
  PairCounts counts;
};
std::span<const PairsExample> pairs_examples();

}  // namespace synann::synapse
