// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPainterPath>
#include <QPointF>
#include <QRectF>

namespace synann::ui {

// The parts of a polyline inside a rectangle (Liang and Barsky, 1984). Needed for vector files: QSvgGenerator
// ignores the painter's clip, so a zoomed curve would run over the axes.
QPainterPath clippedPolyline(const QList<QPointF>& points, const QRectF& rectangle);

}  // namespace synann::ui
