// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_page.h"

#include <algorithm>

#include <QAccessible>
#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QSignalBlocker>

#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_row.h"
#include "ui/pages/circuit/circuit_analysis.h"
#include "ui/pages/circuit/circuit_editor.h"
#include "ui/pages/circuit/circuit_export.h"
#include "ui/pages/circuit/circuit_panel.h"
#include "ui/pages/circuit/circuit_tabs.h"
#include "ui/pages/circuit/circuit_view.h"
#include "ui/pages/circuit/circuit_words.h"
#include "ui/pages/figure_deck.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

namespace {

constexpr qint64 kHeadOfCircuit = 4096;         // bytes in which the format is looked for
constexpr int kMostRemembered = 32 << 20;       // characters of a circuit between two starts
constexpr const char* kFirstExample = "latch";  // what is there at the very first start

QString circuitFilter() {
  return CircuitPage::tr("Circuits (*.json)");
}

}  // namespace

CircuitPage::CircuitPage(Workspace& workspace, const PageActions& actions, QWidget* parent)
    : PicturePage(QStringLiteral("circuit"), parent),
      workspace_(workspace),
      actions_(actions),
      view_(new CircuitView(this)),
      editor_(new CircuitEditor(document_, *view_, this)),
      panel_(new CircuitPanel(document_, this)),
      deck_(new FigureDeck(QStringLiteral("circuit"), view_, this)),
      analysis_(new CircuitAnalysis(*deck_, document_, this)) {
  makeControls();
  layOut(makePicture(), makeSide(), tr("What is chosen"),
         tr("The input, synapse or port that is chosen, with its numbers"), 1);
  connectDocument();
  connectView();
  connectActions();
  openExample(QLatin1String(kFirstExample));
  document_.undoStack().clear();
  updateActions();
}

QVariantMap CircuitPage::remembered() const {
  QVariantMap kept{{"clamped", player_.clamped()},
                   {"rate", rate_->currentData()},
                   {"study", toJson(analysis_->study()).toVariantMap()}};
  if (document_.circuit().synapses.empty()) return kept;
  const std::string text = synapse::circuit_text(document_.circuit(), document_.drawn().layout);
  if (text.size() > kMostRemembered) return kept;
  kept["circuit"] = QString::fromStdString(text);
  kept["path"] = document_.path();
  kept["saved"] = !document_.modified();
  return kept;
}

// What was not saved is there again, as it was left.
void CircuitPage::remember(const QVariantMap& kept) {
  if (const int rate = rate_->findData(kept.value("rate")); rate >= 0) {
    rate_->setCurrentIndex(rate);
    player_.setRate(rate_->currentData().toInt());
  }
  clamp_->setChecked(kept.value("clamped").toBool());
  auto drawn =
      synapse::parse_drawn_circuit(kept.value("circuit").toString().toStdString(), "synann-studio.ini");
  const bool saved = kept.value("saved", true).toBool();
  if (drawn && show(tr("go on"), std::move(*drawn), kept.value("path").toString(), saved) && saved)
    document_.undoStack().clear();
  // What is chosen is of the circuit.
  if (const QVariantMap study = kept.value("study").toMap(); !study.isEmpty())
    analysis_->choose(circuitStudyFromJson(QJsonObject::fromVariantMap(study)));
}

QString CircuitPage::figureName() const {
  return deck_->figureName();
}

Result<ShownFigure> CircuitPage::shownFigure() const {
  return deck_->shown(toJson({.drawn = document_.drawn(),
                              .step = player_.values().step,
                              .clamped = player_.clamped(),
                              .figure = figureName(),
                              .study = analysis_->study()}));
}

Status CircuitPage::restoreView(const QJsonObject& json) {
  auto moment = circuitMomentFromJson(json);
  if (!moment) return moment.error();
  clamp_->setChecked(moment->clamped);
  if (auto shown = show(tr("open figure"), std::move(moment->drawn), {}, false); !shown) return shown;
  player_.goTo(moment->step);
  analysis_->choose(moment->study);
  deck_->choose(moment->figure);
  if (moment->figure == QLatin1String("circuit-fit")) analysis_->startFit();
  showFigures();
  return {};
}

Page::Claim CircuitPage::claims(const QString& path) const {
  QFile file(path);
  if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly)) return Claim::None;
  if (file.read(kHeadOfCircuit).contains("\"synann-circuit-")) return Claim::Always;
  return analysis_->claims(path);
}

Status CircuitPage::openFile(const QString& file) {
  if (claims(file) == Claim::WhileShown) return analysis_->openTargets(file);
  const Status opened = document_.open(file);
  if (!opened) return opened;
  player_.reset();
  view_->fitAll();
  tell(tr("%1 is open; Undo brings the circuit before it back.").arg(QFileInfo(file).fileName()));
  return {};
}

Status CircuitPage::show(const QString& text, synapse::DrawnCircuit other, const QString& path, bool saved) {
  if (auto shown = document_.replace(text, std::move(other), path, saved); !shown) return shown;
  player_.reset();
  view_->fitAll();
  return {};
}

void CircuitPage::openExample(const QString& id) {
  const synapse::CircuitExample* example = synapse::circuit_example(id.toStdString());
  if (example == nullptr) return;
  const Status shown = show(tr("open example"), {.circuit = example->make()}, {}, true);
  if (!shown) return fail(shown.error());
  tell(
      QStringLiteral("%1: %2").arg(QString::fromUtf8(example->title.data(), qsizetype(example->title.size())),
                                   QString::fromUtf8(example->help.data(), qsizetype(example->help.size()))));
}

void CircuitPage::begin() {
  const Status shown = show(tr("new circuit"), {}, {}, true);
  if (!shown) return fail(shown.error());
  tell(tr("An empty circuit: S adds a synapse, I an input; Undo brings the circuit before it back."));
}

void CircuitPage::openUnit() {
  const SynapseFramePtr& frame = workspace_.source().frame();
  if (!frame || !frame->error.empty())
    return emit failed(tr("There is no unit yet: train, or open a run, then choose a row of β."));
  if (frame->x.empty())
    return emit failed(
        tr("The inputs x of this image are not known at this step: choose a step at which the "
           "whole network is recorded, such as the last one."));
  const auto n = static_cast<std::size_t>(frame->n());
  const auto i = static_cast<std::size_t>(std::clamp(workspace_.selection().cell().i, 0, frame->n() - 1));
  auto row = synapse::circuit_of_row(std::span<const float>(frame->parameters.beta).subspan(i * n, n),
                                     static_cast<double>(frame->parameters.alpha[i]), i, frame->x);
  if (!row) return fail(row.error());
  row->name = tr("unit %1 of %2").arg(i).arg(QString::fromStdString(frame->layer.name)).toStdString();
  const Status shown = show(tr("open unit"), {.circuit = std::move(*row)}, {}, false);
  if (!shown) return fail(shown.error());
  emit askedFor();
  tell(tr("Unit %1 as a chain: α x_i Π_j (1 − β_j x_j), test image %2.")
           .arg(i)
           .arg(workspace_.selection().image()));
}

void CircuitPage::openDialog() {
  const QString folder = QFileInfo(document_.path()).absolutePath();
  const QString file = QFileDialog::getOpenFileName(this, tr("Open a circuit"), folder, circuitFilter());
  if (file.isEmpty()) return;
  const Status done = openFile(file);
  if (!done) return fail(done.error());
  emit opened(file);
}

void CircuitPage::save(bool as) {
  QString path = document_.path();
  if (as || path.isEmpty()) {
    const QString name = QString::fromStdString(document_.circuit().name);
    const QString wish =
        path.isEmpty() ? (name.isEmpty() ? QStringLiteral("circuit") : name) + ".json" : path;
    QFileDialog dialog(this, tr("Save the circuit"), wish, circuitFilter());
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(QStringLiteral("json"));  // before it asks whether to replace a file
    if (dialog.exec() != QDialog::Accepted) return;
    path = dialog.selectedFiles().constFirst();
  }
  saveTo(path);
}

bool CircuitPage::saveTo(const QString& path) {
  const Status saved = document_.save(path);
  if (!saved) {
    fail(saved.error());
    return false;
  }
  emit opened(path);
  tell(tr("Saved %1.").arg(path));
  return true;
}

void CircuitPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  if (std::exchange(kept_playing_, false)) player_.setPlaying(true);
  updateActions();
  showFigures();
}

// A hidden page does no work.
void CircuitPage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
  kept_playing_ = player_.playing();
  player_.pause();
  analysis_->follow(false);
  updateActions();
}

void CircuitPage::documentChanged() {
  setRemark({});  // of the circuit before
  view_->setDrawn(document_.drawn());
  analysis_->setCircuit(player_.clamped());
  player_.setCircuit(document_.circuit());
  updateActions();
  emit exportableChanged();
  emit rememberWanted();
}

void CircuitPage::stepped() {
  view_->setValues(player_.values());
  showFigures();
  showCurrent();
}

QString CircuitPage::circuitWords() const {
  const QString words = tr("%1 inputs, %2 synapses")
                            .arg(document_.circuit().inputs.size())
                            .arg(document_.circuit().synapses.size());
  return document_.modified() ? tr("%1 · not saved").arg(words) : words;
}

void CircuitPage::showCurrent() {
  const CircuitItem& item = view_->current();
  const CircuitGraph& graph = view_->scene().graph();
  const int node = item.kind == CircuitItem::Kind::Wire   ? graph.wire(item.number).to
                   : item.kind == CircuitItem::Kind::Node ? item.number
                   : view_->chosen().size() == 1          ? *view_->chosen().begin()
                                                          : -1;
  const std::string name = node < 0 ? std::string() : graph.name(node);
  if (panel_->name() != name) {
    panel_->show(name);
    // Of what scrolls; never lower again, so that the tabs below stay where they are.
    QWidget* const room = panel_->parentWidget()->parentWidget();
    room->setMaximumHeight(std::max(room->maximumHeight(), panel_->sizeHint().height()));
  }
  const QString step = tr("step %1").arg(player_.values().step);
  const QString words = item                         ? itemText(view_->scene(), item)
                        : view_->chosen().size() > 1 ? tr("%1 chosen").arg(view_->chosen().size())
                                                     : circuitWords();
  numbers()->setText(step + QStringLiteral(" · ") + words);
}

// Where it comes to rest from here on.
void CircuitPage::settle() {
  player_.pause();
  const CircuitValues now = player_.values();
  analysis_->settle(now.shown, now.step);
}

void CircuitPage::showFigures() {
  analysis_->follow(isVisible());
  if (!isVisible() && deck_->figureName() == kCircuitFigures[0]) return;
  if (deck_->wanted(trace_)) trace_->setFigure(traceFigure(document_.circuit(), player_.history()));
  const synapse::Circuit& circuit = document_.circuit();
  const bool clamped = player_.clamped();
  if (deck_->wanted(truth_) && (truth_of_.second != clamped || truth_of_.first != circuit)) {
    truth_of_ = {circuit, clamped};
    QString why;
    truth_->setFigure(truthFigure(circuit, clamped, why));
    if (!why.isEmpty()) truth_->setPlaceholder(why);
  }
  deck_->showTable();
}

// In the page and to a screen reader.
void CircuitPage::tell(const QString& sentence) {
  setRemark(sentence);
  QAccessibleEvent alert(findChild<QLabel*>("circuit.note"), QAccessible::Alert);
  QAccessible::updateAccessibility(&alert);
}

void CircuitPage::fail(const Error& error) {
  emit failed(QString::fromStdString(error.sentence()));
}

}  // namespace synann::ui
