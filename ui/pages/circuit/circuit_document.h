// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QObject>
#include <QString>
#include <QUndoStack>

#include "engine/core/result.h"
#include "engine/synapse/circuit_file.h"

namespace synann::ui {

// The circuit that is being edited, where its symbols stand, and all that was done to it. Opening another one
// is an edit too, so that nothing is lost by it. What it holds can be run, or has no synapses yet. Knows no
// widget; lives in the window's thread.
class CircuitDocument : public QObject {
  Q_OBJECT

 public:
  static constexpr int kMostUndone = 200;                 // edits
  static constexpr std::size_t kMostKeptParts = 500'000;  // inputs and synapses of all that can be undone

  explicit CircuitDocument(QObject* parent = nullptr);
  ~CircuitDocument() override;

  const synapse::DrawnCircuit& drawn() const { return *state_.drawn; }
  const synapse::Circuit& circuit() const { return state_.drawn->circuit; }
  bool empty() const { return circuit().synapses.empty() && circuit().inputs.empty(); }
  QUndoStack& undoStack() { return undo_; }
  // Whether the last edit can be taken back: of a large circuit fewer are kept than kMostUndone.
  bool canUndo() const;
  // The file it was opened from or saved in; empty: none.
  const QString& path() const { return *state_.path; }
  bool modified() const { return !undo_.isClean(); }

  // One edit, which `text` names in the menu. Edits of the same `merge` that follow each other are undone
  // together; empty: by itself. Errors: a circuit that cannot be run; then nothing has changed.
  Status edit(const QString& text, synapse::DrawnCircuit after, const QString& merge = {});
  // Feeds a port of a synapse from an input or synapse. A wire that would close a cycle becomes one of the
  // step before, which `note` then says.
  Status wire(const std::string& from, const std::string& to, bool inhibitory, bool previous, QString* note);
  // Puts another circuit in its place; it counts as saved where it has a path or is an example.
  Status replace(const QString& text, synapse::DrawnCircuit other, const QString& path, bool saved);
  Status open(const QString& path);
  // Errors: there are no synapses; what the disk says.
  Status save(const QString& path);

 signals:
  void changed();  // circuit, layout or path

 private:
  class Command;
  // All states since a circuit was opened share its path: what was saved under another name stays so when it
  // is undone.
  struct State {
    std::shared_ptr<const synapse::DrawnCircuit> drawn;
    std::shared_ptr<QString> path;
  };
  void take(const State& state);
  void push(const QString& text, State next, const QString& merge);
  const Command* command(int index) const;
  void forgetOldest();
  static Status check(const synapse::DrawnCircuit& drawn);

  QUndoStack undo_;
  State state_;
};

}  // namespace synann::ui
