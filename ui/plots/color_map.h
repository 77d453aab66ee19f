// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QColor>
#include <QString>
#include <QStringList>

namespace synann::ui {

// How numbers become colours. All maps are perceptually uniform and can be read by the colour-blind.
// Automatic is diverging where a number is negative, else viridis.
enum class ColorMap { Automatic, Viridis, Cividis, Diverging, Grey };

QString colorMapId(ColorMap map);    // "viridis": as kept in files
QString colorMapName(ColorMap map);  // "Viridis": for people
ColorMap colorMapFromId(const QString& id);
inline constexpr std::array kColorMaps = {ColorMap::Automatic, ColorMap::Viridis, ColorMap::Cividis,
                                          ColorMap::Diverging, ColorMap::Grey};

// 256 colours, 0xffRRGGBB, from the least number to the greatest. The diverging map's middle is near the
// ground it is drawn on, light or dark. Automatic is none of the table's: resolve it first.
using ColorTable = std::array<QRgb, 256>;
const ColorTable& colorTable(ColorMap map, bool dark);

// Lightness after OKLab, 0 black … 1 white: what "perceptually uniform" is measured by.
double lightness(QRgb color);

}  // namespace synann::ui
