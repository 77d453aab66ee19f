// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json_number.h"
#include "app/command_line/command_line.h"
#include "engine/synapse/least_squares.h"
#include "engine/synapse/series.h"

namespace synann::cli {
namespace {

constexpr std::int64_t kMostAhead = 1000;

struct SarsArguments {
  std::string data;  // a file; empty: the six days
  std::int64_t ahead = 1;
  bool json = false;
};

// Both fits of one series, and the days that are told: the last one and those ahead.
struct SarsFits {
  synapse::Series series;
  synapse::LineFit exact;
  synapse::AdamLineFit adam;
  std::vector<double> days;
};

Result<SarsFits> fit_series(const SarsArguments& a) {
  auto series = a.data.empty() ? Result(synapse::sars_series()) : synapse::read_series(a.data);
  if (!series) return series.error();
  auto exact = synapse::fit_line(series->x, series->y);
  if (!exact) return exact.error();
  auto adam = synapse::fit_line_adam(series->x, series->y);
  if (!adam) return adam.error();
  SarsFits fits{
      .series = std::move(*series), .exact = std::move(*exact), .adam = std::move(*adam), .days = {}};
  for (std::int64_t k = 0; k <= a.ahead; ++k)
    fits.days.push_back(fits.series.x.back() + static_cast<double>(k));
  return fits;
}

nlohmann::ordered_json line_json(const SarsFits& fits, const synapse::Line& line) {
  const double r_squared = synapse::r_squared(line, fits.series.x, fits.series.y);
  nlohmann::ordered_json object{
      {"weight", line.weight}, {"bias", line.bias}, {"r_squared", number_or_null(r_squared)}};
  for (const double day : fits.days) object[fmt::format("day_{:.15g}", day)] = line.at(day);
  return object;
}

void print_sars_json(const SarsFits& fits) {
  nlohmann::ordered_json object = line_json(fits, fits.exact.line);
  nlohmann::ordered_json adam = line_json(fits, fits.adam.line);
  adam["steps"] = fits.adam.losses.size() - 1;
  adam["loss"] = fits.adam.losses.back();
  object["loss"] = fits.exact.loss;
  object["predictions"] = nlohmann::ordered_json::array();
  for (std::size_t k = 1; k < fits.days.size(); ++k) {
    const synapse::Prediction p = synapse::predict(fits.exact, fits.days[k]);
    object["predictions"].push_back(
        {{"day", p.x}, {"value", p.value}, {"low", p.interval.from}, {"high", p.interval.to}});
  }
  object["adam"] = adam;
  if (fits.series.x == synapse::sars_series().x && fits.series.y == synapse::sars_series().y)
    object["published_day_6"] = synapse::kPublishedDay6;
  print_line(object.dump());
}

void print_sars_text(const SarsFits& fits) {
  const auto row = [](const std::string& name, double exact, double adam) {
    print_line(fmt::format("{:<12}{:>20.12g}{:>20.12g}", name, exact, adam));
  };
  const synapse::Line &exact = fits.exact.line, &adam = fits.adam.line;
  print_line(fmt::format("{} over {}: y = weight · x + bias, {} points\n", fits.series.y_name,
                         fits.series.x_name, fits.series.x.size()));
  print_line(fmt::format("{:<12}{:>20}{:>20}", "", "least squares",
                         fmt::format("Adam, {} steps", fits.adam.losses.size() - 1)));
  row("weight", exact.weight, adam.weight);
  row("bias", exact.bias, adam.bias);
  row("R²", fits.exact.r_squared, synapse::r_squared(adam, fits.series.x, fits.series.y));
  row("loss", fits.exact.loss, fits.adam.losses.back());
  for (const double day : fits.days) row(fmt::format("day {:.12g}", day), exact.at(day), adam.at(day));
  print_line("");
  for (std::size_t k = 1; k < fits.days.size(); ++k) {
    const synapse::Prediction p = synapse::predict(fits.exact, fits.days[k]);
    print_line(fmt::format("day {:.12g}: 95 % prediction interval {:.6g} … {:.6g}", p.x, p.interval.from,
                           p.interval.to));
  }
  print_line("Beyond the last day the line is a guess: it holds only if nothing changes.");
}

int sars_run(const SarsArguments& a) {
  const auto fits = fit_series(a);
  if (!fits) return report(fits.error());
  (a.json ? print_sars_json : print_sars_text)(*fits);
  return kOk;
}

}  // namespace

void add_example(CLI::App& app, Action& action) {
  CLI::App* c = app.add_subcommand("example", "Worked examples of the project's own scripts");
  c->require_subcommand(1);
  auto a = std::make_shared<SarsArguments>();
  CLI::App* sars = c->add_subcommand(
      "sars", "One linear unit on six days of exposures: exact least squares beside 3,000 steps of Adam");
  app::add_text(*sars, "--data", "FILE", a->data,
                "A CSV of one's own with the columns day and exposures, or of two columns.");
  app::add_whole(*sars, "--ahead", a->ahead, 1, kMostAhead,
                 "Days beyond the last one to extrapolate; 1 unless told otherwise.");
  sars->add_flag("--json", a->json, "One JSON object: the exact fit, and under \"adam\" the other");
  sars->callback([a, &action] { action = [a] { return sars_run(*a); }; });
}

}  // namespace synann::cli
