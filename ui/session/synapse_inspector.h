// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include <QObject>

#include "engine/train/synapse_frame.h"

namespace synann::ui {

using SynapseFramePtr = std::shared_ptr<const train::SynapseFrame>;

// Answers questions about synapse layers on a thread of its own, so that the window never waits for a file or
// a forward pass. Only the latest question counts, and only the latest answer is told; neither side can flood
// the other. Lives in the window's thread.
class SynapseInspector : public QObject {
  Q_OBJECT

 public:
  explicit SynapseInspector(QObject* parent = nullptr);
  ~SynapseInspector() override;

  void ask(const train::SynapseQuery& query);
  bool busy() const { return asked_ != told_; }  // an answer is still to come

 signals:
  // `frame` answers the question asked last, or one shortly before it.
  void answered(const synann::ui::SynapseFramePtr& frame);
  // The whole run's range is known now: ask again where it matters.
  void rangeKnown();
  void woken();  // from the working thread to this object alone

 private:
  struct Answer {
    SynapseFramePtr frame;
    std::uint64_t number = 0;
  };
  void work(const std::stop_token& stop);
  void take();

  std::uint64_t asked_ = 0, told_ = 0;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::optional<train::SynapseQuery> query_;  // guarded by mutex_, as the two below
  std::uint64_t number_ = 0;
  Answer answer_;
  bool range_known_ = false;
  std::jthread thread_;  // last: joined before anything it uses goes away
};

}  // namespace synann::ui
