// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>

#include "ui/shell/theme.h"

namespace synann::ui {

// What the window remembers from one start to the next; hyper-parameters are not among it, so that every
// start begins with the original's values. Read and written in one place: synann-studio.ini in the user's
// configuration folder.
struct AppSettings {
  static constexpr int kVersion = 1;
  static constexpr int kMostFolders = 6;

  ThemeChoice theme = ThemeChoice::System;
  bool logY = false;
  QString device = QStringLiteral("auto");
  int threads = 0;         // of the CPU; 0 = all processors
  int recordMib = 64;      // that the records of a run may take
  int logInterval = 100;   // steps between two lines of the log
  bool timeLine = true;    // unfolded
  bool inspector = false;  // unfolded
  QString data = QStringLiteral("digits");
  QStringList dataFolders;  // or files; opened by hand, latest first
  QString exportFolder;
  QByteArray geometry;
  QMap<QString, QByteArray> splitters;  // by object name

  bool operator==(const AppSettings&) const = default;
};

// Values that make no sense are replaced by their defaults; a file of a later version is read as far as it is
// known.
AppSettings loadSettings();
void saveSettings(const AppSettings& settings);

}  // namespace synann::ui
