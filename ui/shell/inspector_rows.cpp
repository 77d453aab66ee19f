// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/inspector_rows.h"

#include <algorithm>
#include <optional>

#include <QCoreApplication>

#include "ui/pages/synapses/synapse_figures.h"
#include "ui/plots/figure.h"
#include "ui/plots/ticks.h"
#include "ui/session/class_words.h"

namespace synann::ui {

namespace {

constexpr int kFloatDigits = 9;    // enough to name a float exactly
constexpr int kDoubleDigits = 17;  // and a double

struct InspectorWords {
  Q_DECLARE_TR_FUNCTIONS(inspector)
};

QString textOf(const std::optional<float>& value) {
  return value ? numberText(static_cast<double>(*value), kFloatDigits) : QStringLiteral("—");
}
QString textOf(const std::optional<double>& value) {
  return value ? numberText(*value, kDoubleDigits) : QStringLiteral("—");
}

// The numbers of one cell of a frame, as far as they are known.
struct CellNumbers {
  std::optional<float> beta, alpha, initial, change, gradient;
  std::optional<double> input_i, input_j, factor;
};

CellNumbers numbersOf(const train::SynapseFrame& frame, const synapse::Cell& at) {
  CellNumbers cell;
  const auto [i, j] = at;
  const int n = frame.n();
  if (n <= 0 || i >= n || j >= n) return cell;
  const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(j);
  const std::size_t k = row * static_cast<std::size_t>(n) + column;
  cell.beta = frame.parameters.beta[k];
  cell.alpha = frame.parameters.alpha.empty() ? 1.0F : frame.parameters.alpha[row];
  if (!frame.initial.empty()) {
    cell.initial = frame.initial[k];
    cell.change = *cell.beta - *cell.initial;
  }
  if (!frame.gradient.empty()) cell.gradient = frame.gradient[k];
  if (!frame.x.empty()) {
    cell.input_i = frame.x[row];
    cell.input_j = frame.x[column];
    cell.factor = 1 - static_cast<double>(*cell.beta) * frame.x[column];
  }
  return cell;
}

void addStep(const SynapseSource& source, const train::SynapseFrame* frame, std::vector<InspectorRow>& rows) {
  const std::filesystem::path run = source.run();
  rows.push_back({InspectorWords::tr("Run"),
                  run.empty() ? QStringLiteral("—") : QString::fromStdString(run.string()),
                  InspectorWords::tr("The folder in which the run is saved")});
  QString step = QStringLiteral("—"), epoch = step;
  if (frame && frame->error.empty()) {
    const train::Position at = frame->at.position;
    step = countText(frame->at.steps);
    if (frame->live) step += InspectorWords::tr(" (live)");
    epoch = at.step == 0 && at.epoch > 1 ? InspectorWords::tr("%1, at its end").arg(at.epoch - 1)
                                         : QString::number(at.epoch);
  }
  rows.push_back({InspectorWords::tr("Step"), step,
                  InspectorWords::tr("Steps done since the start of the run; the time line chooses it")});
  rows.push_back(
      {InspectorWords::tr("Epoch"), epoch, InspectorWords::tr("The epoch that this step belongs to")});
}

// The digests by which anybody can see that the run and its parent are the same up to there.
void addFork(const RunMarks& marks, std::vector<InspectorRow>& rows) {
  if (!marks.fork()) return;
  const train::Fork& fork = *marks.fork();
  rows.push_back({InspectorWords::tr("Forked from"), QString::fromStdString(fork.from),
                  InspectorWords::tr("The run, or the checkpoint, that this one left")});
  rows.push_back({InspectorWords::tr("Fork at step"), countText(marks.stepsAt(fork.position)),
                  InspectorWords::tr("Up to here both runs are the same")});
  if (fork.history_sha256.empty()) return;
  rows.push_back({InspectorWords::tr("History there"), QString::fromStdString(fork.history_sha256),
                  InspectorWords::tr("SHA-256 of the history up to the fork, equal to the parent's")});
  rows.push_back({InspectorWords::tr("Parameters there"), QString::fromStdString(fork.parameters_sha256),
                  InspectorWords::tr("SHA-256 of the parameters at the fork, equal to the parent's")});
}

void addCell(const Selection& selection, const train::SynapseFrame* frame, std::vector<InspectorRow>& rows) {
  const bool known = frame && frame->error.empty();
  const synapse::Cell at = known ? cellIn(*frame, selection.cell()) : selection.cell();
  const CellNumbers cell = known ? numbersOf(*frame, at) : CellNumbers();
  const QString layer = known ? QString::fromStdString(frame->layer.name) : selection.layer();
  rows.push_back({InspectorWords::tr("Layer"), layer.isEmpty() ? QStringLiteral("—") : layer,
                  InspectorWords::tr("The synapse layer")});
  rows.push_back({InspectorWords::tr("Unit i"), QString::number(at.i),
                  InspectorWords::tr("Row of β: the unit that is inhibited")});
  rows.push_back({InspectorWords::tr("Synapse j"), QString::number(at.j),
                  InspectorWords::tr("Column of β: the unit that inhibits")});
  rows.push_back({InspectorWords::tr("β"), textOf(cell.beta),
                  InspectorWords::tr("How strongly j inhibits i, at this step")});
  rows.push_back({InspectorWords::tr("β at the start"), textOf(cell.initial),
                  InspectorWords::tr("Before the first step of the run")});
  rows.push_back(
      {InspectorWords::tr("Change"), textOf(cell.change), InspectorWords::tr("β minus β at the start")});
  rows.push_back(
      {InspectorWords::tr("∂loss/∂β"), textOf(cell.gradient),
       InspectorWords::tr(
           "Over 20 images of each class; computed where Gradient is ticked on the Synapses page")});
  rows.push_back(
      {InspectorWords::tr("α"), textOf(cell.alpha), InspectorWords::tr("The excitation of unit i")});
  rows.push_back({InspectorWords::tr("x of i"), textOf(cell.input_i),
                  InspectorWords::tr("Input of unit i for the image")});
  rows.push_back({InspectorWords::tr("x of j"), textOf(cell.input_j),
                  InspectorWords::tr("Input of unit j for the image")});
  rows.push_back({InspectorWords::tr("1 − βx"), textOf(cell.factor),
                  InspectorWords::tr("What j leaves of unit i's output for the image")});
}

}  // namespace

std::vector<InspectorRow> inspectorRows(const SynapseSource& source, const RunMarks& marks) {
  const train::SynapseFrame* const frame = source.frame().get();
  const Selection& selection = source.selection();
  std::vector<InspectorRow> rows;
  addStep(source, frame, rows);
  addCell(selection, frame, rows);
  const std::vector<std::string> names = frame ? frame->class_names : std::vector<std::string>();
  rows.push_back({InspectorWords::tr("Image"), QString::number(selection.image()),
                  InspectorWords::tr("Index in the test set, from 0")});
  rows.push_back({InspectorWords::tr("Its class"),
                  frame && frame->image_label >= 0 ? className(frame->class_names, frame->image_label)
                                                   : QStringLiteral("—"),
                  InspectorWords::tr("What the image shows")});
  rows.push_back({InspectorWords::tr("Classes"),
                  QStringLiteral("%1, %2").arg(className(names, selection.classA()),
                                               className(names, selection.classB())),
                  InspectorWords::tr("Of the lenses by class: the first, and the one that is subtracted")});
  addFork(marks, rows);
  return rows;
}

}  // namespace synann::ui
