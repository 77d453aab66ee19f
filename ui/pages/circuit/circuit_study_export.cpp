// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_study_export.h"

#include <algorithm>
#include <array>
#include <map>

#include "engine/core/file.h"
#include "engine/core/text_value.h"
#include "engine/core/thread_pool.h"
#include "engine/synapse/circuit_parameter.h"
#include "ui/pages/circuit/circuit_figures.h"
#include "ui/pages/circuit/circuit_study_figures.h"

namespace synann::ui {
namespace {

using FigurePtr = std::shared_ptr<const Figure>;

constexpr const char* kPhaseOption = "--phase";
constexpr const char* kBifurcationOption = "--bifurcation";
constexpr const char* kOfOption = "--of";
constexpr const char* kTargetsOption = "--targets";
constexpr const char* kTrainOption = "--train";
constexpr double kLeastRate = 1e-12, kMostRate = 1e6;

// Which of the views has which option; the rest belong to all of them.
const std::map<std::string, std::string>& optionViews() {
  static const std::map<std::string, std::string> views = {
      {kPhaseOption, "circuit-phase"},    {kBifurcationOption, "circuit-bifurcation"},
      {kOfOption, "circuit-bifurcation"}, {"--points", "circuit-bifurcation"},
      {"--drop", "circuit-bifurcation"},  {"--keep", "circuit-bifurcation"},
      {kTargetsOption, "circuit-fit"},    {kTrainOption, "circuit-fit"},
      {"--iterations", "circuit-fit"},    {"--rate", "circuit-fit"},
      {"--optimizer", "circuit-fit"},     {"--constrain", "circuit-fit"}};
  return views;
}

const FieldTable<CircuitStudy>& studyTable() {
  const auto whole = [](const char* id, const char* option, double least, double most, double fallback,
                        const char* help) {
    FieldInfo info{.id = id,
                   .kind = FieldKind::Whole,
                   .least = least,
                   .most = most,
                   .fallback = fallback,
                   .plain = false};
    info.option = option;
    info.option_help = help;
    return info;
  };
  const auto word = [](const char* id, const char* option, std::vector<FieldWord> words, double fallback,
                       const char* help) {
    FieldInfo info{
        .id = id, .kind = FieldKind::Word, .fallback = fallback, .words = std::move(words), .plain = false};
    info.option = option;
    info.option_help = help;
    return info;
  };
  using S = CircuitStudy;
  using B = S::Bifurcation;
  using F = synapse::FitOptions;
  const CircuitStudy usual;
  FieldInfo rate{.id = "fit_rate", .least = kLeastRate, .most = kMostRate, .fallback = 0.05, .plain = false};
  rate.option = "--rate";
  rate.option_help = "circuit-fit: learning rate; 0.05 unless told otherwise.";
  static const FieldTable<CircuitStudy> table = {
      fieldOf<S, &S::bifurcation, &B::points>(
          whole("points", "--points", 2, synapse::kMostBifurcationPoints, usual.bifurcation.points,
                "circuit-bifurcation: values of the parameter; 1000 unless told otherwise.")),
      fieldOf<S, &S::bifurcation, &B::drop>(
          whole("drop", "--drop", 0, double(kMostStudyDropped), double(usual.bifurcation.drop),
                "circuit-bifurcation: steps that are not drawn; 1000 unless told otherwise.")),
      fieldOf<S, &S::bifurcation, &B::keep>(
          whole("keep", "--keep", 1, synapse::kMostBifurcationKept, usual.bifurcation.keep,
                "circuit-bifurcation: steps that are drawn; 500 unless told otherwise.")),
      fieldOf<S, &S::fit, &S::Fit::options, &F::iterations>(
          whole("fit_iterations", "--iterations", 1, synapse::kMostIterations, usual.fit.options.iterations,
                "circuit-fit: updates; 1000 unless told otherwise.")),
      fieldOf<S, &S::fit, &S::Fit::options, &F::rate>(rate),
      // In the order of FitOptimiser and FitConstraint.
      fieldOf<S, &S::fit, &S::Fit::options, &F::optimiser>(
          word("fit_optimiser", "--optimizer", {{"sgd", {}}, {"adam", {}}},
               double(synapse::FitOptimiser::Adam), "circuit-fit: sgd or adam; adam unless told otherwise.")),
      fieldOf<S, &S::fit, &S::Fit::options, &F::constraint>(
          word("fit_constrain", "--constrain", {{"free", {}}, {"smooth", {}}, {"clamp", {}}},
               double(synapse::FitConstraint::Free),
               "circuit-fit: how β stays in 0 … 1 and α above 0: free, smooth or clamp; free unless told "
               "otherwise.")),
  };
  return table;
}

std::string typedText(const ViewOptions& options, const char* option) {
  const auto found = options.files.find(option);
  return found == options.files.end() ? std::string() : found->second;
}

// "x.alpha,y.alpha=1:4"
Status readRange(const std::string& text, CircuitStudy::Bifurcation& into) {
  if (text.empty()) return {};
  auto range = parse_named_range(kBifurcationOption, text);
  if (!range) return range.error();
  into.parameters = std::move(range->name);
  into.from = range->from;
  into.to = range->to;
  return {};
}

Result<FigurePtr> phaseOf(const synapse::Circuit& circuit, bool clamped, const CircuitStudy::Phase& phase) {
  for (const std::string& name : {phase.across, phase.up})
    if (!name.empty())
      if (const auto known = synapse::find_synapse(circuit, name); !known) return known.error();
  const auto pair = phasePair(circuit, phase);
  if (!pair) return input_error("circuit", "has no synapses", "add one");
  const auto found = findPhase(circuit, phase.steps, clamped);
  if (!found) return found.error();
  return phaseStudyFigure(circuit, *found, *pair);
}

Result<FigurePtr> bifurcationOf(const synapse::Circuit& circuit, bool clamped,
                                const CircuitStudy::Bifurcation& chosen) {
  if (!chosen.of.empty())
    if (const auto known = synapse::find_synapse(circuit, chosen.of); !known) return known.error();
  const synapse::BifurcationPlan plan = bifurcationPlan(circuit, chosen, clamped);
  const auto found = synapse::bifurcation(circuit, plan, hardware_threads());
  if (!found) return found.error();
  return bifurcationStudyFigure(circuit, plan, *found);
}

Result<FigurePtr> latchOf(const synapse::Circuit& circuit) {
  const auto form = synapse::latch_form(circuit);
  if (!form || !form->alike)
    return input_error(circuit.name,
                       form ? "is a latch whose halves differ" : "has not the form of the latch",
                       "the example latch has it");
  const auto map = synapse::latch_map(latchPlan(form->numbers, kLatchSide), hardware_threads());
  if (!map) return map.error();
  return FigurePtr(latchFigure(*map, form->numbers));
}

Result<FigurePtr> fitOf(const synapse::Circuit& circuit, bool clamped, const CircuitStudy::Fit& chosen) {
  const auto targets = synapse::parse_circuit_targets(chosen.targets, "targets", circuit);
  if (!targets) return targets.error();
  synapse::FitOptions options = chosen.options;
  options.clamped = clamped;
  const auto fit = synapse::fit_circuit(circuit, *targets, options);
  if (!fit) return fit.error();
  return FigurePtr(fitFigure(circuit, *fit));
}

}  // namespace

std::vector<PageFile> studyFiles() {
  return {{.option = kPhaseOption,
           .value = "A,B",
           .help = "circuit-phase: the synapses across and up; the first two outputs unless told otherwise."},
          {.option = kBifurcationOption,
           .value = "PARAM=FROM:TO",
           .help = "circuit-bifurcation: what is varied, such as x.alpha=1:4; names with commas between take "
                   "the same value."},
          {.option = kOfOption,
           .value = "SYNAPSE",
           .help = "circuit-bifurcation: whose values are drawn; the first output unless told otherwise."},
          {.option = kTargetsOption,
           .value = "FILE",
           .help = "circuit-fit: comma-separated targets, whose first line names inputs and synapses."},
          {.option = kTrainOption,
           .value = "NAMES",
           .help = "circuit-fit: what is learned: a.alpha, a.beta, or a for both, with commas between; all "
                   "unless told otherwise."}};
}

std::vector<FieldInfo> studyFields() {
  return fieldInfos(studyTable());
}

Status checkStudy(const ViewOptions& options) {
  const auto check = [&](const std::string& option) -> Status {
    const auto view = optionViews().find(option);
    if (view == optionViews().end() || view->second == options.view) return {};
    return Error{.problem = option + " does not belong to --view " + options.view};
  };
  for (const auto& [option, text] : options.files)
    if (auto fits = check(option); !fits) return fits;
  for (const auto& [option, values] : options.typed)
    if (auto fits = check(option); !fits) return fits;
  if (options.view == "circuit-fit" && !options.files.contains(kTargetsOption))
    return Error{.problem = "--view circuit-fit requires --targets FILE"};
  return {};
}

Result<CircuitStudy> studyOf(const ViewOptions& options) {
  CircuitStudy study;
  applyTyped(studyTable(), options.typed, study);
  if (const auto steps = options.typed.find("--circuit-steps"); steps != options.typed.end()) {
    study.phase.steps = static_cast<int>(std::clamp(steps->second.front(), 1.0, double(kMostPhaseSteps)));
    study.fit.options.steps = static_cast<int>(std::clamp(steps->second.front(), 1.0, double(kMostFitSteps)));
  }
  if (const auto pair = circuitNames(typedText(options, kPhaseOption)); !pair.empty()) {
    if (pair.size() != 2)
      return Error{.where = kPhaseOption,
                   .problem = "names no two synapses",
                   .expected = "A,B",
                   .found = in_quotes(typedText(options, kPhaseOption))};
    study.phase.across = pair[0];
    study.phase.up = pair[1];
  }
  if (auto read = readRange(typedText(options, kBifurcationOption), study.bifurcation); !read)
    return read.error();
  study.bifurcation.of = typedText(options, kOfOption);
  study.fit.options.train = circuitNames(typedText(options, kTrainOption));
  const std::string targets = typedText(options, kTargetsOption);
  if (targets.empty()) return study;
  const auto bytes = read_file(targets, synapse::kLargestTargetFile);
  if (!bytes) return bytes.error();
  study.fit.targets.assign(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  return study;
}

Result<FigurePtr> studyFigure(const QString& name, const synapse::Circuit& circuit, bool clamped,
                              const CircuitStudy& study) {
  switch (kCircuitStudies.indexOf(name)) {
    case 0:
      return phaseOf(circuit, clamped, study.phase);
    case 1:
      return bifurcationOf(circuit, clamped, study.bifurcation);
    case 2:
      return latchOf(circuit);
    default:
      return fitOf(circuit, clamped, study.fit);
  }
}

}  // namespace synann::ui
