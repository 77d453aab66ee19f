// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_tabs.h"

#include <algorithm>

#include <QCoreApplication>

#include "ui/pages/circuit/truth_figure.h"
#include "ui/plots/curve_figure.h"

namespace synann::ui {
namespace {

struct TabWords {
  Q_DECLARE_TR_FUNCTIONS(circuit_tabs)
};

constexpr std::size_t kMostNotes = 3;        // sources that are named one by one
constexpr std::size_t kMostSearched = 1000;  // synapses in which paths that meet again are looked for

QString titled(const synapse::Circuit& circuit, const QString& what) {
  const QString name = QString::fromStdString(circuit.name);
  return name.isEmpty() ? what : TabWords::tr("%1 of %2").arg(what, name);
}

// Where an output is no probability.
QStringList reconvergenceNotes(const synapse::Circuit& circuit) {
  QStringList notes;
  if (circuit.synapses.size() > kMostSearched) return notes;
  const auto met = synapse::reconvergences(circuit);
  if (!met) return notes;
  for (const synapse::Reconvergence& one : met->found) {
    if (static_cast<std::size_t>(notes.size()) == kMostNotes) break;
    const QString source = QString::fromStdString(one.source);
    notes.append(TabWords::tr("%1 reaches %2 over %3 paths, which meet in %4.")
                     .arg(one.previous ? TabWords::tr("The step before of %1").arg(source) : source,
                          QString::fromStdString(one.output), numberText(one.paths),
                          QString::fromStdString(one.meets)));
  }
  if (met->found.size() > kMostNotes)
    notes.append(TabWords::tr("And %1 more.").arg(met->found.size() - kMostNotes));
  if (!notes.isEmpty())
    notes.prepend(TabWords::tr("Exact for 0 and 1 alone: between them the outputs are no probabilities."));
  return notes;
}

}  // namespace

std::shared_ptr<const Figure> traceFigure(const synapse::Circuit& circuit,
                                          const CircuitPlayer::History& history) {
  if (history.values.empty()) return nullptr;
  CurveFigure::Content content{.title = titled(circuit, TabWords::tr("Values over the steps")),
                               .x = TabWords::tr("step"),
                               .y = TabWords::tr("value"),
                               .at = {},
                               .series = {},
                               .marked = {}};
  for (std::size_t k = 0; k < history.values.size(); ++k)
    content.at.push_back(static_cast<double>(history.first) + static_cast<double>(k));
  for (std::size_t s = 0; s < history.names.size(); ++s) {
    CurveFigure::Series series{
        .name = QString::fromStdString(history.names[s]), .values = {}, .color = static_cast<int>(s)};
    series.pen = s < 6 ? Qt::SolidLine : Qt::DashLine;
    for (const std::vector<double>& row : history.values) series.values.push_back(row[s]);
    content.series.push_back(std::move(series));
  }
  const auto outside = [](const std::vector<double>& row) {
    return std::any_of(row.begin(), row.end(), [](double value) { return !(value >= 0 && value <= 1); });
  };
  const auto left = std::find_if(history.values.begin(), history.values.end(), outside);
  if (left != history.values.end())
    content.note =
        TabWords::tr("First outside [0, 1]: step %1.").arg(history.first + (left - history.values.begin()));
  return std::make_shared<const CurveFigure>(std::move(content));
}

std::shared_ptr<const Figure> truthFigure(const synapse::Circuit& circuit, bool clamped, QString& why) {
  if (circuit.inputs.empty()) {
    why = TabWords::tr("A truth table needs at least one input.");
    return nullptr;
  }
  if (circuit.inputs.size() > kMostShownInputs) {
    why = TabWords::tr("A truth table is shown for up to %1 inputs; this circuit has %2.")
              .arg(kMostShownInputs)
              .arg(circuit.inputs.size());
    return nullptr;
  }
  auto table = synapse::truth_table(circuit, 1, {}, clamped);
  if (!table) {
    why = QString::fromStdString(table.error().sentence());
    return nullptr;
  }
  QStringList notes = reconvergenceNotes(circuit);
  if (!table->boolean()) notes.append(TabWords::tr("Some outputs are neither 0 nor 1: this is no gate."));
  return std::make_shared<const TruthFigure>(titled(circuit, TabWords::tr("Truth table")), std::move(*table),
                                             notes);
}

}  // namespace synann::ui
