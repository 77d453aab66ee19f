// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/command_line/command_line.h"
#include "engine/core/text_value.h"
#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_file.h"

namespace synann::cli {
namespace {

constexpr std::int64_t kMostSteps = 1'000'000'000;

struct CircuitArguments {
  std::string circuit;  // a file, or the id of an example
  std::int64_t steps = 1;
  std::vector<std::string> settings;  // "x=0.4", "a.alpha=1.5"
  bool list = false, write = false, json = false;
};

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

Result<synapse::Circuit> open_circuit(const std::string& name) {
  if (const synapse::CircuitExample* example = synapse::circuit_example(name)) return example->make();
  auto read = synapse::read_circuit(name);
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
Status apply_setting(synapse::Circuit& circuit, const std::string& setting) {
  const auto equals = setting.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Error{.where = "--set",
                 .problem = "is no setting",
                 .expected = "NAME=VALUE, such as x=0.4 or a.alpha=1.5",
                 .found = in_quotes(setting)};
  }
  const auto value =
      parse_number("--set " + setting.substr(0, equals), setting.substr(equals + 1), -1e308, 1e308);
  if (!value) return value.error();
  Status set = synapse::set_in_circuit(circuit, setting.substr(0, equals), *value);
  if (set) return set;
  Error error = set.error();
  error.where = "--set " + error.where;
  return error;
}

void print_step(const synapse::Circuit& circuit, const synapse::CircuitRun& run, bool json) {
  if (json) {
    nlohmann::ordered_json values = nlohmann::ordered_json::object();
    for (std::size_t k = 0; k < circuit.synapses.size(); ++k) {
      const double value = run.values()[k];
      values[circuit.synapses[k].name] = std::isfinite(value) ? nlohmann::ordered_json(value) : nullptr;
    }
    print_line(nlohmann::ordered_json{{"step", run.steps()}, {"values", values}}.dump());
    return;
  }
  std::string line = fmt::format("{:>6}", run.steps());
  for (std::size_t k = 0; k < circuit.synapses.size(); ++k) {
    const std::string& name = circuit.synapses[k].name;
    const auto& outputs = circuit.outputs;
    if (outputs.empty() || std::find(outputs.begin(), outputs.end(), name) != outputs.end())
      line += fmt::format("  {} {:.15g}", name, run.values()[k]);
  }
  print_line(line);
}

int circuit_run(const CircuitArguments& a) {
  if (a.list) return list_examples(a.json);
  auto circuit = open_circuit(a.circuit);
  if (!circuit) return report(circuit.error());
  for (const std::string& setting : a.settings)
    if (auto status = apply_setting(*circuit, setting); !status) return report(status.error());
  if (a.write) {
    std::string text = synapse::circuit_text(*circuit);
    text.pop_back();  // print_line() ends it
    print_line(text);
    return kOk;
  }
  auto run = synapse::CircuitRun::create(*circuit);
  if (!run) return report(run.error());
  for (std::int64_t t = 0; t < a.steps; ++t) {
    run->step();
    print_step(*circuit, *run, a.json);
  }
  return kOk;
}

}  // namespace

void add_circuit(CLI::App& app, Action& action) {
  auto a = std::make_shared<CircuitArguments>();
  CLI::App* c =
      app.add_subcommand("circuit", "A circuit of synapses, step by step: gates, a latch, or a file");
  CLI::Option* const circuit = app::add_text(*c, "circuit", "FILE|EXAMPLE", a->circuit,
                                             "A circuit file (synann-circuit-1), or an example of --list.");
  app::add_whole(*c, "--steps", a->steps, 1, kMostSteps, "Steps; 1 unless told otherwise.")->needs(circuit);
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
  c->add_flag("--json", a->json, "JSON lines: step and the value of every synapse");
  c->callback([a, circuit, list, &action] {
    if (circuit->count() == 0 && list->count() == 0)
      throw CLI::RequiredError("a circuit's file, an example, or --list");
    action = [a] { return circuit_run(*a); };
  });
}

}  // namespace synann::cli
