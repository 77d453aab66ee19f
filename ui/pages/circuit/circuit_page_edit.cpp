// SPDX-License-Identifier: GPL-3.0-or-later
// What the Circuit page does to its document.
#include <QClipboard>
#include <QGuiApplication>

#include "ui/pages/circuit/circuit_edit.h"
#include "ui/pages/circuit/circuit_layout.h"
#include "ui/pages/circuit/circuit_page.h"
#include "ui/pages/circuit/circuit_view.h"

namespace synann::ui {

namespace {
constexpr double kPasteShift = 32;  // pixels, down and to the right
}  // namespace

void CircuitPage::commit(const QString& text, synapse::DrawnCircuit after) {
  if (const Status done = document_.edit(text, std::move(after)); !done) fail(done.error());
}

// With every symbol where it is seen: what was arranged by itself stays where it is from now on.
void CircuitPage::takeLayout() {
  synapse::DrawnCircuit after = document_.drawn();
  after.layout = view_->scene().layout();
  commit(tr("move"), std::move(after));
}

void CircuitPage::add(bool input) {
  synapse::DrawnCircuit after = document_.drawn();
  after.layout = view_->scene().layout();
  const QPointF at = view_->freePlace(input);
  const synapse::CircuitPlace place{at.x(), at.y()};
  const std::string name = input ? addInput(after, place) : addSynapse(after, place);
  commit(input ? tr("add input") : tr("add synapse"), std::move(after));
  view_->choose({name});
}

std::set<std::string> CircuitPage::chosen() const {
  std::set<std::string> names = view_->chosenNames();
  const CircuitItem& item = view_->current();
  if (names.empty() && item.kind == CircuitItem::Kind::Node)
    names = {view_->scene().graph().name(item.number)};
  return names;
}

// What is chosen; a wire gives way to a constant.
void CircuitPage::removeChosen() {
  synapse::DrawnCircuit after = document_.drawn();
  after.layout = view_->scene().layout();
  const CircuitItem item = view_->current();
  if (item.kind == CircuitItem::Kind::Wire) {
    const CircuitWire& wire = view_->scene().graph().wire(item.number);
    if (wire.from < 0) return;
    setSource(after, view_->scene().graph().name(wire.to), wire.inhibitory,
              {.kind = synapse::SourceKind::Constant, .value = wire.inhibitory ? 0.0 : 1.0});
    return commit(tr("remove wire"), std::move(after));
  }
  const std::set<std::string> names = chosen();
  if (names.empty()) return;
  removeParts(after, names);
  commit(tr("remove"), std::move(after));
}

void CircuitPage::copy() {
  const std::set<std::string> names = chosen();
  if (names.empty()) return;
  synapse::DrawnCircuit shown = document_.drawn();
  shown.layout = view_->scene().layout();
  copied_ = partOf(shown, names, false);
  const synapse::DrawnCircuit whole = partOf(shown, names, true);
  copied_text_ = QString::fromStdString(synapse::circuit_text(whole.circuit, whole.layout));
  QGuiApplication::clipboard()->setText(copied_text_);
}

void CircuitPage::paste() {
  const QString text = QGuiApplication::clipboard()->text();
  synapse::DrawnCircuit part = copied_;
  if (text != copied_text_ || text.isEmpty()) {
    auto read = synapse::parse_drawn_circuit(text.toStdString(), "the clipboard");
    if (!read) return fail(read.error());
    part = std::move(*read);
    if (part.layout.empty()) part.layout = layOutCircuit(part.circuit);
  }
  synapse::DrawnCircuit after = document_.drawn();
  after.layout = view_->scene().layout();
  const std::set<std::string> names = putPart(after, part, kPasteShift, kPasteShift);
  commit(tr("paste"), std::move(after));
  view_->choose(names);
}

void CircuitPage::duplicate() {
  synapse::DrawnCircuit after = document_.drawn();
  after.layout = view_->scene().layout();
  const synapse::DrawnCircuit part = partOf(after, chosen(), false);
  if (part.circuit.inputs.empty() && part.circuit.synapses.empty()) return;
  const std::set<std::string> names = putPart(after, part, kPasteShift, kPasteShift);
  commit(tr("duplicate"), std::move(after));
  view_->choose(names);
}

void CircuitPage::arrange() {
  synapse::DrawnCircuit after = document_.drawn();
  after.layout = layOutCircuit(after.circuit);
  commit(tr("arrange"), std::move(after));
  view_->fitAll();
}

void CircuitPage::wire(int from, int wire, bool previous) {
  const CircuitGraph& graph = view_->scene().graph();
  const CircuitWire& to = graph.wire(wire);
  const std::string source = graph.name(from), synapse = graph.name(to.to);
  QString note;
  const Status done = document_.wire(source, synapse, to.inhibitory, previous && !graph.isInput(from), &note);
  if (!done) return fail(done.error());
  tell(note.isEmpty()
           ? tr("%1 is wired to %2.").arg(QString::fromStdString(source), QString::fromStdString(synapse))
           : note);
}

}  // namespace synann::ui
