// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/circuit/circuit_study.h"
#include "ui/pages/circuit/circuit_tab.h"
#include "ui/pages/circuit/circuit_worker.h"

namespace synann::ui {

class BusyRow;

// One synapse against another over the steps, from their starts on. Lives in the window's thread.
class CircuitPhaseTab : public CircuitTab {
  Q_OBJECT

 public:
  CircuitPhaseTab(FigureDeck& deck, QWidget* parent);

  void addTo(FigureDeck& deck) override;
  void setCircuit(const CircuitPtr& circuit, bool clamped) override;
  const CircuitStudy::Phase& choice() const { return choice_; }
  void choose(const CircuitStudy::Phase& choice);

 protected:
  void ask() override;
  bool giveUp() override;

 private:
  struct Query {
    CircuitPtr circuit;
    int steps = 1;
    bool clamped = false;
  };
  void showChoice();
  void take();
  void draw();

  CircuitStudy::Phase choice_;
  QComboBox* across_;
  QComboBox* up_;
  CalmSpinBox* steps_;
  BusyRow* busy_;
  std::shared_ptr<const PhaseFound> found_;
  CircuitWorker<Query, PhaseFound> worker_;
};

}  // namespace synann::ui
