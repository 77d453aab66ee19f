// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_document.h"

#include <utility>

#include <QFileInfo>
#include <QUndoCommand>

#include "ui/pages/circuit/circuit_edit.h"
#include "ui/pages/circuit/circuit_layout.h"

namespace synann::ui {

// The circuit before and after: simple, and right whatever the edit was.
class CircuitDocument::Command : public QUndoCommand {
 public:
  Command(CircuitDocument& document, const QString& text, State after, const QString& merge)
      : QUndoCommand(text),
        document_(document),
        before_(document.state_),
        after_(std::move(after)),
        merge_(merge) {}

  void undo() override {
    if (kept()) document_.take(before_);
  }
  void redo() override { document_.take(after_); }
  int id() const override { return merge_.isEmpty() ? -1 : 1; }
  bool mergeWith(const QUndoCommand* next) override {
    const auto* other = static_cast<const Command*>(next);
    if (other->merge_ != merge_) return false;
    after_ = other->after_;
    return true;
  }

  bool kept() const { return before_.drawn != nullptr; }
  std::size_t parts() const {
    return kept() ? before_.drawn->circuit.inputs.size() + before_.drawn->circuit.synapses.size() : 0;
  }
  // It can be neither undone nor, therefore, redone.
  void forget() {
    before_.drawn.reset();
    after_.drawn.reset();
  }

 private:
  CircuitDocument& document_;
  State before_, after_;
  QString merge_;
};

CircuitDocument::CircuitDocument(QObject* parent)
    : QObject(parent), state_{std::make_shared<const synapse::DrawnCircuit>(), std::make_shared<QString>()} {
  undo_.setUndoLimit(kMostUndone);
}

// The stack tells of its clearing while it goes, when nothing else is there any more.
CircuitDocument::~CircuitDocument() {
  undo_.disconnect();
}

const CircuitDocument::Command* CircuitDocument::command(int index) const {
  return static_cast<const Command*>(undo_.command(index));
}

bool CircuitDocument::canUndo() const {
  return undo_.index() > 0 && command(undo_.index() - 1)->kept();
}

void CircuitDocument::push(const QString& text, State next, const QString& merge) {
  undo_.push(new Command(*this, text, std::move(next), merge));
  forgetOldest();
}

// Two hundred copies of a circuit of 100,000 synapses would need more memory than there is. What an edit made
// is what the next one found, so that each state counts once.
void CircuitDocument::forgetOldest() {
  std::size_t parts = 0;
  for (int k = undo_.count() - 1; k >= 0; --k) {
    parts += command(k)->parts();
    // The stack gives no other way to its commands; they are this document's own.
    if (parts > kMostKeptParts && k + 1 < undo_.count()) const_cast<Command*>(command(k))->forget();
  }
}

void CircuitDocument::take(const State& state) {
  state_ = state;
  emit changed();
}

Status CircuitDocument::check(const synapse::DrawnCircuit& drawn) {
  if (drawn.circuit.synapses.empty()) return {};
  const auto run = synapse::CircuitRun::create(drawn.circuit);
  return run ? Status() : Status(run.error());
}

Status CircuitDocument::edit(const QString& text, synapse::DrawnCircuit after, const QString& merge) {
  if (after == drawn()) return {};
  if (auto fits = check(after); !fits) return fits;
  State next{std::make_shared<const synapse::DrawnCircuit>(std::move(after)), state_.path};
  push(text, std::move(next), merge);
  return {};
}

Status CircuitDocument::wire(const std::string& from, const std::string& to, bool inhibitory, bool previous,
                             QString* note) {
  if (!previous && closesCycle(circuit(), from, to)) {
    previous = true;
    if (note != nullptr)
      *note = tr("A wire from %1 to %2 closes a cycle: it takes the value of the step before.")
                  .arg(QString::fromStdString(from), QString::fromStdString(to));
  }
  synapse::DrawnCircuit after = drawn();
  setSource(after, to, inhibitory, sourceOf(circuit(), from, previous));
  return edit(tr("wire %1 to %2").arg(QString::fromStdString(from), QString::fromStdString(to)),
              std::move(after));
}

Status CircuitDocument::replace(const QString& text, synapse::DrawnCircuit other, const QString& path,
                                bool saved) {
  if (auto fits = check(other); !fits) return fits;
  // Everything stands somewhere from the beginning, so that no edit moves what it does not concern.
  if (other.layout.size() < other.circuit.inputs.size() + other.circuit.synapses.size())
    other.layout.merge(layOutCircuit(other.circuit));
  State next{std::make_shared<const synapse::DrawnCircuit>(std::move(other)),
             std::make_shared<QString>(path)};
  push(text, std::move(next), {});
  if (saved) undo_.setClean();
  return {};
}

Status CircuitDocument::open(const QString& path) {
  auto read = synapse::read_drawn_circuit(path.toStdString());
  if (!read) return read.error();
  return replace(tr("open %1").arg(QFileInfo(path).fileName()), std::move(*read), path, true);
}

Status CircuitDocument::save(const QString& path) {
  if (circuit().synapses.empty())
    return input_error(path.toStdString(), "a circuit without synapses cannot be saved", "add one first");
  const Status saved = synapse::write_circuit(path.toStdString(), drawn());
  if (!saved) return saved;
  *state_.path = path;
  undo_.setClean();
  emit changed();
  return {};
}

}  // namespace synann::ui
