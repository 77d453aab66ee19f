// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_editor.h"

#include <algorithm>

#include <QClipboard>
#include <QGuiApplication>

#include "ui/pages/circuit/circuit_edit.h"
#include "ui/pages/circuit/circuit_layout.h"
#include "ui/pages/circuit/circuit_view.h"

namespace synann::ui {

namespace {

constexpr double kPasteShift = 32;  // pixels, down and to the right, where there is no free place
constexpr int kMostShifts = 60;     // places that are tried

// What symbols at these places cover; those of inputs are lower.
QRectF boundsOf(const synapse::CircuitLayout& layout) {
  QRectF all;
  for (const auto& [name, at] : layout) all |= QRectF(at.x, at.y, CircuitSize::kWidth, CircuitSize::kSynapse);
  return all;
}

}  // namespace

CircuitEditor::CircuitEditor(CircuitDocument& document, CircuitView& view, QObject* parent)
    : QObject(parent), document_(document), view_(view) {}

bool CircuitEditor::commit(const QString& text, synapse::DrawnCircuit after) {
  const Status done = document_.edit(text, std::move(after));
  if (!done) emit failed(QString::fromStdString(done.error().sentence()));
  return done.ok();
}

// With every symbol where it is seen: what was arranged by itself stays where it is from now on.
synapse::DrawnCircuit CircuitEditor::asDrawn() const {
  synapse::DrawnCircuit drawn = document_.drawn();
  drawn.layout = view_.scene().layout();
  return drawn;
}

void CircuitEditor::takeLayout() {
  commit(tr("move"), asDrawn());
}

void CircuitEditor::add(bool input) {
  synapse::DrawnCircuit after = asDrawn();
  const QPointF at = view_.freePlace(input);
  const synapse::CircuitPlace place{at.x(), at.y()};
  const std::string name = input ? addInput(after, place) : addSynapse(after, place);
  if (commit(input ? tr("add input") : tr("add synapse"), std::move(after))) view_.choose({name});
}

std::set<std::string> CircuitEditor::chosen() const {
  std::set<std::string> names = view_.chosenNames();
  const CircuitItem& item = view_.current();
  if (names.empty() && item.kind == CircuitItem::Kind::Node)
    names = {view_.scene().graph().name(item.number)};
  return names;
}

void CircuitEditor::remove() {
  synapse::DrawnCircuit after = asDrawn();
  const CircuitItem item = view_.current();
  if (item.kind == CircuitItem::Kind::Wire) {
    const CircuitWire& wire = view_.scene().graph().wire(item.number);
    if (wire.from < 0) return;
    setSource(after, view_.scene().graph().name(wire.to), wire.inhibitory,
              {.kind = synapse::SourceKind::Constant, .value = wire.inhibitory ? 0.0 : 1.0});
    commit(tr("remove wire"), std::move(after));
    return;
  }
  const std::set<std::string> names = chosen();
  if (names.empty()) return;
  removeParts(after, names);
  commit(tr("remove"), std::move(after));
}

void CircuitEditor::copy() {
  const std::set<std::string> names = chosen();
  if (names.empty()) return;
  const synapse::DrawnCircuit shown = asDrawn();
  copied_ = partOf(shown, names, false);
  const synapse::DrawnCircuit whole = partOf(shown, names, true);
  copied_text_ = QString::fromStdString(synapse::circuit_text(whole.circuit, whole.layout));
  QGuiApplication::clipboard()->setText(copied_text_);
}

void CircuitEditor::cut() {
  copy();
  remove();
}

void CircuitEditor::paste() {
  const QString text = QGuiApplication::clipboard()->text();
  if (text == copied_text_ && !text.isEmpty()) return put(tr("paste"), copied_);
  auto read = synapse::parse_drawn_circuit(text.toStdString(), "the clipboard");
  if (!read) {
    emit failed(QString::fromStdString(read.error().sentence()));
    return;
  }
  if (read->layout.empty()) read->layout = layOutCircuit(read->circuit);
  put(tr("paste"), *read);
}

void CircuitEditor::duplicate() {
  const synapse::DrawnCircuit part = partOf(asDrawn(), chosen(), false);
  if (part.circuit.inputs.empty() && part.circuit.synapses.empty()) return;
  put(tr("duplicate"), part);
}

void CircuitEditor::put(const QString& text, const synapse::DrawnCircuit& part) {
  synapse::DrawnCircuit after = asDrawn();
  const QPointF shift = freeShift(part.layout);
  const std::set<std::string> names = putPart(after, part, shift.x(), shift.y());
  if (commit(text, std::move(after))) view_.choose(names);
}

// From where a part stood to the nearest place below it, then beside it, that is free.
QPointF CircuitEditor::freeShift(const synapse::CircuitLayout& part) const {
  const QRectF bounds = boundsOf(part);
  const CircuitScene& scene = view_.scene();
  const double air = CircuitSize::kGap / 2;
  const auto taken = [&](QPointF shift) {
    return !scene.nodesIn(bounds.translated(shift).adjusted(-CircuitSize::kConstant, -air, air, air)).empty();
  };
  const QPointF down(0, 2 * CircuitSize::kGrid), right(2 * CircuitSize::kGrid, 0);
  const auto first = onGrid({0, bounds.height() + air});
  for (int k = 0; k < kMostShifts; ++k) {
    const QPointF below = QPointF(first.x, first.y) + k * down;
    if (!taken(below)) return below;
    const auto aside = onGrid({bounds.width() + CircuitSize::kConstant + air, 0});
    if (const QPointF beside = QPointF(aside.x, aside.y) + k * right; !taken(beside)) return beside;
  }
  return {kPasteShift, kPasteShift};
}

void CircuitEditor::arrange() {
  synapse::DrawnCircuit after = document_.drawn();
  after.layout = layOutCircuit(after.circuit);
  if (commit(tr("arrange"), std::move(after))) view_.fitAll();
}

void CircuitEditor::wire(int from, int wire, bool previous) {
  const CircuitGraph& graph = view_.scene().graph();
  const CircuitWire& to = graph.wire(wire);
  const std::string source = graph.name(from), synapse = graph.name(to.to);
  QString note;
  const Status done = document_.wire(source, synapse, to.inhibitory, previous && !graph.isInput(from), &note);
  if (!done) {
    emit failed(QString::fromStdString(done.error().sentence()));
    return;
  }
  emit told(
      note.isEmpty()
          ? tr("%1 is wired to %2.").arg(QString::fromStdString(source), QString::fromStdString(synapse))
          : note);
}

}  // namespace synann::ui
