// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QPoint>
#include <Qt>

namespace synann::ui {

// One step the way an arrow key points, x to the right and y downwards; nothing for any other key.
inline std::optional<QPoint> arrowWay(int key) {
  switch (key) {
    case Qt::Key_Left:
      return QPoint(-1, 0);
    case Qt::Key_Right:
      return QPoint(1, 0);
    case Qt::Key_Up:
      return QPoint(0, -1);
    case Qt::Key_Down:
      return QPoint(0, 1);
    default:
      return std::nullopt;
  }
}

}  // namespace synann::ui
