// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/circuit/circuit_study.h"
#include "ui/pages/circuit/circuit_tab.h"
#include "ui/pages/circuit/circuit_worker.h"

class QLabel;

namespace synann::ui {

class BusyRow;

// Where a latch remembers, over its two β; of circuits that have its form alone. A place that is chosen on
// the map is wanted for the circuit. Lives in the window's thread.
class CircuitLatchTab : public CircuitTab {
  Q_OBJECT

 public:
  CircuitLatchTab(FigureDeck& deck, QWidget* parent);

  void addTo(FigureDeck& deck) override;
  void setCircuit(const CircuitPtr& circuit, bool clamped) override;
  const std::optional<synapse::LatchForm>& form() const { return form_; }

 signals:
  void placeWanted(double self, double cross);

 protected:
  void ask() override;
  bool giveUp() override;

 private:
  void draw();

  FigureDeck& deck_;
  QLabel* words_;
  BusyRow* busy_;
  std::optional<synapse::LatchForm> form_;
  std::optional<synapse::LatchMapPlan> asked_;
  std::shared_ptr<const synapse::LatchMap> found_;
  CircuitWorker<synapse::LatchMapPlan, synapse::LatchMap> worker_;
};

}  // namespace synann::ui
