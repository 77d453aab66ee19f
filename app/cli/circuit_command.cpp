// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/circuit_modes.h"
#include "app/cli/circuit_values.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/command_line/command_line.h"
#include "engine/core/text_value.h"
#include "engine/synapse/circuit_bifurcation.h"
#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_file.h"
#include "engine/synapse/circuit_fit.h"
#include "engine/synapse/circuit_parameter.h"

namespace synann::cli {
namespace {

constexpr std::int64_t kMostSteps = 1'000'000'000;

int list_examples(bool json) {
  for (const synapse::CircuitExample& e : synapse::circuit_examples()) {
    if (json) {
      print_line(nlohmann::ordered_json{{"id", e.id}, {"title", e.title}, {"help", e.help}}.dump());
    } else {
      print_line(fmt::format("{:<15}{}: {}", e.id, e.title, e.help));
    }
  }
  return kOk;
}

// With its drawing, which belongs into what is written.
Result<synapse::DrawnCircuit> open_circuit(const std::string& name) {
  if (const synapse::CircuitExample* example = synapse::circuit_example(name))
    return synapse::DrawnCircuit{.circuit = example->make(), .layout = {}};
  auto read = synapse::read_drawn_circuit(name);
  if (read || name.find('.') != std::string::npos || name.find('/') != std::string::npos) return read;
  std::vector<std::string> ids;
  for (const synapse::CircuitExample& e : synapse::circuit_examples()) ids.emplace_back(e.id);
  const std::string near = nearest_word(name, ids);
  return Error{.where = name,
               .problem = "is neither an example nor a file that can be read",
               .expected = fmt::format("a file, or one of {}", fmt::join(ids, ", ")),
               .remedy = near.empty() ? std::string() : fmt::format("did you mean {}?", near)};
}

// "a.alpha=1.5"
Status apply_setting(synapse::Circuit& circuit, const synapse::CircuitNames& names,
                     const std::string& setting) {
  const auto equals = setting.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Error{.where = "--set",
                 .problem = "is no setting",
                 .expected = "NAME=VALUE, such as x=0.4 or a.alpha=1.5",
                 .found = in_quotes(setting)};
  }
  const std::string name = setting.substr(0, equals);
  const auto value = parse_number("--set " + name, setting.substr(equals + 1), -1e308, 1e308);
  if (!value) return value.error();
  const auto parameter = names.parameter(name);
  if (!parameter) {
    Error error = names.no_such_parameter(name);
    error.where = "--set " + error.where;
    return error;
  }
  synapse::parameter_in(circuit, *parameter) = *value;
  return {};
}

void print_step(const synapse::Circuit& circuit, std::span<const std::size_t> shown,
                const synapse::CircuitRun& run, bool json) {
  if (!json)
    return print_line(fmt::format("{:>6}{}", run.steps(), values_text(circuit, shown, run.values())));
  nlohmann::ordered_json line{{"step", run.steps()}, {"values", values_json(circuit, run.values())}};
  if (run.clamped()) {
    line["clamped"] = nlohmann::ordered_json::array();
    for (const std::uint32_t k : run.outside()) line["clamped"].push_back(circuit.synapses[k].name);
  }
  print_line(line.dump());
}

int circuit_run(const CircuitArguments& a) {
  if (a.list) return list_examples(a.json);
  auto drawn = open_circuit(a.circuit);
  if (!drawn) return report(drawn.error());
  synapse::Circuit* const circuit = &drawn->circuit;
  const synapse::CircuitNames names(*circuit);
  for (const std::string& setting : a.settings)
    if (auto status = apply_setting(*circuit, names, setting); !status) return report(status.error());
  if (a.write) {
    std::string text = synapse::circuit_text(*circuit, drawn->layout);
    text.pop_back();  // print_line() ends it
    print_line(text);
    return kOk;
  }
  if (a.fixed_point) return circuit_fixed_point(*circuit, a);
  if (a.truth_table) return circuit_truth_table(*circuit, a);
  if (!a.bifurcation.empty()) return circuit_bifurcation(*circuit, a);
  if (!a.fit.empty()) return circuit_fit(*drawn, a);
  auto run = synapse::CircuitRun::create(*circuit);
  if (!run) return report(run.error());
  run->set_clamped(a.clamp);
  const std::vector<std::size_t> shown = shown_synapses(*circuit);
  for (std::int64_t t = 0; t < std::max<std::int64_t>(a.steps, 1); ++t) {
    run->step();
    print_step(*circuit, shown, *run, a.json);
  }
  return kOk;
}

void add_fixed_point(CLI::App& c, CircuitArguments& a, CLI::Option* circuit) {
  constexpr const char* kGroup = "Fixed point and truth table";
  CLI::Option* const fixed = c.add_flag("--fixed-point", a.fixed_point,
                                        "Runs until nothing moves any more, or the same values come again "
                                        "after 2 to 64 steps; at most --steps, 100,000 unless told otherwise")
                                 ->needs(circuit)
                                 ->group(kGroup);
  app::add_number(c, "--tolerance", a.tolerance, 0, 1,
                  "What a value may move by and count as still; 1e-12 unless told otherwise.")
      ->needs(fixed)
      ->group(kGroup);
  c.add_flag("--truth-table", a.truth_table,
             "The outputs for every choice of 0 and 1 at the inputs, 16 of them at most; and which inputs "
             "reach an output over several paths, where values between are no probabilities")
      ->needs(circuit)
      ->excludes(fixed)
      ->group(kGroup);
}

void add_bifurcation(CLI::App& c, CircuitArguments& a, CLI::Option* circuit) {
  constexpr const char* kGroup = "Bifurcation diagram";
  CLI::Option* const bifurcation =
      app::add_text(c, "--bifurcation", "PARAM=FROM:TO", a.bifurcation,
                    "Where a synapse ends up over a parameter, or several at once: x.alpha,y.alpha=1:4.")
          ->needs(circuit)
          ->excludes("--fixed-point")
          ->excludes("--truth-table")
          ->group(kGroup);
  CLI::Option* const of = app::add_text(c, "--of", "SYNAPSE", a.of, "The synapse whose values are kept.");
  of->needs(bifurcation)->group(kGroup);
  bifurcation->needs(of);
  app::add_whole(c, "--points", a.points, 2, synapse::kMostBifurcationPoints,
                 "Values of the parameter, both ends included; 1000 unless told otherwise.")
      ->needs(bifurcation)
      ->group(kGroup);
  app::add_whole(c, "--keep", a.keep, 1, synapse::kMostBifurcationKept,
                 "Values of the synapse for each of them; 500 unless told otherwise.")
      ->needs(bifurcation)
      ->group(kGroup);
  app::add_whole(c, "--drop", a.drop, 0, synapse::kMostDropped,
                 "Steps before them that are dropped; 1000 unless told otherwise.")
      ->needs(bifurcation)
      ->group(kGroup);
}

void add_fit(CLI::App& c, CircuitArguments& a, CLI::Option* circuit) {
  constexpr const char* kGroup = "Fit";
  CLI::Option* const fit =
      app::add_text(c, "--fit", "TABLE.csv", a.fit,
                    "Learns α and β so that the synapses named in the table come close to its values for the "
                    "inputs in it, after --steps steps.")
          ->needs(circuit)
          ->excludes("--fixed-point")
          ->excludes("--truth-table")
          ->excludes("--bifurcation")
          ->group(kGroup);
  app::add_whole(c, "--iterations", a.iterations, 1, synapse::kMostIterations,
                 "Updates; 1000 unless told otherwise.")
      ->needs(fit)
      ->group(kGroup);
  app::add_number(c, "--rate", a.rate, 1e-300, 1e300, "Learning rate; 0.05 unless told otherwise.")
      ->needs(fit)
      ->group(kGroup);
  app::add_word(c, "--optimizer", a.optimiser, {"adam", "sgd"}, "adam (the default) or sgd.")
      ->needs(fit)
      ->group(kGroup);
  app::add_word(c, "--constrain", a.constrain, {"free", "smooth", "clamp"},
                "Keeps β in [0, 1] and α above 0: smooth (sigmoid and softplus), clamp (put back after each "
                "update), or free (the default).")
      ->needs(fit)
      ->group(kGroup);
  app::add_value(
      c, "--train", "NAMES",
      [&a](const std::string& names) -> Status {
        a.train = split_list(names);
        return {};
      },
      "What is learned: a.alpha, a.beta, or a for both, with commas between; all unless told otherwise.")
      ->needs(fit)
      ->group(kGroup);
  app::add_text(c, "--out", "FILE", a.out, "Writes the fitted circuit.")->needs(fit)->group(kGroup);
}

}  // namespace

void add_circuit(CLI::App& app, Action& action) {
  auto a = std::make_shared<CircuitArguments>();
  CLI::App* c =
      app.add_subcommand("circuit", "A circuit of synapses, step by step: gates, a latch, or a file");
  CLI::Option* const circuit = app::add_text(*c, "circuit", "FILE|EXAMPLE", a->circuit,
                                             "A circuit file (synann-circuit-1), or an example of --list.");
  app::add_whole(*c, "--steps", a->steps, 1, kMostSteps,
                 "Steps; 1 unless told otherwise. With --fixed-point the most of them.")
      ->needs(circuit);
  c->add_flag("--clamp", a->clamp, "Keeps what every synapse gives in [0, 1], as a probability must be")
      ->needs(circuit);
  c->add_option_function<std::vector<std::string>>(
       "--set", [a](const std::vector<std::string>& settings) { a->settings = settings; },
       "An input (x=0.4) or a synapse's parameter (a.alpha=1.5, a.beta=…, a.start=…); several times.")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all()
      ->needs(circuit);
  c->add_flag("--write", a->write, "Prints the circuit as a file instead of running it")->needs(circuit);
  CLI::Option* const list = c->add_flag("--list", a->list, "Names the examples")->excludes(circuit);
  c->add_flag("--json", a->json, "JSON lines: step and the value of every synapse, or what else was asked");
  add_fixed_point(*c, *a, circuit);
  add_bifurcation(*c, *a, circuit);
  add_fit(*c, *a, circuit);
  c->callback([a, circuit, list, &action] {
    if (circuit->count() == 0 && list->count() == 0)
      throw CLI::RequiredError("a circuit's file, an example, or --list");
    action = [a] { return circuit_run(*a); };
  });
}

}  // namespace synann::cli
