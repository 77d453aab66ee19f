// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_study.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QStringList>

#include "engine/synapse/circuit_parameter.h"

namespace synann::ui {
namespace {

constexpr double kMostStudyNumber = 1e6;         // of a range that is kept
constexpr std::int64_t kPhasePatience = 20'000;  // steps until no fixed point is looked for any more

std::optional<std::size_t> synapseNumber(const synapse::Circuit& circuit, const std::string& name) {
  for (std::size_t k = 0; k < circuit.synapses.size(); ++k)
    if (circuit.synapses[k].name == name) return k;
  return std::nullopt;
}

// The k-th of those that are looked at first.
std::size_t usualSynapse(const synapse::Circuit& circuit, std::size_t k) {
  if (k < circuit.outputs.size())
    if (const auto found = synapseNumber(circuit, circuit.outputs[k])) return *found;
  return std::min(k, circuit.synapses.size() - 1);
}

template <class Number>
Number keptNumber(const QJsonObject& json, const char* key, Number least, Number most, Number otherwise) {
  const double value = json.value(QLatin1String(key)).toDouble(static_cast<double>(otherwise));
  return static_cast<Number>(std::clamp(value, static_cast<double>(least), static_cast<double>(most)));
}

std::string keptText(const QJsonObject& json, const char* key) {
  return json.value(QLatin1String(key)).toString().toStdString();
}

QString asText(const std::string& text) {
  return QString::fromStdString(text);
}

QString namesText(const std::vector<std::string>& names) {
  QStringList list;
  for (const std::string& name : names) list.append(asText(name));
  return list.join(',');
}

synapse::FitOptions fitOptionsFromJson(const QJsonObject& json) {
  synapse::FitOptions options;
  options.steps = keptNumber(json, "fit_steps", 1, kMostFitSteps, options.steps);
  options.iterations = keptNumber(json, "fit_iterations", 1, synapse::kMostIterations, options.iterations);
  options.rate = keptNumber(json, "fit_rate", 1e-12, kMostStudyNumber, options.rate);
  using synapse::FitConstraint;
  using synapse::FitOptimiser;
  for (const FitOptimiser o : {FitOptimiser::Adam, FitOptimiser::GradientDescent})
    if (keptText(json, "fit_optimiser") == synapse::fit_optimiser_word(o)) options.optimiser = o;
  for (const FitConstraint c : {FitConstraint::Free, FitConstraint::Smooth, FitConstraint::Clamped})
    if (keptText(json, "fit_constrain") == synapse::fit_constraint_word(c)) options.constraint = c;
  options.train = circuitNames(keptText(json, "fit_train"));
  return options;
}

bool feedsBack(const synapse::CircuitSynapse& s) {
  return s.excitatory.kind == synapse::SourceKind::Previous &&
         s.inhibitory.kind == synapse::SourceKind::Previous;
}

}  // namespace

QJsonObject toJson(const CircuitStudy& study) {
  const auto& [phase, bifurcation, fit] = study;
  QJsonObject json{{"phase_across", asText(phase.across)},
                   {"phase_up", asText(phase.up)},
                   {"phase_steps", phase.steps},
                   {"parameters", asText(bifurcation.parameters)},
                   {"from", bifurcation.from},
                   {"to", bifurcation.to},
                   {"of", asText(bifurcation.of)},
                   {"points", bifurcation.points},
                   {"drop", static_cast<qint64>(bifurcation.drop)},
                   {"keep", bifurcation.keep},
                   {"fit_steps", fit.options.steps},
                   {"fit_iterations", fit.options.iterations},
                   {"fit_rate", fit.options.rate},
                   {"fit_optimiser", QLatin1String(synapse::fit_optimiser_word(fit.options.optimiser))},
                   {"fit_constrain", QLatin1String(synapse::fit_constraint_word(fit.options.constraint))},
                   {"fit_train", namesText(fit.options.train)}};
  if (fit.targets.size() <= kMostKeptTargets) json["targets"] = asText(fit.targets);
  return json;
}

CircuitStudy circuitStudyFromJson(const QJsonObject& json) {
  CircuitStudy study;
  study.phase = {.across = keptText(json, "phase_across"),
                 .up = keptText(json, "phase_up"),
                 .steps = keptNumber(json, "phase_steps", 1, kMostPhaseSteps, study.phase.steps)};
  CircuitStudy::Bifurcation& b = study.bifurcation;
  b.parameters = keptText(json, "parameters");
  b.from = keptNumber(json, "from", -kMostStudyNumber, kMostStudyNumber, b.from);
  b.to = keptNumber(json, "to", -kMostStudyNumber, kMostStudyNumber, b.to);
  b.of = keptText(json, "of");
  b.points = keptNumber(json, "points", 2, synapse::kMostBifurcationPoints, b.points);
  b.drop = keptNumber(json, "drop", std::int64_t{0}, kMostStudyDropped, b.drop);
  b.keep = keptNumber(json, "keep", 1, synapse::kMostBifurcationKept, b.keep);
  study.fit = {.targets = keptText(json, "targets"), .options = fitOptionsFromJson(json)};
  return study;
}

std::vector<std::string> circuitNames(const std::string& text) {
  std::vector<std::string> names;
  for (const QString& name : asText(text).split(',', Qt::SkipEmptyParts))
    if (!name.trimmed().isEmpty()) names.push_back(name.trimmed().toStdString());
  return names;
}

std::optional<PhasePair> phasePair(const synapse::Circuit& circuit, const CircuitStudy::Phase& phase) {
  if (circuit.synapses.empty()) return std::nullopt;
  return PhasePair{.across = synapseNumber(circuit, phase.across).value_or(usualSynapse(circuit, 0)),
                   .up = synapseNumber(circuit, phase.up).value_or(usualSynapse(circuit, 1))};
}

std::string usualParameters(const synapse::Circuit& circuit) {
  const auto& synapses = circuit.synapses;
  if (synapses.empty()) return {};
  const auto first = std::find_if(synapses.begin(), synapses.end(), feedsBack);
  if (first == synapses.end()) return synapses.front().name + ".alpha";
  std::string names;
  for (auto s = first; s != synapses.end(); ++s) {
    if (!feedsBack(*s) || s->alpha != first->alpha) continue;
    if (!names.empty()) names += ',';
    names += s->name + ".alpha";
  }
  return names;
}

synapse::Range usualRange(const std::string& parameters) {
  if (parameters.ends_with(".alpha")) return {1, 4};
  return {0, 1};
}

synapse::BifurcationPlan bifurcationPlan(const synapse::Circuit& circuit,
                                         const CircuitStudy::Bifurcation& chosen, bool clamped) {
  synapse::BifurcationPlan plan{.parameters = circuitNames(chosen.parameters),
                                .from = chosen.from,
                                .to = chosen.to,
                                .points = chosen.points,
                                .synapse = chosen.of,
                                .drop = chosen.drop,
                                .keep = chosen.keep,
                                .clamped = clamped};
  if (plan.parameters.empty()) plan.parameters = circuitNames(usualParameters(circuit));
  if (!circuit.synapses.empty() && !synapseNumber(circuit, plan.synapse))
    plan.synapse = circuit.synapses[usualSynapse(circuit, 0)].name;
  return plan;
}

std::optional<double> currentParameter(const synapse::Circuit& circuit,
                                       const synapse::BifurcationPlan& plan) {
  synapse::Circuit own = circuit;
  const synapse::CircuitNames names(circuit);
  std::optional<double> value;
  for (const std::string& name : plan.parameters) {
    const auto found = names.parameter(name);
    if (!found) return std::nullopt;
    const double one = synapse::parameter_in(own, *found);
    if (value && *value != one) return std::nullopt;
    value = one;
  }
  return value;
}

Result<PhaseFound> findPhase(const synapse::Circuit& circuit, int steps, bool clamped,
                             const synapse::CircuitProgress& progress, const std::stop_token& stop) {
  auto trace = synapse::trace(circuit, steps, clamped, progress, stop);
  if (!trace) return trace.error();
  auto settled = synapse::settle(circuit, {.most_steps = kPhasePatience, .clamped = clamped}, stop);
  if (!settled) return settled.error();
  return PhaseFound{.trace = std::move(*trace), .settled = std::move(*settled)};
}

synapse::LatchMapPlan latchPlan(const synapse::LatchParameters& latch, int side) {
  const auto reach = [](double number) { return synapse::Range{0, std::max(1.0, std::ceil(number))}; };
  return {.alpha = latch.alpha,
          .self = reach(latch.self),
          .cross = reach(latch.cross),
          .columns = side,
          .rows = side};
}

}  // namespace synann::ui
