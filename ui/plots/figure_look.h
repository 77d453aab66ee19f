// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPalette>

namespace synann::ui {

// The colours of a figure, light or dark. Blue line and red points as in the original; lighter on dark
// ground, where the pure ones could not be told from it.
struct FigureLook {
  QColor background;
  QColor text;
  QColor frame;
  QColor grid;
  QColor train;
  QColor test;
  QColor box;  // behind legend and value box

  bool operator==(const FigureLook&) const = default;

  static FigureLook light();
  static FigureLook dark();
  static FigureLook fromPalette(const QPalette& palette);  // light or dark by the lightness of its base
};

// The contrast of two colours after WCAG 2: 1 (equal) to 21 (black on white).
double contrast(const QColor& a, const QColor& b);

}  // namespace synann::ui
