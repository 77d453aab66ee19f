// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/circuit_modes.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

#include <nlohmann/json.hpp>

#include "app/cli/circuit_values.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json_number.h"
#include "engine/core/text_value.h"
#include "engine/core/thread_pool.h"
#include "engine/io/json_tree.h"
#include "engine/synapse/circuit_bifurcation.h"
#include "engine/synapse/circuit_logic.h"
#include "engine/synapse/circuit_parameter.h"
#include "engine/synapse/circuit_trace.h"

namespace synann::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string rest_sentence(const synapse::Settled& settled) {
  switch (settled.rest) {
    case synapse::Rest::Fixed:
      return fmt::format("A fixed point, after {} steps; the last one moved no value by more than {:.3g}.",
                         settled.steps, settled.residual);
    case synapse::Rest::Periodic:
      return fmt::format("It repeats every {} steps, seen after {}; to within {:.3g}.", settled.period,
                         settled.steps, settled.residual);
    case synapse::Rest::Unsettled:
      return fmt::format("Not settled after {} steps; the last one moved a value by {:.3g}.", settled.steps,
                         settled.residual);
    case synapse::Rest::Infinite:
      return fmt::format("A value left the range of double precision in step {}.", settled.steps);
  }
  return {};
}

// What a person sees of many values: those that differ in six digits, as long as they are few.
std::string distinct_values(const double* values, std::size_t count) {
  constexpr std::size_t kMostShown = 8;
  std::vector<std::string> words;
  for (std::size_t k = 0; k < count; ++k) {
    std::string word = fmt::format("{:.6g}", values[k]);
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
    if (words.size() > kMostShown) {
      const auto [least, most] = std::minmax_element(values, values + count);
      return fmt::format("{:.6g} … {:.6g}", *least, *most);
    }
  }
  return fmt::format("{}", fmt::join(words, "  "));
}

// "x.alpha,y.alpha=1:4"
Result<synapse::BifurcationPlan> bifurcation_plan(const CircuitArguments& a) {
  const auto range = parse_named_range("--bifurcation", a.bifurcation);
  if (!range) return range.error();
  return synapse::BifurcationPlan{.parameters = split_list(range->name),
                                  .from = range->from,
                                  .to = range->to,
                                  .points = a.points,
                                  .synapse = a.of,
                                  .drop = a.drop,
                                  .keep = a.keep,
                                  .clamped = a.clamp};
}

Json reconvergence_json(const synapse::Reconvergence& r) {
  return {{"source", r.source},
          {"previous", r.previous},
          {"output", r.output},
          {"meets", r.meets},
          {"paths", r.paths}};
}

void print_table_text(const synapse::TruthTable& table) {
  const auto padded = [](const std::string& text, std::size_t width) {
    return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
  };
  std::string head;
  for (const std::string& name : table.inputs) head += padded(name, 2) + " ";
  head += "|";
  for (const std::string& name : table.outputs) head += " " + padded(name, 2);
  print_line(head);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    std::string line;
    for (std::size_t k = 0; k < table.inputs.size(); ++k)
      line += padded(table.input(row, k) == 1 ? "1" : "0", std::max<std::size_t>(2, table.inputs[k].size())) +
              " ";
    line += "|";
    for (std::size_t k = 0; k < table.outputs.size(); ++k)
      line += " " + padded(fmt::format("{:.6g}", table.at(row, k)),
                           std::max<std::size_t>(2, table.outputs[k].size()));
    print_line(line);
  }
}

std::string reconvergence_text(const synapse::Reconvergence& r) {
  return fmt::format("{}{} reaches {} over {:.15g} paths, which first meet in \"{}\".", r.source,
                     r.previous ? " one step before" : "", r.output, r.paths, r.meets);
}

// Of the inputs that the circuit has: what it gives beside the probability for independent inputs.
void print_means(const synapse::Circuit& circuit, const synapse::TruthTable& table, bool clamped) {
  std::vector<double> inputs;
  for (const synapse::CircuitInput& input : circuit.inputs) inputs.push_back(input.value);
  if (std::any_of(inputs.begin(), inputs.end(), [](double p) { return p < 0 || p > 1; })) return;
  auto run = synapse::CircuitRun::create(circuit);
  if (!run) return;
  run->set_clamped(clamped);
  run->step();
  const std::vector<double> means = synapse::independent_means(table, inputs);
  const synapse::CircuitNames names(circuit);
  for (std::size_t k = 0; k < table.outputs.size(); ++k)
    if (const auto synapse = names.synapse(table.outputs[k]))
      print_line(
          fmt::format("{} at the circuit's inputs: {:.15g}; over the table, for independent inputs: {:.15g}.",
                      table.outputs[k], run->values()[*synapse], means[k]));
}

}  // namespace

int circuit_fixed_point(const synapse::Circuit& circuit, const CircuitArguments& a) {
  const StopOnInterrupt stop;
  synapse::SettleOptions options{.tolerance = a.tolerance, .clamped = a.clamp};
  if (a.steps > 0) options.most_steps = a.steps;
  const auto settled = synapse::settle(circuit, options, stop.token());
  if (!settled) return report(settled.error());
  if (a.json) {
    Json cycle = Json::array();
    for (std::size_t k = 0; k < settled->values.size(); k += settled->synapses)
      cycle.push_back(values_json(circuit, std::span(settled->values).subspan(k, settled->synapses)));
    print_line(Json{
        {"rest", synapse::rest_word(settled->rest)},
        {"period", settled->period},
        {"steps", settled->steps},
        {"residual", number_or_null(settled->residual)},
        {"values",
         cycle}}.dump());
    return kOk;
  }
  print_line(rest_sentence(*settled));
  const std::vector<std::size_t> shown = shown_synapses(circuit);
  for (std::size_t k = 0; k < settled->values.size(); k += settled->synapses)
    print_line(
        values_text(circuit, shown, std::span(settled->values).subspan(k, settled->synapses)).substr(2));
  return kOk;
}

int circuit_bifurcation(const synapse::Circuit& circuit, const CircuitArguments& a) {
  const auto plan = bifurcation_plan(a);
  if (!plan) return report(plan.error());
  const StopOnInterrupt stop;
  ProgressLine progress;
  const auto diagram = synapse::bifurcation(
      circuit, *plan, hardware_threads(),
      [&](double done) { progress.show(fmt::format("bifurcation · {:.0f} %", 100 * done)); }, stop.token());
  progress.wipe();
  if (!diagram) return report(diagram.error());
  const auto keep = static_cast<std::size_t>(diagram->keep);
  for (std::size_t p = 0; p < diagram->points(); ++p) {
    const double* values = &diagram->values[p * keep];
    if (a.json) {
      Json kept = Json::array();
      for (std::size_t k = 0; k < keep; ++k) kept.push_back(number_or_null(values[k]));
      print_line(Json{{"parameter", diagram->parameter[p]}, {"values", kept}}.dump());
    } else {
      print_line(fmt::format("{:<12.6g}{}", diagram->parameter[p], distinct_values(values, keep)));
    }
  }
  return kOk;
}

int circuit_truth_table(const synapse::Circuit& circuit, const CircuitArguments& a) {
  const StopOnInterrupt stop;
  const auto steps = static_cast<int>(std::clamp<std::int64_t>(a.steps, 1, 1'000'000'000));
  const auto table = synapse::truth_table(circuit, steps, stop.token(), a.clamp);
  if (!table) return report(table.error());
  const auto shared = synapse::reconvergences(circuit, stop.token());
  if (!shared) return report(shared.error());
  if (a.json) {
    for (std::size_t row = 0; row < table->rows(); ++row) {
      Json inputs = Json::object(), outputs = Json::object();
      for (std::size_t k = 0; k < table->inputs.size(); ++k)
        append_member(inputs, table->inputs[k], table->input(row, k));
      for (std::size_t k = 0; k < table->outputs.size(); ++k)
        append_member(outputs, table->outputs[k], number_or_null(table->at(row, k)));
      print_line(Json{{"inputs", inputs}, {"outputs", outputs}}.dump());
    }
    Json paths = Json::array();
    for (const synapse::Reconvergence& r : shared->found) paths.push_back(reconvergence_json(r));
    print_line(Json{{"boolean", table->boolean()}, {"shared", paths}, {"complete", shared->complete}}.dump());
    return kOk;
  }
  print_table_text(*table);
  for (const synapse::Reconvergence& r : shared->found) print_line(reconvergence_text(r));
  if (!shared->complete) print_line("There may be more: the search ended here.");
  if (!shared->found.empty()) {
    print_line("Between 0 and 1 such an output is not the probability for independent inputs.");
    print_means(circuit, *table, a.clamp);
  }
  return kOk;
}

}  // namespace synann::cli
