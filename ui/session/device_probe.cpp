// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/device_probe.h"

namespace synann::ui {

DeviceProbe::DeviceProbe(QObject* parent)
    : QObject(parent),
      worker_([](const std::monostate&, const std::stop_token&,
                 const auto& tell) { tell(compute::list_devices()); },
              [this](const std::vector<compute::DeviceEntry>& devices) { emit found(devices); }) {}

}  // namespace synann::ui
