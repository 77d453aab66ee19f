// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/device_choice.h"

#include <QStandardItemModel>

#include "engine/core/thread_pool.h"
#include "ui/session/words.h"

namespace synann::ui {

namespace {

constexpr int kThreads = Qt::UserRole + 1;  // beside the device in UserRole
constexpr int kEachUpTo = 8;                // threads; beyond it every doubling is enough

}  // namespace

DeviceChoice::DeviceChoice(QWidget* parent) : CalmComboBox(parent) {
  setAccessibleName(tr("Device and threads"));
  setToolTip(tr(
      "Where to compute. A run that is open moves there at its next epoch and goes on as it was; on the CPU "
      "the number of threads changes the speed alone, never the result"));
  setSizeAdjustPolicy(QComboBox::AdjustToContents);
  addDevice(tr("Fastest device"), QStringLiteral("auto"), 0,
            tr("The faster of CPU and GPU for this model, by a measurement of a few steps"));
  const int all = hardware_threads();
  const auto words = [](int count) {
    return count == 1 ? tr("CPU · 1 thread") : tr("CPU · %1 threads").arg(count);
  };
  addDevice(words(all), QStringLiteral("cpu"), 0, tr("Every processor that this program may use"));
  for (int count = all - 1; count >= 1; --count) {
    const bool doubling = (count & (count - 1)) == 0;
    if (count <= kEachUpTo || doubling) addDevice(words(count), QStringLiteral("cpu"), count, {});
  }
  first_device_ = count();
  addDevice(tr("NVIDIA GPU"), QStringLiteral("cuda"), 0, {});
  refuse(first_device_, tr("looking for one"));
  connect(this, &QComboBox::activated, this, [this] { emit chosen(execution()); });
}

void DeviceChoice::addDevice(const QString& text, const QString& device, int threads, const QString& help) {
  addItem(text, device);
  setItemData(count() - 1, threads, kThreads);
  if (!help.isEmpty()) setItemData(count() - 1, help, Qt::ToolTipRole);
}

// The reason is the entry's tooltip, and part of what a screen reader says of the list.
void DeviceChoice::refuse(int index, const QString& why) {
  auto* const items = qobject_cast<QStandardItemModel*>(model());
  items->item(index)->setEnabled(false);
  setItemData(index, tr("Not available: %1").arg(why), Qt::ToolTipRole);
  setItemData(index, tr("%1, not available: %2").arg(itemText(index), why), Qt::AccessibleTextRole);
  setAccessibleDescription(itemData(index, Qt::AccessibleTextRole).toString());
}

void DeviceChoice::setDevices(const std::vector<compute::DeviceEntry>& devices) {
  const train::Execution before = execution();
  while (count() > first_device_) removeItem(count() - 1);
  setAccessibleDescription({});
  for (const compute::DeviceEntry& device : devices) {
    if (device.id == "cpu") continue;
    QString help = QString::fromStdString(device.isa);
    if (device.memory_bytes > 0) help += tr(", %1 of memory").arg(memoryWords(device.memory_bytes));
    addDevice(QString::fromStdString(device.name), QString::fromStdString(device.id), 0, help);
    if (!device.unavailable.empty()) refuse(count() - 1, QString::fromStdString(device.unavailable));
  }
  setExecution(before);
}

train::Execution DeviceChoice::execution() const {
  train::Execution execution;
  execution.device = currentData().toString().toStdString();
  execution.threads = currentData(kThreads).toInt();
  return execution;
}

bool DeviceChoice::setExecution(const train::Execution& execution) {
  const auto* const items = qobject_cast<const QStandardItemModel*>(model());
  for (int k = 0; k < count(); ++k) {
    const bool same =
        itemData(k) == QString::fromStdString(execution.device) && itemData(k, kThreads) == execution.threads;
    if (!same || !items->item(k)->isEnabled()) continue;
    setCurrentIndex(k);
    return true;
  }
  return false;
}

}  // namespace synann::ui
