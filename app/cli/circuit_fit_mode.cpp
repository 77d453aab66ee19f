// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fmt/format.h>
#include <span>

#include <nlohmann/json.hpp>

#include "app/cli/circuit_modes.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "engine/core/file.h"
#include "engine/io/json_tree.h"
#include "engine/synapse/circuit_file.h"
#include "engine/synapse/circuit_fit.h"
#include "engine/synapse/circuit_parameter.h"

namespace synann::cli {
namespace {

// About a hundred lines of the loss, whatever the number of iterations.
bool is_told(int iteration, int iterations) {
  return iteration % std::max(1, iterations / 100) == 0 || iteration == iterations;
}

synapse::FitOptions fit_options(const CircuitArguments& a) {
  synapse::FitOptions options{
      .iterations = a.iterations, .rate = a.rate, .clamped = a.clamp, .train = a.train};
  if (a.steps > 0) options.steps = static_cast<int>(std::min<std::int64_t>(a.steps, INT32_MAX));
  using synapse::FitConstraint;
  using synapse::FitOptimiser;
  for (const FitOptimiser o : {FitOptimiser::Adam, FitOptimiser::GradientDescent})
    if (a.optimiser == synapse::fit_optimiser_word(o)) options.optimiser = o;
  for (const FitConstraint c : {FitConstraint::Free, FitConstraint::Smooth, FitConstraint::Clamped})
    if (a.constrain == synapse::fit_constraint_word(c)) options.constraint = c;
  return options;
}

const char* end_word(synapse::FitEnd end) {
  switch (end) {
    case synapse::FitEnd::Iterations:
      return "iterations";
    case synapse::FitEnd::Stopped:
      return "interrupted";
    case synapse::FitEnd::Diverged:
      return "diverged";
  }
  return "";
}

void print_fit(const synapse::Circuit& before, const synapse::CircuitFit& fit, bool json) {
  synapse::Circuit start = before, fitted = fit.circuit;
  nlohmann::ordered_json numbers = nlohmann::ordered_json::object();
  if (!json)
    print_line(fmt::format("Best loss {:.6g}, after {} iterations.", fit.best_loss, fit.best_iteration));
  const synapse::CircuitNames names(before);
  for (const std::string& name : fit.trained) {
    const auto parameter = names.parameter(name);
    if (!parameter) continue;
    const double was = synapse::parameter_in(start, *parameter),
                 is = synapse::parameter_in(fitted, *parameter);
    append_member(numbers, name, is);
    if (!json) print_line(fmt::format("{}  {:.6g} → {:.15g}", name, was, is));
  }
  if (json)
    print_line(nlohmann::ordered_json{
        {"end", end_word(fit.end)},
        {"best_iteration", fit.best_iteration},
        {"best_loss", fit.best_loss},
        {"parameters",
         numbers}}.dump());
}

}  // namespace

int circuit_fit(const synapse::DrawnCircuit& drawn, const CircuitArguments& a) {
  const synapse::Circuit& circuit = drawn.circuit;
  const auto targets = synapse::read_circuit_targets(a.fit, circuit);
  if (!targets) return report(targets.error());
  const StopOnInterrupt stop;
  ProgressLine progress;
  const auto tell = [&](const synapse::FitPoint& point) {
    progress.show(fmt::format("iteration {} of {} · loss {:.4g} · best {:.4g}", point.iteration, a.iterations,
                              point.loss, point.best));
    if (!is_told(point.iteration, a.iterations)) return;
    progress.wipe();
    if (a.json) {
      print_line(nlohmann::ordered_json{{"iteration", point.iteration}, {"loss", point.loss}}.dump());
    } else {
      print_line(fmt::format("{:>8}  loss {:.6g}", point.iteration, point.loss));
    }
  };
  const auto fit = synapse::fit_circuit(circuit, *targets, fit_options(a), tell, stop.token());
  progress.wipe();
  if (!fit) return report(fit.error());
  if (fit->losses.empty()) {
    fmt::print(stderr, "synann: interrupted before the first loss was known; nothing is written.\n");
    return interrupted_code();
  }
  print_fit(circuit, *fit, a.json);
  if (!a.out.empty()) {
    const Status status = synapse::write_circuit(a.out, {.circuit = fit->circuit, .layout = drawn.layout});
    if (!status) return report(status.error());
  }
  if (fit->end == synapse::FitEnd::Iterations) return kOk;
  const std::string kept = a.out.empty() ? "the best so far is told above" : "the best so far is in " + a.out;
  if (fit->end == synapse::FitEnd::Stopped) {
    fmt::print(stderr, "synann: interrupted; {}.\n", kept);
    return interrupted_code();
  }
  fmt::print(stderr, "synann: the loss is no finite number after {} iterations; {}; try a smaller --rate.\n",
             fit->losses.size(), kept);
  return kFailed;
}

}  // namespace synann::cli
