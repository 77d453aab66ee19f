// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "ui/widgets/icons.h"

namespace synann::ui {

enum class MenuId { File, Run, View, Help };

// One thing a person can do, told once: menus, run bar, tooltips and the list of shortcuts are all made from
// it.
struct ActionInfo {
  QString id;        // "run.train"
  QString text;      // with its mnemonic: "&Train"
  QString shortcut;  // "F5"; empty where there is none
  QString help;      // what it does, one sentence without a full stop
  Glyph glyph = Glyph::None;
  MenuId menu = MenuId::File;
  QString submenu = {};  // "Theme"; empty = the menu itself
  bool checkable = false;
  bool separator_before = false;
};

}  // namespace synann::ui
