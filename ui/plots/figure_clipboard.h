// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QMimeData>
#include <QSize>

#include "ui/plots/figure_file.h"

// Figures as other programs paste them.
namespace synann::ui {

// The picture as pixels (twice the size, as in an exported PNG), image/svg+xml and application/pdf. `size`:
// pixels of 1/96 inch; small ones are made as large as a figure must be.
std::unique_ptr<QMimeData> pictureForClipboard(const Figure& figure, QSize size, bool dark);

// The same as a file is drawn, in parts: the pixels of its PNG alone, and image/svg+xml with application/pdf.
// Null where the file's size cannot be used.
std::unique_ptr<QMimeData> pixelsForClipboard(const Figure& figure, const FigureFile& file);
std::unique_ptr<QMimeData> vectorsForClipboard(const Figure& figure, const FigureFile& file);

// The table twin as text with tabs, its headings in the first line, and as text/csv. Numbers read back
// exactly.
std::unique_ptr<QMimeData> numbersForClipboard(const Figure& figure);

}  // namespace synann::ui
