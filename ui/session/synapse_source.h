// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QSet>

#include "ui/session/selection.h"
#include "ui/session/synapse_worker.h"
#include "ui/session/training_controller.h"

namespace synann::ui {

// What the pages about synapses look at: follows run, training and selection, and hands out one frame after
// the other. Costs nothing while no page is shown. Lives in the window's thread.
class SynapseSource : public QObject {
  Q_OBJECT

 public:
  // Both must outlive it.
  SynapseSource(TrainingController& controller, Selection& selection, QObject* parent = nullptr);

  Selection& selection() const { return selection_; }
  const SynapseFramePtr& frame() const { return frame_; }  // null before the first
  const data::DataPairPtr& data() const { return data_; }
  std::filesystem::path run() const { return controller_.runFolder(); }  // empty while there is none
  const train::SynapseQuery& options() const { return options_; }

  // Lens, comparison, orders and gradient of the next questions; its other fields are not looked at.
  void setOptions(const train::SynapseQuery& options);
  // A page is shown or hidden.
  void setShown(QObject* page, bool shown);
  // A page that is shown needs x of the images of every class (train::SynapseQuery::samples), or no longer.
  void setSamplesWanted(QObject* page, bool wanted);
  // A page that is shown needs all numbers of the network (train::SynapseQuery::network), or no longer.
  void setNetworkWanted(QObject* page, bool wanted);
  bool busy() const { return worker_.busy(); }  // an answer is still to come
  bool active() const { return !shown_.isEmpty(); }
  // The last recorded step at or before this one at which what is shown can be known: a lens needs the inputs
  // x, so the whole network. The step itself where that makes no difference.
  std::int64_t knownStep(std::int64_t steps) const;

 signals:
  void frameChanged(const synann::ui::SynapseFramePtr& frame);
  void dataChanged();

 private:
  void take(const Snapshot& snapshot);
  void runChanged();
  void ask();
  void openData();
  void answered(const SynapseFramePtr& frame);
  void requestLater();

  TrainingController& controller_;
  Selection& selection_;
  SynapseWorker worker_;
  train::SynapseQuery options_;
  data::DataPairPtr data_;
  std::string wanted_data_;  // of the run at hand; empty = whatever is open
  std::shared_ptr<const train::Weights> live_;
  SynapseFramePtr frame_;
  static bool include(QSet<QObject*>& pages, QObject* page, bool wanted);
  QSet<QObject*> shown_, want_samples_, want_network_;
  QElapsedTimer since_ask_;
  std::uint64_t opened_ = 1;
};

}  // namespace synann::ui
