// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPalette>
#include <QString>

namespace synann::ui {

enum class ThemeChoice { System, Light, Dark };

// Sets the Fusion style and our light or dark palette for the whole application. System takes whichever the
// platform's palette was when the program started. Needs a QApplication.
void applyTheme(ThemeChoice choice);

// Our two palettes.
QPalette themePalette(bool dark);

// Of a check box, on or off: three to one against the window's ground.
QColor checkFrame(const QPalette& palette);

// Of every other control: the same, in a calmer shade.
QColor frameColor(const QPalette& palette);

// Whether text is lighter than its background.
bool isDark(const QPalette& palette);

QString themeId(ThemeChoice choice);  // "system", "light", "dark": as kept in the settings
ThemeChoice themeFromId(const QString& id);

}  // namespace synann::ui
