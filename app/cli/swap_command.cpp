// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json_number.h"
#include "app/command_line/command_line.h"
#include "engine/synapse/matched_pairs.h"
#include "engine/synapse/swap.h"

namespace synann::cli {
namespace {

constexpr double kLeastConfidence = 0.001;

struct SwapArguments {
  synapse::Synapse synapse{.alpha = 1, .beta = 1};
  double x = 0, y = 0;
  std::string pairs;  // a file; empty: x and y
  double confidence = 0.95;
  bool json = false;
};

std::string number_words(double value) {
  if (std::isnan(value)) return "undefined";
  return std::isinf(value) ? "infinite" : fmt::format("{:.15g}", value);
}

void print_pairs_json(const synapse::PairCounts& counts, const synapse::PairedOdds& odds, double beta) {
  const double x = synapse::case_exposure(counts), y = synapse::control_exposure(counts);
  const auto ends = [](const synapse::Range& r) {
    return nlohmann::ordered_json::array({number_or_null(r.from), number_or_null(r.to)});
  };
  nlohmann::ordered_json object{{"both", counts.both},
                                {"case_only", counts.case_only},
                                {"control_only", counts.control_only},
                                {"neither", counts.neither},
                                {"confidence", odds.confidence},
                                {"odds_ratio", number_or_null(odds.ratio)},
                                {"wald", odds.wald ? ends(*odds.wald) : nullptr},
                                {"exact", ends(odds.exact)},
                                {"mcnemar_p", odds.p_value},
                                {"x", number_or_null(x)},
                                {"y", number_or_null(y)},
                                {"shares_ratio", number_or_null(odds.shares_ratio)},
                                {"beta", beta},
                                {"measured_ratio", number_or_null(synapse::measured_ratio(x, y, beta))},
                                {"remarks", synapse::remarks(counts)}};
  print_line(object.dump());
}

void print_pairs_text(const synapse::PairCounts& counts, const synapse::PairedOdds& odds, double beta) {
  const double x = synapse::case_exposure(counts), y = synapse::control_exposure(counts);
  const auto line = [](const std::string& words, const std::string& value) {
    print_line(fmt::format("{:<36}{}", words, value));
  };
  const auto ends = [](const synapse::Range& r) {
    return fmt::format("{} … {}", number_words(r.from), number_words(r.to));
  };
  print_line(fmt::format("{} pairs: both exposed {}, case only {}, control only {}, neither {}\n",
                         counts.pairs(), counts.both, counts.case_only, counts.control_only, counts.neither));
  line("matched odds ratio, b/c", number_words(odds.ratio));
  line(fmt::format("Wald interval, {:.15g} %", 100 * odds.confidence),
       odds.wald ? ends(*odds.wald) : "undefined: a count of discordant pairs is 0");
  line(fmt::format("exact interval, {:.15g} %", 100 * odds.confidence), ends(odds.exact));
  line("exact McNemar p", number_words(odds.p_value));
  line("exposed share of the cases, x", number_words(x));
  line("exposed share of the controls, y", number_words(y));
  line("crude odds ratio, odds(x)/odds(y)", number_words(odds.shares_ratio));
  if (beta != 1)
    line(fmt::format("odds(βx)/odds(βy) at β = {:.15g}", beta),
         number_words(synapse::measured_ratio(x, y, beta)));
  for (const std::string_view remark : synapse::remarks(counts)) print_line(fmt::format("\n{}", remark));
}

int pairs_run(const SwapArguments& a) {
  const auto counts = synapse::read_pairs(a.pairs);
  if (!counts) return report(counts.error());
  const auto odds = synapse::paired_odds(*counts, a.confidence);
  if (!odds) return report(odds.error());
  (a.json ? print_pairs_json : print_pairs_text)(*counts, *odds, a.synapse.beta);
  return kOk;
}

int swap_run(const SwapArguments& a) {
  const synapse::Swap s = synapse::swap(a.synapse, a.x, a.y);
  const std::pair<const char*, double> numbers[] = {
      {"S_xy", s.forward},        {"S_yx", s.backward},         {"ratio", s.ratio},
      {"log_ratio", s.log_ratio}, {"difference", s.difference}, {"preference", s.preference}};
  if (a.json) {
    nlohmann::ordered_json object{
        {"alpha", a.synapse.alpha}, {"beta", a.synapse.beta}, {"x", a.x}, {"y", a.y}};
    for (const auto& [key, value] : numbers) object[key] = number_or_null(value);
    print_line(object.dump());
    return kOk;
  }
  print_line(fmt::format("S(x, y) = α x (1 − β y) at α = {:.15g}, β = {:.15g}, x = {:.15g}, y = {:.15g}\n",
                         a.synapse.alpha, a.synapse.beta, a.x, a.y));
  const char* const words[] = {"S(x, y)",
                               "S(y, x)",
                               "swap ratio = odds(βx)/odds(βy)",
                               "log of the swap ratio",
                               "difference = α (x − y)",
                               "preference for x"};
  for (std::size_t k = 0; k < std::size(numbers); ++k) {
    const double value = numbers[k].second;
    print_line(
        fmt::format("{:<33}{}", words[k], std::isnan(value) ? "undefined" : fmt::format("{:.15g}", value)));
  }
  return kOk;
}

}  // namespace

void add_swap(CLI::App& app, Action& action) {
  auto a = std::make_shared<SwapArguments>();
  CLI::App* c = app.add_subcommand(
      "swap", "The swap equation: S(x, y) beside S(y, x), the swap ratio; the odds ratios of matched pairs");
  app::add_number(*c, "--alpha", a->synapse.alpha, -HUGE_VAL, HUGE_VAL,
                  "Scale of the excitation; 1 unless told otherwise.");
  app::add_number(*c, "--beta", a->synapse.beta, -HUGE_VAL, HUGE_VAL,
                  "Scale of the inhibition; 1 unless told otherwise.");
  CLI::Option* const x = app::add_number(*c, "--x", a->x, 0, 1, "The one probability, 0 to 1.");
  CLI::Option* const y = app::add_number(*c, "--y", a->y, 0, 1, "The other, 0 to 1.");
  CLI::Option* const pairs = app::add_text(
      *c, "--pairs", "FILE", a->pairs,
      "Matched pairs: a CSV with both,case_only,control_only,neither in one row, or case,control "
      "as 0 or 1, a row for each pair. x and y are the exposed shares.");
  pairs->excludes(x)->excludes(y);
  app::add_number(*c, "--confidence", a->confidence, kLeastConfidence, 1 - kLeastConfidence,
                  "Of the intervals of --pairs; 0.95 unless told otherwise.")
      ->needs(pairs);
  c->add_flag("--json", a->json, "One JSON object; what has no value or is infinite is null");
  c->callback([a, x, y, pairs, &action] {
    for (const CLI::Option* share : {x, y})
      if (pairs->count() == 0 && share->count() == 0) throw CLI::RequiredError(share->get_name());
    action = [a] { return a->pairs.empty() ? swap_run(*a) : pairs_run(*a); };
  });
}

}  // namespace synann::cli
