// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/view_field.h"
#include "ui/plots/color_map.h"

namespace synann::ui {

// The field "colors" of a view: one of kColorMaps. `help`: what it does there.
FieldInfo colorField(const QString& help);

}  // namespace synann::ui
