// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_fit_tab.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>

#include "engine/synapse/circuit_parameter.h"
#include "ui/pages/circuit/circuit_figures.h"
#include "ui/pages/circuit/circuit_study_figures.h"
#include "ui/pages/circuit/circuit_target_table.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/plots/figure_view.h"
#include "ui/widgets/calm_spin_box.h"
#include "ui/widgets/number_slider.h"
#include "ui/widgets/ring_button.h"

namespace synann::ui {

namespace {

using synapse::FitConstraint;
using synapse::FitOptimiser;

// Losses that are copied for a snapshot without making the fit slower.
constexpr std::size_t kCheapSnapshot = 100'000;
// Learned numbers that are said, and that are listed where the pointer rests.
constexpr std::size_t kMostSaidNumbers = 4, kMostListedNumbers = 40;

}  // namespace

CircuitFitTab::CircuitFitTab(FigureDeck& deck, QWidget* parent)
    : CircuitTab(
          deck, QStringLiteral("circuit-fit"),
          tr("The loss over the iterations appears here: type targets, or open a file of them, on the tab "
             "before, then Start."),
          tr("The mean squared difference between what the circuit gives and its targets"), parent),
      targets_(new CircuitTargetTable(parent)),
      start_(named(new RingButton(parent), "circuit.fit-start", tr("Start"), QString())),
      apply_(named(new RingButton(parent), "circuit.fit-apply", tr("Apply"),
                   tr("Take the best α and β into the circuit, as one change that Undo takes back"))),
      words_(named(new QLabel(parent), "circuit.fit-words", tr("Fit"), tr("How the fit goes"))),
      worker_(&CircuitFitTab::compute, [this](const auto& found, bool last) { take(found, last); }) {
  makeOptions();
  start_->setText(tr("Start"));
  apply_->setText(tr("Apply"));
  for (QToolButton* button : {start_, apply_}) button->setAutoRaise(false);
  words_->setWordWrap(true);
  words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  connect(start_, &QToolButton::clicked, this, [this] { running() ? stop() : start(); });
  connect(apply_, &QToolButton::clicked, this, &CircuitFitTab::applyWanted);
  connect(targets_, &CircuitTargetTable::changed, this, &CircuitTab::chosen);
  update();
}

void CircuitFitTab::makeOptions() {
  const synapse::FitOptions usual;
  steps_ = countBox("circuit.fit-steps", tr("Steps"),
                    tr("The targets are compared with the values after so many steps"), 1, kMostFitSteps,
                    usual.steps);
  iterations_ = countBox("circuit.fit-iterations", tr("Iterations"), tr("How many updates are made"), 1,
                         synapse::kMostIterations, usual.iterations);
  rate_ = numberBox("circuit.fit-rate", tr("Learning rate"), tr("How large the updates are"), usual.rate);
  rate_->setMinimum(1e-12);
  optimiser_ = named(new CalmComboBox(window()), "circuit.fit-optimiser", tr("Optimiser"),
                     tr("How an update is made"));
  optimiser_->addItem(tr("Adam"), int(FitOptimiser::Adam));
  optimiser_->addItem(tr("SGD"), int(FitOptimiser::GradientDescent));
  constraint_ = named(new CalmComboBox(window()), "circuit.fit-constraint", tr("Constraint"),
                      tr("Whether β stays in 0 … 1 and α above 0: not at all; smoothly, by a sigmoid and a "
                         "softplus; or clamped after each update"));
  constraint_->addItem(tr("free"), int(FitConstraint::Free));
  constraint_->addItem(tr("smooth"), int(FitConstraint::Smooth));
  constraint_->addItem(tr("clamped"), int(FitConstraint::Clamped));
  train_ =
      named(new QLineEdit(window()), "circuit.fit-train", tr("Trained"),
            tr("What is learned: a.alpha, a.beta, or a for both, with commas between; all if it is empty"));
  train_->setPlaceholderText(tr("all α and β"));
  for (QComboBox* box : {optimiser_, constraint_})
    connect(box, &QComboBox::activated, this, &CircuitTab::chosen);
  for (QDoubleSpinBox* box : {static_cast<QDoubleSpinBox*>(steps_), static_cast<QDoubleSpinBox*>(iterations_),
                              static_cast<QDoubleSpinBox*>(rate_)})
    connect(box, &QDoubleSpinBox::valueChanged, this, &CircuitTab::chosen);
  connect(train_, &QLineEdit::editingFinished, this, &CircuitTab::chosen);
}

void CircuitFitTab::addTo(FigureDeck& deck) {
  deck.addTab(tr("Targets"), {line({word(tr("Steps"), steps_), steps_, word(tr("iterations"), iterations_),
                                    iterations_, word(tr("rate"), rate_), rate_}),
                              line({optimiser_, constraint_, word(tr("train"), train_), train_}), targets_});
  deck.addTab(tr("Fit"), {line({start_, apply_}), words_, view()});
}

void CircuitFitTab::setCircuit(const CircuitPtr& circuit, bool clamped) {
  CircuitTab::setCircuit(circuit, clamped);
  targets_->setCircuit(*circuit);
  update();
}

CircuitStudy::Fit CircuitFitTab::choice() const {
  CircuitStudy::Fit choice{.targets = targets_->touched() ? targets_->csv() : std::string(), .options = {}};
  synapse::FitOptions& o = choice.options;
  o.steps = static_cast<int>(steps_->value());
  o.iterations = static_cast<int>(iterations_->value());
  o.rate = rate_->value();
  o.optimiser = static_cast<FitOptimiser>(optimiser_->currentData().toInt());
  o.constraint = static_cast<FitConstraint>(constraint_->currentData().toInt());
  o.train = circuitNames(train_->text().toStdString());
  o.clamped = clamped();
  return choice;
}

void CircuitFitTab::choose(const CircuitStudy::Fit& choice) {
  const QSignalBlocker quiet(this);
  const synapse::FitOptions& o = choice.options;
  steps_->setValue(o.steps);
  iterations_->setValue(o.iterations);
  rate_->setValue(o.rate);
  optimiser_->setCurrentIndex(optimiser_->findData(int(o.optimiser)));
  constraint_->setCurrentIndex(constraint_->findData(int(o.constraint)));
  QStringList names;
  for (const std::string& name : o.train) names.append(QString::fromStdString(name));
  train_->setText(names.join(','));
  if (!choice.targets.empty()) targets_->setCsv(choice.targets, circuit(), {});
}

Status CircuitFitTab::openTargets(const QString& path) {
  return targets_->open(path, circuit());
}

void CircuitFitTab::start() {
  auto targets = targets_->targets(circuit());
  if (!targets) return emit failed(QString::fromStdString(targets.error().sentence()));
  const synapse::FitOptions options = choice().options;
  fitted_ = circuitPtr();
  wanted_ = options.iterations;
  found_.reset();
  ended_ = false;
  showWhy(tr("Computing…"));
  worker_.ask({circuitPtr(), std::move(*targets), options});
  update();
}

void CircuitFitTab::stop() {
  worker_.stop();
}

void CircuitFitTab::compute(const Query& query, const synapse::CircuitProgress& progress,
                            const std::stop_token& stop, const Worker::Tell& tell) {
  using Clock = std::chrono::steady_clock;
  synapse::CircuitFit soFar{.circuit = *query.circuit,
                            .losses = {},
                            .best_iteration = 0,
                            .best_loss = HUGE_VAL,
                            .end = synapse::FitEnd::Iterations,
                            .trained = {},
                            .outputs = {}};
  Clock::time_point next = Clock::now();
  const auto met = [&](const synapse::FitPoint& point) {
    soFar.losses.push_back(point.loss);
    if (point.best < soFar.best_loss) soFar.best_iteration = point.iteration;
    soFar.best_loss = std::min(soFar.best_loss, point.best);
    progress(static_cast<double>(point.iteration) / query.options.iterations);
    if (Clock::now() < next) return;
    const auto pause = std::chrono::milliseconds(1000 / kMostSnapshots + 1);
    next = Clock::now() + pause * static_cast<int>(1 + soFar.losses.size() / kCheapSnapshot);
    tell(std::make_shared<const synapse::CircuitFit>(soFar), false);
  };
  auto fit = synapse::fit_circuit(*query.circuit, query.targets, query.options, met, stop);
  if (!fit) return tell(fit.error(), true);
  tell(std::make_shared<const synapse::CircuitFit>(std::move(*fit)), true);
}

void CircuitFitTab::take(const Worker::Found& found, bool last) {
  ended_ = last;
  if (found && last && (*found)->losses.empty()) {
    found_.reset();
    showError(Error{.problem = "stopped before the first loss was known"});
  } else if (found) {
    found_ = *found;
    if (seen_ || last) draw();
  } else {
    found_.reset();
    showError(found.error());
    emit failed(QString::fromStdString(found.error().sentence()));
  }
  update();
  if (last && found) emit told(summary());
}

void CircuitFitTab::ask() {
  seen_ = true;
  if (found_) draw();
}

bool CircuitFitTab::giveUp() {
  return std::exchange(seen_, false);
}

void CircuitFitTab::draw() {
  show(fitFigure(*fitted_, *found_));
}

QString CircuitFitTab::summary() const {
  if (!found_) return {};
  QString text = tr("Loss %1; best %2, after %3 of %4 iterations.")
                     .arg(numberText(found_->losses.empty() ? found_->best_loss : found_->losses.back(), 4),
                          numberText(found_->best_loss, 4))
                     .arg(found_->best_iteration)
                     .arg(wanted_);
  if (!ended_) return text;
  if (found_->end == synapse::FitEnd::Stopped) text += ' ' + tr("Stopped.");
  if (found_->end == synapse::FitEnd::Diverged)
    text += ' ' + tr("The loss is no finite number any more: try a smaller learning rate.");
  return text;
}

// Start or Stop; Apply where the numbers that were learned are in the circuit.
void CircuitFitTab::update() {
  const bool busy = running();
  start_->setText(busy ? tr("Stop") : tr("Start"));
  start_->setAccessibleName(busy ? tr("Stop the fit") : tr("Start the fit"));
  start_->setToolTip(busy ? tr("End the fit; the best numbers so far are kept")
                          : tr("Fit α and β of the circuit as it is now to the targets"));
  start_->setEnabled(busy || !circuit().synapses.empty());
  bool fits = !busy && found_ && ended_ && !found_->trained.empty();
  const synapse::CircuitNames names(circuit());
  for (std::size_t k = 0; fits && k < found_->trained.size(); ++k)
    fits = names.parameter(found_->trained[k]).has_value();
  apply_->setEnabled(fits);
  const QStringList numbers = found_ && ended_ ? learned() : QStringList();
  QString words = summary();
  if (!numbers.isEmpty())
    words += ' ' + numbers.mid(0, kMostSaidNumbers).join(tr(", ")) +
             (found_->trained.size() > kMostSaidNumbers
                  ? tr(", and %1 more.").arg(found_->trained.size() - kMostSaidNumbers)
                  : QStringLiteral("."));
  if (found_ && ended_ && !fits) words += ' ' + tr("The circuit has not all of these numbers any more.");
  if (fits && !(*fitted_ == circuit())) words += ' ' + tr("Of the circuit as it was at the start.");
  words_->setText(words);
  words_->setToolTip(numbers.isEmpty() ? tr("How the fit goes") : numbers.join('\n'));
}

// The numbers that were learned, the first of them.
QStringList CircuitFitTab::learned() const {
  QStringList numbers;
  synapse::Circuit fitted = found_->circuit;
  const synapse::CircuitNames names(fitted);
  for (std::size_t k = 0; k < std::min(found_->trained.size(), kMostListedNumbers); ++k)
    if (const auto at = names.parameter(found_->trained[k]))
      numbers.append(QString::fromStdString(found_->trained[k]) + ' ' +
                     numberText(synapse::parameter_in(fitted, *at)));
  return numbers;
}

}  // namespace synann::ui
