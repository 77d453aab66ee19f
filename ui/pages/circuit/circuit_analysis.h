// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QObject>
#include <QStringList>

#include "engine/synapse/circuit_trace.h"
#include "ui/pages/circuit/circuit_study.h"
#include "ui/pages/circuit/circuit_tab.h"
#include "ui/pages/circuit/circuit_worker.h"
#include "ui/pages/page.h"

namespace synann::ui {

class CircuitBifurcationTab;
class BusyRow;
class CircuitDocument;
class CircuitFitTab;
class CircuitLatchTab;
class CircuitPhaseTab;

// What the Circuit page finds out about its circuit on other threads: where it comes to rest, the phase
// portrait, the bifurcation diagram, the map of the latch, and the fit. Lives in the window's thread.
class CircuitAnalysis : public QObject {
  Q_OBJECT

 public:
  static constexpr std::int64_t kMostSettleSteps = 1'000'000;

  // Deck and document must outlive it; `page` owns what is made.
  CircuitAnalysis(FigureDeck& deck, CircuitDocument& document, QWidget* page);
  ~CircuitAnalysis() override;

  void addTabs();                   // of the deck
  QWidget* settleRow() const;       // how far the settling is
  void setCircuit(bool clamped);    // the document's is another one, or is clamped
  void follow(bool page_is_shown);  // finds what is seen; a hidden page finds nothing

  // Where the circuit comes to rest from these values of its synapses on, `steps` after its starts.
  void settle(const std::vector<double>& values, std::int64_t steps);
  void stopSettling();
  bool settling() const { return settle_.running(); }

  CircuitStudy study() const;
  void choose(const CircuitStudy& study);
  Page::Claim claims(const QString& file) const;  // of a file of targets
  Status openTargets(const QString& file);
  void startFit();

  CircuitPhaseTab& phase() { return *phase_; }
  CircuitBifurcationTab& bifurcation() { return *bifurcation_; }
  CircuitLatchTab& latch() { return *latch_; }
  CircuitFitTab& fit() { return *fit_; }

 signals:
  void figuresChanged();
  void told(const QString& sentence);
  void failed(const QString& sentence);
  void studyChanged();     // a choice
  void settlingChanged();  // began or ended
  // It came to rest, or not, after so many steps from the starts: these are the values before the last step.
  void settled(const std::vector<double>& before, qint64 step, const QString& words);

 private:
  struct SettleQuery {
    synapse::Circuit circuit;
    bool clamped = false;
  };
  void setLatch(double self, double cross);
  void apply();
  void takeSettled(const Result<std::shared_ptr<const synapse::Settled>>& found);
  std::vector<CircuitTab*> tabs() const;

  FigureDeck& deck_;
  CircuitDocument& document_;
  CircuitPhaseTab* phase_;
  CircuitBifurcationTab* bifurcation_;
  CircuitLatchTab* latch_;
  CircuitFitTab* fit_;
  BusyRow* settle_row_;
  CircuitPtr circuit_;  // as it was told last
  bool clamped_ = false;
  std::int64_t settle_from_ = 0;  // steps before it
  CircuitWorker<SettleQuery, synapse::Settled> settle_;
};

}  // namespace synann::ui
