// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>
#include <QVariantMap>

#include "ui/shell/theme.h"

namespace synann::ui {

// What the window remembers from one start to the next. Read and written in one place: synann-studio.ini in
// the user's configuration folder.
struct AppSettings {
  static constexpr int kVersion = 1;
  static constexpr int kMostFolders = 6, kMostRecent = 8;

  ThemeChoice theme = ThemeChoice::System;
  QString device = QStringLiteral("auto");
  int threads = 0;         // of the CPU; 0 = all processors
  bool timeLine = true;    // unfolded
  bool inspector = false;  // unfolded
  QString data = QStringLiteral("digits");
  QByteArray settings;      // of the training, as the history has them (JSON); empty = those recommended
  QString page;             // by its id; empty = the first
  QStringList dataFolders;  // or files; opened by hand, latest first
  QStringList runs;         // folders, latest first
  QStringList figures;      // exported, latest first
  QStringList files;        // of pages: circuits, tables; latest first
  QString exportFolder;
  QString exportKind = QStringLiteral("png");  // the extension of the last figure that was saved
  QVariantMap exportChoices;                   // of the Export dialog
  QVariantMap tell;                            // when a person wants to be told of a run (TellSettings)
  QByteArray geometry;
  QMap<QString, QByteArray> splitters;  // by object name
  QMap<QString, QVariantMap> pages;     // what a page remembers (Page::remembered), by its id

  bool operator==(const AppSettings&) const = default;
};

// Values that make no sense are replaced by their defaults; a file of a later version is read as far as it is
// known.
AppSettings loadSettings();
void saveSettings(const AppSettings& settings);
// This list alone, while the window is open.
void saveRecentRuns(const QStringList& runs);

}  // namespace synann::ui
