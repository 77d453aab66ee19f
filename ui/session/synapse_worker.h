// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QObject>

#include "engine/train/synapse_frame.h"
#include "ui/session/latest_value_worker.h"

namespace synann::ui {

using SynapseFramePtr = std::shared_ptr<const train::SynapseFrame>;

// Answers questions about synapse layers on a thread of its own, so that the window never waits for a file or
// a forward pass. Only the latest question counts, and only the latest answer is told; neither side can flood
// the other. Lives in the window's thread.
class SynapseWorker : public QObject {
  Q_OBJECT

 public:
  explicit SynapseWorker(QObject* parent = nullptr);

  void ask(const train::SynapseQuery& query) { worker_.ask(query); }
  bool busy() const { return worker_.busy(); }  // an answer is still to come

 signals:
  // `frame` answers the question asked last, or one shortly before it.
  void answered(const synann::ui::SynapseFramePtr& frame);
  // The whole run's range is known now: ask again where it matters.
  void rangeKnown();

 private:
  struct Answer {
    SynapseFramePtr frame;
    bool range_known = false;
  };
  using Worker = LatestValueWorker<train::SynapseQuery, Answer>;
  // On the worker's thread alone.
  void work(const train::SynapseQuery& query, const std::stop_token& cancelled, const Worker::Tell& tell);
  void take(const Answer& answer);

  train::SynapseReader reader_;  // the worker's
  SynapseFramePtr told_;
  Worker worker_;  // last: its thread is gone before anything it uses
};

}  // namespace synann::ui
