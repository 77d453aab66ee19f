// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include <QByteArray>
#include <QImage>
#include <QJsonObject>
#include <QSize>
#include <QString>

#include "engine/core/result.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// A figure's file; sizes in pixels of 1/96 inch.
inline constexpr int kSmallestFigure = 150;  // pixels; below, the texts beside an axis do not fit

struct FigureFile {
  int width = 960;
  int height = 600;
  QSize pixels{};  // of a PNG; twice the size where there is none
  bool dark = false;
  // Kept in the file: what the figure shows and of which run. readFigureView() gives it back.
  QJsonObject view{};
  // Kept beside it, for people: the settings of the run in one line. Empty = none.
  QString settings{};
  double font_size = 0;                // points; 0 = the application's
  std::optional<FigureStyle> style{};  // as the figure is shown where there is none
  // Above the figure; empty = none. Its own where nothing is said and it is headed().
  std::optional<QString> title{};
};

// The figure on a painter whose unit is 1/96 inch, as its file has it.
void paintFigureFile(QPainter& painter, const Figure& figure, const FigureFile& file, bool vector);
// Its pixels, as a PNG of this many has them.
QImage figureImage(const Figure& figure, const FigureFile& file, QSize pixels);

// Writes the figure by the extension of `path`: .png; .svg and .pdf with true lines and texts and matrices as
// one pixel a cell; .csv as a table; .npy as numbers for NumPy. Needs a QApplication but no display. The file
// appears whole or not at all.
Status exportFigure(const Figure& figure, const std::filesystem::path& path, const FigureFile& file);

// The same as the bytes of such a file, by its extension (".png"). Any figure can be had as a picture; an
// error where the size or the extension cannot be used.
Result<QByteArray> figureBytes(const Figure& figure, const QString& extension, const FigureFile& file);

// The view that an exported .png, .svg or .pdf remembers. An error where it is none of ours.
Result<QJsonObject> readFigureView(const std::filesystem::path& path);

// The table twin as text: names in the first line, numbers that read back exactly, with a point in every
// locale.
QByteArray figureCsv(const Figure& figure);
// The same with another separator between the fields. Fields that hold it, a quotation mark or an end of line
// stand in quotation marks.
QByteArray figureText(const Figure& figure, char separator);
// One field of it: numbers as short as they can be and still read back exactly.
void appendField(QByteArray& text, const QVariant& value, char separator);
// The matrix of a figure that has one, else the numbers of its table.
QByteArray figureNpy(const Figure& figure);

}  // namespace synann::ui
