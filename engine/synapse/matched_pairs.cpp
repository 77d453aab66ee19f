// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/matched_pairs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <limits>

#include "engine/core/distributions.h"
#include "engine/core/file.h"
#include "engine/core/text_value.h"
#include "engine/io/csv_table.h"
#include "engine/synapse/swap.h"

namespace synann::synapse {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kFewDiscordant = 5;
constexpr std::array<std::string_view, 4> kCountNames = {"both", "case_only", "control_only", "neither"};

double share_of(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

// Clopper and Pearson for b of b + c, as odds.
Range exact_interval(double b, double c, double confidence) {
  const double tail = (1 - confidence) / 2;
  const double low = b == 0 ? 0 : beta_quantile(tail, b, c + 1);
  // 1 − p keeps its digits where it is a quantile itself: that of the other count.
  const double rest = c == 0 ? 0 : beta_quantile(tail, c, b + 1);
  return {low / (1 - low), rest == 0 ? kInfinite : (1 - rest) / rest};
}

Result<std::uint64_t> count_at(const CsvTable& table, std::size_t row, std::size_t column, double most) {
  const auto value = table.number(row, column);
  if (!value) return value.error();
  if (*value >= 0 && *value <= most && *value == std::floor(*value))
    return static_cast<std::uint64_t>(*value);
  return Error{
      .where = fmt::format("{}, {}", table.file, table.place(row, column)),
      .problem = most == 1 ? "says neither exposed nor not exposed" : "is no number of pairs",
      .expected = most == 1 ? std::string("0 or 1") : fmt::format("a whole number from 0 to {}", most),
      .found = in_quotes(table.field(row, column))};
}

Result<PairCounts> counts_of_one_row(const CsvTable& table, const std::array<std::size_t, 4>& columns) {
  if (table.rows() != 1)
    return Error{.where = table.file,
                 .problem = "has another number of rows than a table of counts",
                 .expected = "one row below the header",
                 .found = fmt::format("{}", table.rows())};
  std::array<std::uint64_t, 4> counts{};
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const auto count = count_at(table, 0, columns[k], static_cast<double>(kMostPairs));
    if (!count) return count.error();
    counts[k] = *count;
  }
  return PairCounts{counts[0], counts[1], counts[2], counts[3]};
}

Result<PairCounts> counts_of_pairs(const CsvTable& table, std::size_t of_case, std::size_t of_control) {
  PairCounts counts;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto exposed = count_at(table, row, of_case, 1);
    if (!exposed) return exposed.error();
    const auto other = count_at(table, row, of_control, 1);
    if (!other) return other.error();
    std::uint64_t& kind = *exposed == 1 ? (*other == 1 ? counts.both : counts.case_only)
                                        : (*other == 1 ? counts.control_only : counts.neither);
    ++kind;
  }
  return counts;
}

}  // namespace

double case_exposure(const PairCounts& counts) {
  return share_of(counts.both + counts.case_only, counts.pairs());
}
double control_exposure(const PairCounts& counts) {
  return share_of(counts.both + counts.control_only, counts.pairs());
}

Result<PairedOdds> paired_odds(const PairCounts& counts, double confidence) {
  if (!(confidence > 0 && confidence < 1))
    return Error{.where = "confidence",
                 .problem = "is no share",
                 .expected = "more than 0 and less than 1",
                 .found = fmt::format("{}", confidence)};
  for (const std::uint64_t count : {counts.both, counts.case_only, counts.control_only, counts.neither})
    if (count > kMostPairs)
      return Error{.where = "pairs",
                   .problem = "are too many of one kind",
                   .expected = fmt::format("{} at most", kMostPairs),
                   .found = fmt::format("{}", count)};
  PairedOdds odds{.confidence = confidence};
  const auto b = static_cast<double>(counts.case_only), c = static_cast<double>(counts.control_only);
  odds.ratio = b / c;
  odds.shares_ratio = swap({1, 1}, case_exposure(counts), control_exposure(counts)).ratio;
  odds.exact = {0, kInfinite};
  if (counts.discordant() == 0) return odds;  // nothing is known, and nothing is contradicted
  odds.exact = exact_interval(b, c, confidence);
  odds.p_value = std::min(
      1.0, 2 * binomial_at_most(std::min(counts.case_only, counts.control_only), counts.discordant(), 0.5));
  if (b > 0 && c > 0) {
    const double half = normal_quantile((1 + confidence) / 2) * std::sqrt(1 / b + 1 / c);
    odds.wald = Range{odds.ratio * std::exp(-half), odds.ratio * std::exp(half)};
  }
  return odds;
}

std::vector<std::string_view> remarks(const PairCounts& counts) {
  std::vector<std::string_view> sentences;
  if (counts.discordant() == 0) {
    sentences.push_back("No pair is discordant, so that the table says nothing about the odds ratio");
  } else if (counts.control_only == 0) {
    sentences.push_back(
        "In no pair the control alone was exposed: the ratio is infinite, the Wald interval does not exist, "
        "and the exact interval has no upper end");
  } else if (counts.case_only == 0) {
    sentences.push_back(
        "In no pair the case alone was exposed: the ratio is 0, the Wald interval does not exist, and the "
        "exact interval begins at 0");
  } else if (std::min(counts.case_only, counts.control_only) < kFewDiscordant) {
    sentences.push_back("Fewer than five pairs are discordant on one side: trust the exact interval");
  }
  return sentences;
}

Result<PairCounts> parse_pairs(std::span<const std::uint8_t> bytes, std::string_view file) {
  const auto table = parse_csv_table(bytes, file);
  if (!table) return table.error();
  std::array<std::size_t, 4> columns{};
  bool counted = true;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const auto column = table->column(kCountNames[k]);
    counted = counted && column;
    columns[k] = column.value_or(0);
  }
  const auto of_case = table->column("case"), of_control = table->column("control");
  const bool listed = of_case && of_control;
  if (counted == listed) {
    std::string names;
    for (const std::string& name : table->names) names += (names.empty() ? "" : ", ") + name;
    return Error{
        .where = std::string(file),
        .problem = counted ? "has the columns of two kinds of table" : "is no table of matched pairs",
        .expected = "the columns both, case_only, control_only and neither, or case and control",
        .found = in_quotes(names)};
  }
  return counted ? counts_of_one_row(*table, columns) : counts_of_pairs(*table, *of_case, *of_control);
}

Result<PairCounts> read_pairs(const std::filesystem::path& path) {
  const auto bytes = read_file(path, CsvLimits{}.bytes);
  if (!bytes) return bytes.error();
  return parse_pairs(*bytes, path.string());
}

double measured_ratio(double x, double y, double beta) {
  return beta == 0 ? x / y : swap({1, beta}, x, y).ratio;
}

Result<EffectBias> effect_bias(double x, double y, std::size_t points) {
  for (const auto& [name, share] : {std::pair("x", x), std::pair("y", y)})
    if (!(share > 0 && share < 1))
      return Error{.where = name,
                   .problem = "has no odds",
                   .expected = "a share between 0 and 1, both excluded",
                   .found = fmt::format("{}", share)};
  const auto places = sample_surface({}, {0, 1}, {0, 1}, points, 2);
  if (!places) return places.error();
  EffectBias result{.true_ratio = measured_ratio(x, y, 1),
                    .risk_ratio = measured_ratio(x, y, 0),
                    .beta = {},
                    .measured = {},
                    .bias = {}};
  for (std::size_t k = 0; k < points; ++k) {
    result.beta.push_back(places->x_at(k));
    result.measured.push_back(measured_ratio(x, y, result.beta.back()));
    result.bias.push_back(std::log(result.measured.back() / result.true_ratio));
  }
  return result;
}

std::span<const PairsExample> pairs_examples() {
  static constexpr std::array<PairsExample, 3> kExamples = {{
      {"health-care",
       "Health care",
       "Patients with an illness, each beside one without it of the same age and clinic",
       "a patient and a control",
       "took the drug",
       {21, 34, 14, 131}},
      {"fin-tech",
       "Fin-tech",
       "Loans that defaulted, each beside one that was paid, of the same month and amount",
       "a default and a paid loan",
       "applied at night",
       {18, 27, 15, 140}},
      {"insurance",
       "Insurance",
       "Policies with a claim, each beside one without, of the same region and car",
       "a claim and a policy without",
       "drives without a telematics box",
       {64, 48, 20, 68}},
  }};
  return kExamples;
}

}  // namespace synann::synapse
