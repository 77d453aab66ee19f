// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/occupations.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "engine/synapse/function.h"

namespace synann::synapse {
namespace {

constexpr double kShownShare = 0.995;
constexpr std::size_t kMostBins = 10'000;
constexpr auto kLevels = static_cast<std::size_t>(kMostEnergy / kEnergyBin);

// The sums of one kind of term by energy.
struct EnergySums {
  std::vector<Occupations::Level> levels = std::vector<Occupations::Level>(kLevels);

  void add(double energy, double n) {
    const double bin = std::clamp(energy / kEnergyBin, 0.0, static_cast<double>(kLevels - 1));
    Occupations::Level& level = levels[static_cast<std::size_t>(bin)];
    ++level.terms;
    const auto count = static_cast<double>(level.terms);
    level.energy += (energy - level.energy) / count;
    level.n += (n - level.n) / count;
  }
  std::vector<Occupations::Level> filled() const {
    std::vector<Occupations::Level> some;
    std::ranges::copy_if(levels, std::back_inserter(some), [](const auto& l) { return l.terms > 0; });
    return some;
  }
};

Error shape_error(std::string problem, std::string expected, std::string found) {
  return {.where = "the occupation numbers of a layer",
          .problem = std::move(problem),
          .expected = std::move(expected),
          .found = std::move(found)};
}

// The range that the bins share: all but the few largest, and 0.
void set_range(std::vector<double>& values, Occupations& all) {
  const auto shown = static_cast<std::size_t>(kShownShare * static_cast<double>(values.size() - 1));
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(shown);
  std::ranges::nth_element(values, at);
  all.to = std::max(*at, 0.0);
  all.from = std::min(*std::ranges::min_element(values), 0.0);
  if (!(all.to > all.from)) all.to = all.from + 1;
}

}  // namespace

Result<Occupations> occupations(std::span<const float> beta, std::size_t n, std::span<const double> samples,
                                std::size_t bins) {
  if (n == 0 || beta.size() % n != 0 || samples.size() % n != 0)
    return shape_error("have shapes that do not fit", fmt::format("multiples of n = {}", n),
                       fmt::format("{} weights and {} inputs", beta.size(), samples.size()));
  if (bins < 2 || bins > kMostBins)
    return shape_error("want too few or too many bins", fmt::format("2 to {}", kMostBins),
                       fmt::format("{}", bins));
  const std::size_t count = samples.size() / n;
  const std::size_t stride = std::max<std::size_t>(1, beta.size() * count / kMostTerms);
  Occupations all{.counts = std::vector<std::size_t>(bins), .bose = {}, .fermi = {}};
  EnergySums bose, fermi;
  std::vector<double> values;
  for (std::size_t k = 0; k < count; k += stride)
    for (std::size_t cell = 0; cell < beta.size(); ++cell) {
      const Synapse s{1, static_cast<double>(beta[cell])};
      const double x = samples[k * n + cell % n], product = s.beta * x;
      if (!std::isfinite(product)) continue;
      ++all.terms;
      if (open_fraction(s, x) <= 0) {
        ++all.poles;
        continue;
      }
      const double odds = inhibition_odds(s, x);
      values.push_back(odds);
      all.bosonic += product > 0 ? 1 : 0;
      all.fermionic += product < 0 ? 1 : 0;
      all.empty += product == 0 ? 1 : 0;
      if (product != 0) (product > 0 ? bose : fermi).add(-std::log(std::abs(product)), odds);
    }
  if (values.empty()) return shape_error("are not known", "one term at least with βx < 1", "none");
  set_range(values, all);
  for (const double value : values) {
    const double place = (value - all.from) / (all.to - all.from) * static_cast<double>(bins);
    if (value > all.to) {
      ++all.beyond;
    } else {
      ++all.counts[std::min(bins - 1, static_cast<std::size_t>(place))];
    }
  }
  all.bose = bose.filled();
  all.fermi = fermi.filled();
  return all;
}

}  // namespace synann::synapse
