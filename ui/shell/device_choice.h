// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/compute/device_list.h"
#include "engine/train/settings.h"
#include "ui/widgets/calm_combo_box.h"

namespace synann::ui {

// Where to compute: the faster device, the CPU with one thread or more, or a GPU. What this machine does not
// have is there as well, greyed, with the reason as its tooltip.
class DeviceChoice : public CalmComboBox {
  Q_OBJECT

 public:
  explicit DeviceChoice(QWidget* parent = nullptr);

  // The devices beside the CPU; until they are known the list says that they are looked for.
  void setDevices(const std::vector<compute::DeviceEntry>& devices);
  train::Execution execution() const;
  // Shows it as chosen, where it is in the list and can be used.
  bool setExecution(const train::Execution& execution);

 signals:
  void chosen(const synann::train::Execution& execution);  // by the person

 private:
  void addDevice(const QString& text, const QString& device, int threads, const QString& help);
  void refuse(int index, const QString& why);

  int first_device_ = 0;  // index of the first entry that is not the CPU
};

}  // namespace synann::ui
