// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "ui/session/device_probe.h"
#include "ui/session/run_marks.h"
#include "ui/session/run_plan.h"
#include "ui/session/selection.h"
#include "ui/session/synapse_source.h"
#include "ui/session/training_controller.h"

namespace synann::ui {

// What all pages and panels work on: the run that trains or was opened, the settings of the next one, what is
// selected, and what the synapse pages look at. A page needs nothing else, so it can be tried alone. Lives in
// the window's thread.
class Workspace : public QObject {
  Q_OBJECT

 public:
  explicit Workspace(QObject* parent = nullptr) : QObject(parent) {}

  TrainingController& controller() { return controller_; }
  const TrainingController& controller() const { return controller_; }
  RunPlan& plan() { return plan_; }
  Selection& selection() { return selection_; }
  SynapseSource& source() { return source_; }
  const RunMarks& marks() const { return marks_; }
  DeviceProbe& probe() { return probe_; }

 private:
  TrainingController controller_;  // first: everything else follows it
  RunPlan plan_{controller_};
  Selection selection_;
  SynapseSource source_{controller_, selection_};
  RunMarks marks_{controller_};
  DeviceProbe probe_;
};

}  // namespace synann::ui
