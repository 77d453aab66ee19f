// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <QObject>
#include <QTimer>

#include "engine/synapse/circuit.h"
#include "ui/pages/circuit/circuit_scene.h"

namespace synann::ui {

// Runs a circuit in small pieces, so that the window never waits: step by step, or by itself at a rate. An
// edit keeps the state and evaluates the step anew. What is shown is step 1 at least: of a circuit without
// feedback that is all there is. Lives in the window's thread.
class CircuitPlayer : public QObject {
  Q_OBJECT

 public:
  static constexpr std::size_t kMostSteps = 2000;      // of the history, the latest
  static constexpr qint64 kMostReplayed = 50'000'000;  // values of synapses
  static constexpr qint64 kMostPassed = 200'000;       // the same of passTo()
  static constexpr std::size_t kMostTraced = 12;       // synapses, where none are outputs

  explicit CircuitPlayer(QObject* parent = nullptr);

  // Another state of the circuit; synapses that are still there go on where they were.
  void setCircuit(const synapse::Circuit& circuit);
  void setClamped(bool clamped);
  bool clamped() const { return clamped_; }
  void step();
  // Steps on to this step, or as far as kMostReplayed allows; told once.
  void goTo(qint64 step);
  void reset();
  void setPlaying(bool playing);
  bool playing() const { return timer_.isActive(); }
  void setRate(int steps_per_second);
  void pause();
  // As if it had come to this step, with these values of its synapses before it; playing ends.
  void place(std::vector<double> before, qint64 step);
  // Steps on to a later step, which keeps the history whole, where that is kMostPassed values at most;
  // whether it did. Playing ends.
  bool passTo(qint64 step);

  CircuitValues values() const;
  // The values of the traced synapses at the latest steps, and which step the first of them is.
  struct History {
    std::vector<std::string> names;
    std::deque<std::vector<double>> values;  // [steps][names]
    qint64 first = 1;
  };
  const History& history() const { return history_; }

 signals:
  void stepped();
  void playingChanged();  // began or ended

 private:
  void advance();
  void evaluate();
  void tick();
  void record();
  void chooseTraced(const synapse::Circuit& circuit);

  std::optional<synapse::CircuitRun> run_;
  std::vector<std::string> names_;  // of the synapses
  std::vector<double> before_;      // [synapses] the state before the step that is shown
  std::vector<double> starts_;      // [synapses]
  std::vector<std::size_t> traced_;
  History history_;
  QTimer timer_;
  qint64 step_ = 0;
  int rate_ = 5;
  bool clamped_ = false, remembers_ = false;  // whether a wire takes what was one step before
};

}  // namespace synann::ui
