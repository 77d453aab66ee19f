// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/circuit/circuit_study.h"
#include "ui/pages/circuit/circuit_tab.h"
#include "ui/pages/circuit/circuit_worker.h"

class QDoubleSpinBox;

namespace synann::ui {

class BusyRow;

// Where a circuit ends up over one of its numbers. Lives in the window's thread.
class CircuitBifurcationTab : public CircuitTab {
  Q_OBJECT

 public:
  CircuitBifurcationTab(FigureDeck& deck, QWidget* parent);

  void addTo(FigureDeck& deck) override;
  void setCircuit(const CircuitPtr& circuit, bool clamped) override;
  const CircuitStudy::Bifurcation& choice() const { return choice_; }
  void choose(const CircuitStudy::Bifurcation& choice);

 protected:
  void ask() override;
  bool giveUp() override;

 private:
  struct Query {
    CircuitPtr circuit;
    synapse::BifurcationPlan plan;
    bool operator==(const Query& other) const;
  };
  // What the diagram is made of: the value that the circuit itself has is no part of it.
  Query query() const;
  QList<QDoubleSpinBox*> boxes() const;
  void showChoice();
  void takeParameters();
  void take();
  void look();
  void draw();

  CircuitStudy::Bifurcation choice_;
  QComboBox* parameters_;
  QComboBox* of_;
  ExactBox* from_;
  ExactBox* to_;
  CalmSpinBox* points_;
  CalmSpinBox* drop_;
  CalmSpinBox* keep_;
  BusyRow* busy_;
  Query asked_;
  std::shared_ptr<const synapse::Bifurcation> found_;
  CircuitWorker<Query, synapse::Bifurcation> worker_;
};

}  // namespace synann::ui
