// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include <QObject>

#include "engine/compute/device_list.h"

namespace synann::ui {

// Finds out on a thread of its own which devices there are, because a GPU takes its time to answer. Lives in
// the window's thread.
class DeviceProbe : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;
  void start();  // once

 signals:
  void found(const std::vector<synann::compute::DeviceEntry>& devices);
  void woken();  // from the working thread to this object alone

 private:
  void take();

  std::mutex mutex_;
  std::vector<compute::DeviceEntry> devices_;  // guarded by mutex_
  std::jthread thread_;                        // last: joined before anything it uses goes away
};

}  // namespace synann::ui
