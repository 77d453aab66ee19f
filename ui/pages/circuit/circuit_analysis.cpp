// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_analysis.h"

#include <algorithm>
#include <utility>

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>

#include "engine/synapse/circuit_parameter.h"
#include "ui/pages/busy_row.h"
#include "ui/pages/circuit/circuit_bifurcation_tab.h"
#include "ui/pages/circuit/circuit_document.h"
#include "ui/pages/circuit/circuit_fit_tab.h"
#include "ui/pages/circuit/circuit_latch_tab.h"
#include "ui/pages/circuit/circuit_phase_tab.h"
#include "ui/pages/circuit/circuit_study_figures.h"
#include "ui/pages/circuit/circuit_target_table.h"
#include "ui/pages/figure_deck.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

namespace {
constexpr qint64 kHeadOfTargets = 4096;  // bytes in which the line of names is looked for
}  // namespace

CircuitAnalysis::CircuitAnalysis(FigureDeck& deck, CircuitDocument& document, QWidget* page)
    : QObject(page),
      deck_(deck),
      document_(document),
      phase_(new CircuitPhaseTab(deck, page)),
      bifurcation_(new CircuitBifurcationTab(deck, page)),
      latch_(new CircuitLatchTab(deck, page)),
      fit_(new CircuitFitTab(deck, page)),
      settle_row_(new BusyRow(
          "circuit.settle", tr("fixed point"),
          [this] { return settle_.running() ? std::optional(settle_.done()) : std::nullopt; }, page)),
      settle_(
          [](const SettleQuery& query, const synapse::CircuitProgress&, const std::stop_token& stop,
             const auto& tell) {
            auto found = synapse::settle(query.circuit,
                                         {.most_steps = kMostSettleSteps, .clamped = query.clamped}, stop);
            if (found)
              tell(std::make_shared<const synapse::Settled>(std::move(*found)), true);
            else
              tell(found.error(), true);
          },
          [this](const auto& found, bool) { takeSettled(found); }) {
  for (CircuitTab* tab : tabs()) {
    connect(tab, &CircuitTab::figureChanged, this, &CircuitAnalysis::figuresChanged);
    connect(tab, &CircuitTab::chosen, this, &CircuitAnalysis::studyChanged);
    connect(tab, &CircuitTab::told, this, &CircuitAnalysis::told);
    connect(tab, &CircuitTab::failed, this, &CircuitAnalysis::failed);
  }
  connect(latch_, &CircuitLatchTab::placeWanted, this, &CircuitAnalysis::setLatch);
  connect(fit_, &CircuitFitTab::applyWanted, this, &CircuitAnalysis::apply);
  connect(fit_->targets(), &CircuitTargetTable::openWanted, this, [this, page] {
    const QString file = QFileDialog::getOpenFileName(page, tr("Open targets"), {},
                                                      tr("Comma-separated targets (*.csv);;All files (*)"));
    if (file.isEmpty()) return;
    if (const Status opened = openTargets(file); !opened)
      emit failed(QString::fromStdString(opened.error().sentence()));
  });
  connect(settle_row_, &BusyRow::stopWanted, this, &CircuitAnalysis::stopSettling);
}

CircuitAnalysis::~CircuitAnalysis() = default;

std::vector<CircuitTab*> CircuitAnalysis::tabs() const {
  return {phase_, bifurcation_, latch_, fit_};
}

void CircuitAnalysis::addTabs() {
  for (CircuitTab* tab : tabs()) tab->addTo(deck_);
}

QWidget* CircuitAnalysis::settleRow() const {
  return settle_row_;
}

void CircuitAnalysis::setCircuit(bool clamped) {
  // Symbols that were moved change nothing here.
  if (circuit_ && *circuit_ == document_.circuit() && clamped == clamped_) return;
  circuit_ = std::make_shared<const synapse::Circuit>(document_.circuit());
  clamped_ = clamped;
  if (settling()) {  // what it would say is of another circuit
    settle_.forget();
    settle_row_->end();
    emit settlingChanged();
  }
  for (CircuitTab* tab : tabs()) tab->setCircuit(circuit_, clamped);
}

void CircuitAnalysis::follow(bool page_is_shown) {
  for (CircuitTab* tab : tabs()) tab->follow(page_is_shown && deck_.wanted(tab->view()));
  if (!page_is_shown) stopSettling();
}

void CircuitAnalysis::settle(const std::vector<double>& values, std::int64_t steps) {
  SettleQuery query{.circuit = document_.circuit(), .clamped = clamped_};
  if (query.circuit.synapses.size() != values.size()) return;
  for (std::size_t k = 0; k < values.size(); ++k) query.circuit.synapses[k].start = values[k];
  settle_from_ = steps;
  settle_.ask(std::move(query));
  settle_row_->begin();
  emit settlingChanged();
}

void CircuitAnalysis::stopSettling() {
  if (!settling()) return;
  settle_.forget();
  settle_row_->end();
  emit settlingChanged();
  emit told(tr("Stopped before it came to rest; the values are those from before."));
}

void CircuitAnalysis::takeSettled(const Result<std::shared_ptr<const synapse::Settled>>& found) {
  settle_row_->end();
  emit settlingChanged();
  if (!found) return emit failed(QString::fromStdString(found.error().sentence()));
  const synapse::Settled& s = **found;
  const std::int64_t steps = settle_from_ + s.steps;
  // The values before those of the last step: of a cycle the last but one, else as good as the same.
  const std::size_t row = s.period > 1 ? static_cast<std::size_t>(s.period) - 2 : 0;
  const auto first = s.values.begin() + static_cast<std::ptrdiff_t>(row * s.synapses);
  emit settled(std::vector<double>(first, first + static_cast<std::ptrdiff_t>(s.synapses)),
               s.period > 1 ? steps : steps + 1, restWords(s, steps));
}

CircuitStudy CircuitAnalysis::study() const {
  return {.phase = phase_->choice(), .bifurcation = bifurcation_->choice(), .fit = fit_->choice()};
}

void CircuitAnalysis::choose(const CircuitStudy& study) {
  phase_->choose(study.phase);
  bifurcation_->choose(study.bifurcation);
  fit_->choose(study.fit);
}

// A line of names of the circuit, with commas between them, and more lines behind it.
Page::Claim CircuitAnalysis::claims(const QString& path) const {
  QFile file(path);
  if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly)) return Page::Claim::None;
  const QByteArray head = file.read(kHeadOfTargets);
  const auto end = head.indexOf('\n');
  if (end <= 0) return Page::Claim::None;
  QString line = QString::fromUtf8(head.left(end));
  if (line.startsWith(QChar(0xfeff))) line.remove(0, 1);
  const synapse::Circuit& circuit = document_.circuit();
  for (const QString& field : line.split(',')) {
    QString name = field.trimmed();
    if (name.size() >= 2 && name.startsWith('"') && name.endsWith('"')) name = name.mid(1, name.size() - 2);
    const auto same = [text = name.toStdString()](const auto& one) { return one.name == text; };
    if (std::any_of(circuit.synapses.begin(), circuit.synapses.end(), same)) return Page::Claim::WhileShown;
  }
  return Page::Claim::None;
}

Status CircuitAnalysis::openTargets(const QString& file) {
  const Status opened = fit_->openTargets(file);
  if (!opened) return opened;
  deck_.choose(QStringLiteral("circuit-fit"));
  emit told(tr("%1 holds targets: Start fits α and β to them.").arg(QFileInfo(file).fileName()));
  return {};
}

void CircuitAnalysis::startFit() {
  fit_->start();
}

void CircuitAnalysis::setLatch(double self, double cross) {
  const auto& form = latch_->form();
  if (!form) return;
  synapse::DrawnCircuit after = document_.drawn();
  synapse::set_latch(after.circuit, *form, self, cross);
  if (const Status done = document_.edit(tr("set β of the latch"), std::move(after)); !done)
    return emit failed(QString::fromStdString(done.error().sentence()));
  emit told(
      tr("β of itself is %1, of the other %2; Undo takes it back.").arg(numberText(self), numberText(cross)));
}

// The best numbers of the fit into the circuit as it is now.
void CircuitAnalysis::apply() {
  if (!fit_->found()) return;
  const synapse::CircuitFit fit = *fit_->found();
  synapse::Circuit fitted = fit.circuit;
  synapse::DrawnCircuit after = document_.drawn();
  const synapse::CircuitNames learned(fitted), present(after.circuit);
  for (const std::string& name : fit.trained) {
    const auto from = learned.parameter(name), to = present.parameter(name);
    if (from && to) synapse::parameter_in(after.circuit, *to) = synapse::parameter_in(fitted, *from);
  }
  if (const Status done = document_.edit(tr("apply the fit"), std::move(after)); !done)
    return emit failed(QString::fromStdString(done.error().sentence()));
  emit told(tr("The circuit has the best numbers of the fit; Undo takes them back."));
}

}  // namespace synann::ui
