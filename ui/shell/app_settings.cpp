// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/app_settings.h"

#include <algorithm>

#include <QSettings>

namespace synann::ui {

namespace {
constexpr const char* kName = "synann-studio";  // of the folder and of the file in it
}  // namespace

AppSettings loadSettings() {
  QSettings file(QSettings::IniFormat, QSettings::UserScope, kName, kName);
  AppSettings s;
  s.theme = themeFromId(file.value("view/theme").toString());
  s.logY = file.value("view/log_y", s.logY).toBool();
  const int threads = file.value("run/threads", s.threads).toInt();
  s.threads = threads >= 0 && threads <= 1024 ? threads : 0;
  const QString device = file.value("run/device", s.device).toString();
  if (device == QLatin1String("cpu") || device == QLatin1String("cuda")) s.device = device;
  s.logInterval = std::clamp(file.value("run/log_interval", s.logInterval).toInt(), 1, 1'000'000);
  s.recordMib = std::clamp(file.value("run/record_mib", s.recordMib).toInt(), 0, 1 << 20);
  s.timeLine = file.value("view/time_line", s.timeLine).toBool();
  s.inspector = file.value("view/inspector", s.inspector).toBool();
  const QString data = file.value("run/data").toString();
  if (!data.isEmpty()) s.data = data;
  s.dataFolders = file.value("run/data_folders").toStringList().mid(0, AppSettings::kMostFolders);
  s.exportFolder = file.value("export/folder").toString();
  s.geometry = file.value("window/geometry").toByteArray();
  file.beginGroup("splitters");
  for (const QString& name : file.childKeys()) s.splitters[name] = file.value(name).toByteArray();
  return s;
}

void saveSettings(const AppSettings& s) {
  QSettings file(QSettings::IniFormat, QSettings::UserScope, kName, kName);
  file.setValue("version", AppSettings::kVersion);
  file.setValue("view/theme", themeId(s.theme));
  file.setValue("view/log_y", s.logY);
  file.setValue("run/device", s.device);
  file.setValue("run/threads", s.threads);
  file.setValue("run/record_mib", s.recordMib);
  file.setValue("run/log_interval", s.logInterval);
  file.setValue("view/time_line", s.timeLine);
  file.setValue("view/inspector", s.inspector);
  file.setValue("run/data", s.data);
  file.setValue("run/data_folders", s.dataFolders);
  file.setValue("export/folder", s.exportFolder);
  file.setValue("window/geometry", s.geometry);
  for (auto it = s.splitters.begin(); it != s.splitters.end(); ++it)
    file.setValue("splitters/" + it.key(), it.value());
}

}  // namespace synann::ui
