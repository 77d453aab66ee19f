// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <fmt/format.h>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/command_line/command_line.h"
#include "engine/synapse/swap.h"

namespace synann::cli {
namespace {

struct SwapArguments {
  synapse::Synapse synapse{.alpha = 1, .beta = 1};
  double x = 0, y = 0;
  bool json = false;
};

int swap_run(const SwapArguments& a) {
  const synapse::Swap s = synapse::swap(a.synapse, a.x, a.y);
  const std::pair<const char*, double> numbers[] = {
      {"S_xy", s.forward},        {"S_yx", s.backward},         {"ratio", s.ratio},
      {"log_ratio", s.log_ratio}, {"difference", s.difference}, {"preference", s.preference}};
  if (a.json) {
    nlohmann::ordered_json object{
        {"alpha", a.synapse.alpha}, {"beta", a.synapse.beta}, {"x", a.x}, {"y", a.y}};
    for (const auto& [key, value] : numbers)
      object[key] = std::isfinite(value) ? nlohmann::ordered_json(value) : nullptr;
    print_line(object.dump());
    return kOk;
  }
  print_line(fmt::format("S(x, y) = α x (1 − β y) at α = {:.15g}, β = {:.15g}, x = {:.15g}, y = {:.15g}\n",
                         a.synapse.alpha, a.synapse.beta, a.x, a.y));
  const char* const words[] = {
      "S(x, y)",         "S(y, x)", "ratio = odds(βx)/odds(βy)", "log of the ratio", "difference = α (x − y)",
      "preference for x"};
  for (std::size_t k = 0; k < std::size(numbers); ++k) {
    const double value = numbers[k].second;
    print_line(
        fmt::format("{:<28}{}", words[k], std::isnan(value) ? "undefined" : fmt::format("{:.15g}", value)));
  }
  return kOk;
}

}  // namespace

void add_swap(CLI::App& app, Action& action) {
  auto a = std::make_shared<SwapArguments>();
  CLI::App* c = app.add_subcommand(
      "swap", "The swap equation: S(x, y) beside S(y, x), their odds ratio and preference");
  app::add_number(*c, "--alpha", a->synapse.alpha, -HUGE_VAL, HUGE_VAL,
                  "Scale of the excitation; 1 unless told otherwise.");
  app::add_number(*c, "--beta", a->synapse.beta, -HUGE_VAL, HUGE_VAL,
                  "Scale of the inhibition; 1 unless told otherwise.");
  app::add_number(*c, "--x", a->x, 0, 1, "The one probability, 0 to 1.")->required();
  app::add_number(*c, "--y", a->y, 0, 1, "The other, 0 to 1.")->required();
  c->add_flag("--json", a->json, "One JSON object; what has no value is null");
  c->callback([a, &action] { action = [a] { return swap_run(*a); }; });
}

}  // namespace synann::cli
