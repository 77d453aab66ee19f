// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_phase_tab.h"

#include <QComboBox>

#include "ui/pages/busy_row.h"
#include "ui/pages/circuit/circuit_study_figures.h"
#include "ui/pages/figure_deck.h"
#include "ui/plots/figure_view.h"
#include "ui/widgets/calm_spin_box.h"

namespace synann::ui {

CircuitPhaseTab::CircuitPhaseTab(FigureDeck& deck, QWidget* parent)
    : CircuitTab(
          deck, QStringLiteral("circuit-phase"), tr("The phase portrait appears here."),
          tr("One synapse against another over the steps, from their starts on; a fixed point is marked "
             "where they come to one"),
          parent),
      across_(synapseChoice("circuit.phase-across", tr("Across"), tr("The synapse that is drawn across"))),
      up_(synapseChoice("circuit.phase-up", tr("Up"), tr("The synapse that is drawn upwards"))),
      steps_(countBox("circuit.phase-steps", tr("Steps"), tr("How many steps are drawn"), 1, kMostPhaseSteps,
                      choice_.steps)),
      busy_(new BusyRow(
          "circuit.phase", tr("phase portrait"),
          [this] { return worker_.running() ? std::optional(worker_.done()) : std::nullopt; }, parent)),
      worker_(
          [](const Query& query, const synapse::CircuitProgress& progress, const std::stop_token& stop,
             const auto& tell) {
            auto found = findPhase(*query.circuit, query.steps, query.clamped, progress, stop);
            if (found)
              tell(std::make_shared<const PhaseFound>(std::move(*found)), true);
            else
              tell(found.error(), true);
          },
          [this](const auto& found, bool) {
            busy_->end();
            if (!found) return showError(found.error());
            found_ = *found;
            draw();
          }) {
  connect(busy_, &BusyRow::stopWanted, this, [this] { worker_.stop(); });
  for (QComboBox* box : {across_, up_}) connect(box, &QComboBox::activated, this, &CircuitPhaseTab::take);
  connect(steps_, &CalmSpinBox::valueChanged, this, &CircuitPhaseTab::take);
}

void CircuitPhaseTab::addTo(FigureDeck& deck) {
  deck.addTab(tr("Phase"), {line({word(tr("Across"), across_), across_, word(tr("up"), up_), up_,
                                  word(tr("steps"), steps_), steps_}),
                            view(), busy_});
}

void CircuitPhaseTab::setCircuit(const CircuitPtr& circuit, bool clamped) {
  CircuitTab::setCircuit(circuit, clamped);
  showChoice();
  outdate();
}

void CircuitPhaseTab::choose(const CircuitStudy::Phase& choice) {
  choice_ = choice;
  showChoice();
  outdate();
}

void CircuitPhaseTab::showChoice() {
  const QStringList names = synapseNames(circuit());
  const auto pair = phasePair(circuit(), choice_);
  const auto name = [&](std::size_t k) { return QString::fromStdString(circuit().synapses[k].name); };
  fillChoice(across_, names, pair ? name(pair->across) : QString());
  fillChoice(up_, names, pair ? name(pair->up) : QString());
  const QSignalBlocker quiet(steps_);
  steps_->setValue(choice_.steps);
}

// Other synapses are in what was found already.
void CircuitPhaseTab::take() {
  const int steps = static_cast<int>(steps_->value());
  const bool more = steps != choice_.steps;
  choice_ = {
      .across = across_->currentText().toStdString(), .up = up_->currentText().toStdString(), .steps = steps};
  if (more)
    outdate();
  else if (found_)
    draw();
  emit chosen();
}

void CircuitPhaseTab::ask() {
  found_.reset();
  if (circuit().synapses.empty()) return showWhy(tr("Add a synapse first."));
  worker_.ask({circuitPtr(), choice_.steps, clamped()});
  busy_->begin();
}

bool CircuitPhaseTab::giveUp() {
  const bool running = worker_.running();
  worker_.forget();
  if (running) found_.reset();
  return running;
}

void CircuitPhaseTab::draw() {
  const auto pair = phasePair(circuit(), choice_);
  if (pair) show(phaseStudyFigure(circuit(), *found_, *pair));
}

}  // namespace synann::ui
