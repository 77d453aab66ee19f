// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/synapse/circuit_fit.h"
#include "engine/synapse/circuit_targets.h"
#include "ui/pages/circuit/circuit_study.h"
#include "ui/pages/circuit/circuit_tab.h"
#include "ui/pages/circuit/circuit_worker.h"

class QLabel;
class QLineEdit;
class QToolButton;

namespace synann::ui {

class CircuitTargetTable;

// Fits α and β to a table of targets: two tabs, of what is wanted and of how it goes. A fit is of the circuit
// as it was when it began, goes on while the circuit is edited or another page is shown, and changes nothing
// until it is applied. Lives in the window's thread.
class CircuitFitTab : public CircuitTab {
  Q_OBJECT

 public:
  static constexpr int kMostSnapshots = 30;  // a second

  CircuitFitTab(FigureDeck& deck, QWidget* parent);

  void addTo(FigureDeck& deck) override;
  void setCircuit(const CircuitPtr& circuit, bool clamped) override;
  CircuitStudy::Fit choice() const;
  void choose(const CircuitStudy::Fit& choice);
  CircuitTargetTable* targets() const { return targets_; }
  Status openTargets(const QString& path);
  void start();
  void stop();
  bool running() const { return worker_.running(); }
  // As far as it is; the best numbers once it has ended.
  const std::shared_ptr<const synapse::CircuitFit>& found() const { return found_; }

 signals:
  void applyWanted();

 protected:
  void ask() override;     // a person starts it; what was found while nobody looked is drawn
  bool giveUp() override;  // and a person stops it: hidden, it goes on and is not drawn

 private:
  struct Query {
    CircuitPtr circuit;
    synapse::CircuitTargets targets;
    synapse::FitOptions options;
  };
  using Worker = CircuitWorker<Query, synapse::CircuitFit>;
  static void compute(const Query& query, const synapse::CircuitProgress& progress,
                      const std::stop_token& stop, const Worker::Tell& tell);
  void makeOptions();
  void take(const Worker::Found& found, bool last);
  void draw();
  void update();
  QString summary() const;
  QStringList learned() const;

  CircuitTargetTable* targets_;
  CalmSpinBox* steps_;
  CalmSpinBox* iterations_;
  ExactBox* rate_;
  QComboBox* optimiser_;
  QComboBox* constraint_;
  QLineEdit* train_;
  QToolButton* start_;
  QToolButton* apply_;
  QLabel* words_;
  CircuitPtr fitted_;  // the circuit of the fit
  int wanted_ = 0;     // iterations of it
  std::shared_ptr<const synapse::CircuitFit> found_;
  bool ended_ = false;
  bool seen_ = false;  // whether what is found is drawn
  Worker worker_;
};

}  // namespace synann::ui
