// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <charconv>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <QByteArray>
#include <QColor>
#include <QFont>
#include <QImage>
#include <QSize>
#include <QString>

#include "engine/core/result.h"

class QPainter;

// What every exported figure shares: the three kinds of picture, and files that appear whole or not at all.
namespace synann::ui {

// Something that can be painted, and what its file says about it. Sizes in pixels of 1/96 inch.
struct Picture {
  int width = 0, height = 0;
  QSize pixels;  // of a PNG; two dots for each pixel of 1/96 inch where there is none
  QColor background;
  QString title;
  QString description;                            // of the SVG
  QString document_title;                         // of the PDF
  QByteArray xmp;                                 // of the PDF; empty = none
  std::vector<std::pair<QString, QString>> text;  // of the PNG, beside title and software
  std::function<void(QPainter& painter, bool vector)> paint;
};

// The bytes of the picture's file by the extension of `path`: .png, .svg or .pdf. `smallest`: pixels;
// `extensions`: all that the caller knows, for the sentence about any other. Needs a QApplication, but no
// display.
Result<QByteArray> pictureBytes(const Picture& picture, const std::filesystem::path& path, int smallest,
                                const std::string& extensions);

// The pixels of its PNG.
QImage pictureImage(const Picture& picture);

// The file appears whole or not at all.
Status writeWhole(const std::filesystem::path& path, const QByteArray& bytes);

// The application's font by its real name: "Sans Serif" means nothing to those who open the file elsewhere.
// `points`: its size, of 1/72 inch where a pixel is 1/96 inch, whatever the screen makes of a point; 0 = the
// application's.
QFont figureFont(double points = 0);
// The size of the application's font in such points.
double figurePoints();

// As a field of a CSV file: in quotation marks where it holds the separator, one of them or an end of line.
QByteArray csvText(const QString& text, char separator = ',');

// The shortest decimal text that reads back as the same number, with a point in every locale.
template <class Number>
void appendNumber(QByteArray& text, Number number) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  text.append(buffer.data(), end - buffer.data());
}

}  // namespace synann::ui
