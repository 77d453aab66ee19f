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
  const int threads = file.value("run/threads", s.threads).toInt();
  s.threads = threads >= 0 && threads <= 1024 ? threads : 0;
  const QString device = file.value("run/device", s.device).toString();
  if (device == QLatin1String("cpu") || device == QLatin1String("cuda")) s.device = device;
  s.timeLine = file.value("view/time_line", s.timeLine).toBool();
  s.inspector = file.value("view/inspector", s.inspector).toBool();
  const QString data = file.value("run/data").toString();
  if (!data.isEmpty()) s.data = data;
  s.dataFolders = file.value("run/data_folders").toStringList().mid(0, AppSettings::kMostFolders);
  s.settings = file.value("run/settings").toByteArray();
  s.page = file.value("view/page").toString();
  s.runs = file.value("recent/runs").toStringList().mid(0, AppSettings::kMostRecent);
  s.figures = file.value("recent/figures").toStringList().mid(0, AppSettings::kMostRecent);
  s.files = file.value("recent/files").toStringList().mid(0, AppSettings::kMostRecent);
  s.exportKind = file.value("export/kind", s.exportKind).toString();
  s.exportFolder = file.value("export/folder").toString();
  file.beginGroup("export_choices");
  for (const QString& key : file.childKeys()) s.exportChoices[key] = file.value(key);
  file.endGroup();
  file.beginGroup("tell");
  for (const QString& key : file.childKeys()) s.tell[key] = file.value(key);
  file.endGroup();
  s.geometry = file.value("window/geometry").toByteArray();
  file.beginGroup("splitters");
  for (const QString& name : file.childKeys()) s.splitters[name] = file.value(name).toByteArray();
  file.endGroup();
  file.beginGroup("pages");
  for (const QString& page : file.childGroups()) {
    file.beginGroup(page);
    for (const QString& key : file.childKeys()) s.pages[page][key] = file.value(key);
    file.endGroup();
  }
  return s;
}

void saveRecentRuns(const QStringList& runs) {
  QSettings file(QSettings::IniFormat, QSettings::UserScope, kName, kName);
  file.setValue("recent/runs", runs);
}

void saveSettings(const AppSettings& s) {
  QSettings file(QSettings::IniFormat, QSettings::UserScope, kName, kName);
  file.setValue("version", AppSettings::kVersion);
  file.setValue("view/theme", themeId(s.theme));
  file.setValue("run/device", s.device);
  file.setValue("run/threads", s.threads);
  file.setValue("view/time_line", s.timeLine);
  file.setValue("view/inspector", s.inspector);
  file.setValue("run/data", s.data);
  file.setValue("run/data_folders", s.dataFolders);
  file.setValue("run/settings", s.settings);
  file.setValue("recent/runs", s.runs);
  file.setValue("recent/figures", s.figures);
  file.setValue("recent/files", s.files);
  file.setValue("view/page", s.page);
  file.setValue("export/folder", s.exportFolder);
  file.setValue("export/kind", s.exportKind);
  file.remove("export_choices");  // one that is as shown is not there
  for (auto it = s.exportChoices.begin(); it != s.exportChoices.end(); ++it)
    file.setValue("export_choices/" + it.key(), it.value());
  for (auto it = s.tell.begin(); it != s.tell.end(); ++it) file.setValue("tell/" + it.key(), it.value());
  file.setValue("window/geometry", s.geometry);
  for (auto it = s.splitters.begin(); it != s.splitters.end(); ++it)
    file.setValue("splitters/" + it.key(), it.value());
  for (auto page = s.pages.begin(); page != s.pages.end(); ++page) {
    for (auto it = page->begin(); it != page->end(); ++it)
      file.setValue("pages/" + page.key() + '/' + it.key(), it.value());
  }
}

}  // namespace synann::ui
