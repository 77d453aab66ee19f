// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_bifurcation_tab.h"

#include <algorithm>

#include <QComboBox>
#include <QLineEdit>

#include "engine/core/thread_pool.h"
#include "engine/synapse/circuit_parameter.h"
#include "ui/pages/busy_row.h"
#include "ui/pages/circuit/circuit_study_figures.h"
#include "ui/pages/figure_deck.h"
#include "ui/plots/figure_view.h"
#include "ui/widgets/calm_spin_box.h"
#include "ui/widgets/number_slider.h"

namespace synann::ui {

namespace {

constexpr std::size_t kMostParameters = 1000;   // of the list; any other one can be typed
constexpr std::int64_t kMostDrawn = 5'000'000;  // values that are drawn
constexpr int kSketch = 8;                      // so many times fewer points and values at first

QStringList parameterNames(const synapse::Circuit& circuit) {
  QStringList names;
  const auto add = [&](const std::string& name) {
    const QString text = QString::fromStdString(name);
    if (static_cast<std::size_t>(names.size()) < kMostParameters && !text.isEmpty() && !names.contains(text))
      names.append(text);
  };
  add(usualParameters(circuit));
  for (const auto& input : circuit.inputs) add(input.name);
  for (const auto& s : circuit.synapses)
    for (const char* what : {".alpha", ".beta", ".start"}) add(s.name + what);
  return names;
}

}  // namespace

bool CircuitBifurcationTab::Query::operator==(const Query& other) const {
  if (!circuit || !other.circuit) return false;
  return *circuit == *other.circuit && plan.parameters == other.plan.parameters &&
         plan.from == other.plan.from && plan.to == other.plan.to && plan.points == other.plan.points &&
         plan.synapse == other.plan.synapse && plan.drop == other.plan.drop && plan.keep == other.plan.keep &&
         plan.clamped == other.plan.clamped;
}

CircuitBifurcationTab::CircuitBifurcationTab(FigureDeck& deck, QWidget* parent)
    : CircuitTab(deck, QStringLiteral("circuit-bifurcation"), tr("The bifurcation diagram appears here."),
                 tr("The values that a synapse goes on with, once its beginning is dropped, over a number of "
                    "the circuit; the line is the circuit's own"),
                 parent),
      parameters_(synapseChoice("circuit.bifurcation-parameter", tr("Parameter"),
                                tr("The number that is varied: an input, or α, β or start of a synapse; "
                                   "several with commas between them take the same value"))),
      of_(synapseChoice("circuit.bifurcation-of", tr("Synapse"), tr("The synapse whose values are drawn"))),
      from_(numberBox("circuit.bifurcation-from", tr("From"), tr("Its least value"), choice_.from)),
      to_(numberBox("circuit.bifurcation-to", tr("To"), tr("Its largest value"), choice_.to)),
      points_(countBox("circuit.bifurcation-points", tr("Points"),
                       tr("How many values of the parameter are tried"), 2, synapse::kMostBifurcationPoints,
                       choice_.points)),
      drop_(countBox("circuit.bifurcation-drop", tr("Drop"),
                     tr("How many steps at the beginning are not drawn"), 0, double(kMostStudyDropped),
                     double(choice_.drop))),
      keep_(countBox("circuit.bifurcation-keep", tr("Keep"),
                     tr("How many steps after these are drawn for each value of the parameter"), 1,
                     synapse::kMostBifurcationKept, choice_.keep)),
      busy_(new BusyRow(
          "circuit.bifurcation", tr("bifurcation diagram"),
          [this] { return worker_.running() ? std::optional(worker_.done()) : std::nullopt; }, parent)),
      worker_(
          [](const Query& query, const synapse::CircuitProgress& progress, const std::stop_token& stop,
             const auto& tell) {
            // A sketch is there at once.
            synapse::BifurcationPlan sketch = query.plan;
            sketch.points = std::max(2, sketch.points / kSketch);
            sketch.keep = std::max(1, sketch.keep / kSketch);
            for (const bool last : {false, true}) {
              auto found = synapse::bifurcation(*query.circuit, last ? query.plan : sketch,
                                                hardware_threads(), progress, stop);
              if (!found) return tell(found.error(), true);
              tell(std::make_shared<const synapse::Bifurcation>(std::move(*found)), last);
            }
          },
          [this](const auto& found, bool last) {
            if (last) busy_->end();
            if (!found) {
              found_.reset();
              asked_ = {};
              return showError(found.error());
            }
            found_ = *found;
            draw();
          }) {
  parameters_->setEditable(true);
  parameters_->setInsertPolicy(QComboBox::NoInsert);
  parameters_->lineEdit()->setAccessibleName(tr("Parameter"));
  for (QDoubleSpinBox* box : boxes()) box->setButtonSymbols(QAbstractSpinBox::NoButtons);  // for their digits
  connect(busy_, &BusyRow::stopWanted, this, [this] { worker_.stop(); });
  connect(parameters_, &QComboBox::activated, this, &CircuitBifurcationTab::takeParameters);
  connect(parameters_->lineEdit(), &QLineEdit::editingFinished, this, &CircuitBifurcationTab::takeParameters);
  connect(of_, &QComboBox::activated, this, &CircuitBifurcationTab::take);
  for (QDoubleSpinBox* box : boxes())
    connect(box, &QDoubleSpinBox::valueChanged, this, &CircuitBifurcationTab::take);
}

QList<QDoubleSpinBox*> CircuitBifurcationTab::boxes() const {
  return {from_, to_, points_, drop_, keep_};
}

void CircuitBifurcationTab::addTo(FigureDeck& deck) {
  deck.addTab(tr("Bifurcation"), {line({parameters_, from_, word(QStringLiteral("…"), to_), to_}),
                                  line({of_, word(tr("points"), points_), points_, word(tr("drop"), drop_),
                                        drop_, word(tr("keep"), keep_), keep_}),
                                  view(), busy_});
}

void CircuitBifurcationTab::setCircuit(const CircuitPtr& circuit, bool clamped) {
  CircuitTab::setCircuit(circuit, clamped);
  look();
}

void CircuitBifurcationTab::choose(const CircuitStudy::Bifurcation& choice) {
  choice_ = choice;
  look();
}

CircuitBifurcationTab::Query CircuitBifurcationTab::query() const {
  CircuitStudy::Bifurcation choice = choice_;
  // Names of another circuit mean nothing in this one.
  const synapse::CircuitNames known(circuit());
  const std::vector<std::string> wanted = circuitNames(choice.parameters);
  if (!std::all_of(wanted.begin(), wanted.end(), [&](const auto& name) { return known.parameter(name); })) {
    choice.parameters.clear();
    const synapse::Range range = usualRange(usualParameters(circuit()));
    choice.from = range.from;
    choice.to = range.to;
  }
  const synapse::BifurcationPlan plan = bifurcationPlan(circuit(), choice, clamped());
  synapse::Circuit own = circuit();
  for (const std::string& name : plan.parameters)
    if (const auto found = known.parameter(name)) synapse::parameter_in(own, *found) = plan.from;
  return {std::make_shared<const synapse::Circuit>(std::move(own)), plan};
}

// The diagram stays where nothing has changed that it is made of.
void CircuitBifurcationTab::look() {
  showChoice();
  if (!(query() == asked_)) return outdate();
  if (found_) draw();
}

void CircuitBifurcationTab::showChoice() {
  const synapse::BifurcationPlan plan = query().plan;
  QStringList names;
  for (const std::string& name : plan.parameters) names.append(QString::fromStdString(name));
  fillChoice(parameters_, parameterNames(circuit()), names.join(','));
  const QSignalBlocker quiet_parameters(parameters_), quiet_from(from_), quiet_to(to_), quiet_points(points_),
      quiet_drop(drop_), quiet_keep(keep_);
  parameters_->setEditText(names.join(','));
  parameters_->lineEdit()->setCursorPosition(0);  // its beginning is seen
  fillChoice(of_, synapseNames(circuit()), QString::fromStdString(plan.synapse));
  from_->setValue(plan.from);
  to_->setValue(plan.to);
  points_->setValue(choice_.points);
  drop_->setValue(double(choice_.drop));
  keep_->setValue(choice_.keep);
}

// Another parameter has a range of its own.
void CircuitBifurcationTab::takeParameters() {
  const std::string typed = parameters_->currentText().trimmed().toStdString();
  if (circuitNames(typed) == query().plan.parameters) return;
  for (const std::string& name : circuitNames(typed))
    if (const auto found = synapse::find_parameter(circuit(), name); !found) {
      emit failed(QString::fromStdString(found.error().sentence()));
      return showChoice();
    }
  const synapse::Range range = usualRange(typed);
  choice_.parameters = typed;
  choice_.from = range.from;
  choice_.to = range.to;
  look();
  emit chosen();
}

void CircuitBifurcationTab::take() {
  choice_.parameters = parameters_->currentText().toStdString();
  choice_.of = of_->currentText().toStdString();
  choice_.from = from_->value();
  choice_.to = to_->value();
  choice_.points = static_cast<int>(points_->value());
  choice_.drop = static_cast<std::int64_t>(drop_->value());
  choice_.keep = static_cast<int>(keep_->value());
  look();
  emit chosen();
}

void CircuitBifurcationTab::ask() {
  found_.reset();
  asked_ = {};
  if (circuit().synapses.empty()) return showWhy(tr("Add a synapse first."));
  if (std::int64_t{choice_.points} * choice_.keep > kMostDrawn)
    return showWhy(
        tr("%1 points of %2 values each are too many to be drawn: at most %3 values in all. synann "
           "circuit --bifurcation writes more.")
            .arg(choice_.points)
            .arg(choice_.keep)
            .arg(kMostDrawn));
  asked_ = query();
  worker_.ask(asked_);
  busy_->begin();
}

bool CircuitBifurcationTab::giveUp() {
  const bool running = worker_.running();
  worker_.forget();
  if (running) {
    found_.reset();
    asked_ = {};
  }
  return running;
}

void CircuitBifurcationTab::draw() {
  show(bifurcationStudyFigure(circuit(), asked_.plan, *found_));
}

}  // namespace synann::ui
