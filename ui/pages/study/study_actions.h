// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/widgets/action_info.h"

namespace synann::ui {

// The row of the Study page in menus and in the list of shortcuts.
std::vector<ActionInfo> studyActions();

}  // namespace synann::ui
