// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/train/events.h"
#include "engine/train/log_lines.h"
#include "ui/session/snapshot.h"
#include "ui/session/throughput.h"

namespace synann::ui {

// The way out of the training thread: collects what happens until the window takes it, and wakes the window
// once per take, however much happens meanwhile. Written on the training thread; take()
// and wantWeights() belong to the window.
class SnapshotMailbox final : public train::Observer {
 public:
  // `wake` is called on the writing thread, outside the lock, when the box was empty; it must only post an
  // event.
  explicit SnapshotMailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  // Everything since the last take; the counters stay.
  Snapshot take();
  // Asks for the network's numbers, once; they come with a later snapshot.
  void wantWeights() { weights_wanted_.store(true); }

  void putState(RunState state, std::string reason = {});
  void putLoading(double share);  // of the data; negative: no longer
  void putData(data::DataPairPtr data);
  void putHistory(std::shared_ptr<const train::History> history);
  // The counters as they are at its end, as putHistory() leaves them; nothing else.
  void beginAt(const train::History& history);
  void putError(std::string sentence);
  void putDone();

  void on_start(const train::StartInfo& info) override;
  void on_steps(const train::StepLosses& steps) override;
  void on_evaluation_progress(int done, int count) override;
  void on_evaluation(const train::Evaluation& evaluation) override;
  void on_change(const train::SettingChange& change) override;
  void on_device(const train::DeviceChange& change) override;
  void on_device_refused(const std::string& sentence, const train::Execution& stays) override;
  void on_notice(const std::string& sentence) override;
  void on_resources(const train::Resources& resources) override;
  void on_state(train::State state, const std::string& reason) override;
  bool wants_weights() override { return weights_wanted_.load(); }
  void on_weights(std::shared_ptr<const train::Weights> weights) override;
  void on_saved(const std::string& checkpoint) override;
  void on_failure(std::shared_ptr<const train::Failure> failure) override;

 private:
  template <class Change>
  void write(Change&& change);
  void appendLosses(const train::StepLosses& steps);
  void appendLines(const std::vector<std::string>& lines);
  void standAtEnd(const train::History& history);
  void estimate();

  std::mutex mutex_;
  Snapshot pending_;  // guarded by mutex_, as all below
  bool woken_ = false;
  Throughput throughput_;
  std::atomic<bool> weights_wanted_{false};  // not guarded
  int log_interval_ = train::kLogInterval;   // steps between two lines of the log, as the run has it now
  double evaluation_seconds_ = 0;            // of the latest evaluation
  const std::function<void()> wake_;
};

}  // namespace synann::ui
