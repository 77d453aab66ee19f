// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/color_field.h"

#include <QCoreApplication>

namespace synann::ui {

FieldInfo colorField(const QString& help) {
  FieldInfo info{.id = "colors",
                 .label = QCoreApplication::translate("color_field", "Colours"),
                 .help = help,
                 .kind = FieldKind::Word};
  for (const ColorMap map : kColorMaps) info.words.push_back({colorMapId(map), colorMapName(map)});
  return info;
}

}  // namespace synann::ui
