// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "engine/train/session.h"

namespace synann::ui {

// The way in to the training thread: hands commands to the session, and keeps those that come before there is
// one. Any thread may call it; attach() and detach() belong to the training thread, which owns the session.
class CommandLink {
 public:
  void post(train::Command command) {
    const std::lock_guard lock(mutex_);
    if (session_) {
      session_->post(command);
    } else {
      waiting_.push_back(command);
    }
  }

  void requestDevice(const train::Execution& execution) {
    const std::lock_guard lock(mutex_);
    if (session_) {
      session_->request_device(execution);
    } else {
      device_ = execution;
    }
  }

  void requestStop() {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    if (session_) session_->request_stop();
  }

  bool stopRequested() {
    const std::lock_guard lock(mutex_);
    return stop_;
  }

  void attach(train::Session* session) {
    const std::lock_guard lock(mutex_);
    session_ = session;
    for (const train::Command& command : waiting_) session_->post(command);
    waiting_.clear();
    if (device_) session_->request_device(*device_);
    device_.reset();
    if (stop_) session_->request_stop();
  }

  void detach() {
    const std::lock_guard lock(mutex_);
    session_ = nullptr;
  }

 private:
  std::mutex mutex_;
  train::Session* session_ = nullptr;
  std::vector<train::Command> waiting_;
  std::optional<train::Execution> device_;
  bool stop_ = false;
};

}  // namespace synann::ui
