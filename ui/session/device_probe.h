// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <variant>
#include <vector>

#include <QObject>

#include "engine/compute/device_list.h"
#include "ui/session/latest_value_worker.h"

namespace synann::ui {

// Finds out on a thread of its own which devices there are, because a GPU takes its time to answer. Lives in
// the window's thread.
class DeviceProbe : public QObject {
  Q_OBJECT

 public:
  explicit DeviceProbe(QObject* parent = nullptr);
  void start() { worker_.ask({}); }

 signals:
  void found(const std::vector<synann::compute::DeviceEntry>& devices);

 private:
  LatestValueWorker<std::monostate, std::vector<compute::DeviceEntry>> worker_;
};

}  // namespace synann::ui
