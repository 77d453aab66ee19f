// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/device_probe.h"

#include <utility>

#include "engine/core/thread_pool.h"

namespace synann::ui {

void DeviceProbe::start() {
  connect(this, &DeviceProbe::woken, this, &DeviceProbe::take, Qt::QueuedConnection);
  thread_ = std::jthread([this] {
    lower_thread_priority();
    std::vector<compute::DeviceEntry> devices = compute::list_devices();
    {
      const std::lock_guard lock(mutex_);
      devices_ = std::move(devices);
    }
    emit woken();
  });
}

void DeviceProbe::take() {
  std::vector<compute::DeviceEntry> devices;
  {
    const std::lock_guard lock(mutex_);
    devices = devices_;
  }
  emit found(devices);
}

}  // namespace synann::ui
