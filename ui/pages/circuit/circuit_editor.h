// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <set>
#include <string>

#include <QObject>
#include <QPointF>

#include "ui/pages/circuit/circuit_document.h"

namespace synann::ui {

class CircuitView;

// What a person does to the circuit by menus, keys and the drawing: each an edit of the document that Undo
// takes back. Lives in the window's thread.
class CircuitEditor : public QObject {
  Q_OBJECT

 public:
  // Both must outlive it.
  CircuitEditor(CircuitDocument& document, CircuitView& view, QObject* parent = nullptr);

  // Near the middle of what is seen; it is chosen then.
  void add(bool input);
  // What is chosen; a wire gives way to a constant.
  void remove();
  // To the clipboard, as the text of a circuit that stands alone.
  void copy();
  void cut();
  // What copy() took, with its wires from outside, or any circuit on the clipboard; where nothing stands yet.
  void paste();
  void duplicate();
  // Puts every symbol where the wires cross least.
  void arrange();
  // Takes the symbols as they stand in the drawing.
  void takeLayout();
  // From a node of the drawing to the port that a wire of it enters.
  void wire(int from, int wire, bool previous);

 signals:
  void told(const QString& sentence);
  void failed(const QString& sentence);

 private:
  synapse::DrawnCircuit asDrawn() const;
  std::set<std::string> chosen() const;
  bool commit(const QString& text, synapse::DrawnCircuit after);
  void put(const QString& text, const synapse::DrawnCircuit& part);
  QPointF freeShift(const synapse::CircuitLayout& part) const;

  CircuitDocument& document_;
  CircuitView& view_;
  synapse::DrawnCircuit copied_;  // with its wires from outside, which a clipboard's text cannot have
  QString copied_text_;
};

}  // namespace synann::ui
