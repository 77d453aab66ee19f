// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QFont>
#include <QPainter>
#include <QRectF>
#include <QString>
#include <QVariant>

#include "ui/plots/figure_look.h"
#include "ui/plots/figure_style.h"

namespace synann::ui {

// How a figure is painted this time.
struct FigurePaint {
  FigureLook look = FigureLook::light();
  QFont font;
  bool vector = false;         // into a file of lines and texts, not of pixels
  std::optional<int> current;  // the point that is marked
  bool titled = false;         // the title stands above the figure already
  bool quick = false;          // in a window, where every frame counts; files are drawn finely
  // The part of the data that is shown, where a figure has a plotArea(): as fractions of all of it, x from
  // the left and y from the bottom. All of it when absent.
  std::optional<QRectF> part{};
  FigureStyle style{};
};

// A picture of some numbers that paints on any QPainter, tells each of its points in words, and has the same
// numbers as a table. Plain and immutable while it is shown: a change is a new figure.
class Figure {
 public:
  virtual ~Figure() = default;

  virtual QString title() const = 0;            // what it shows, in a few words
  virtual bool headed() const { return true; }  // whether its title stands above it in a file
  virtual void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const = 0;

  // The points that the keyboard walks along, and what a screen reader hears of each.
  virtual int pointCount() const = 0;
  virtual QString pointText(int point) const = 0;
  // The point nearest to a place in a figure painted into `area`; nothing far from all of them.
  virtual std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const = 0;

  // How many points stand beside each other: the keys up and down go so many on.
  virtual int pointsPerLine(const QRectF& /*area*/, const FigurePaint& /*how*/) const { return 1; }

  // What can be chosen of its look, and how it is shown in the window; files look the same unless told
  // otherwise.
  virtual FigureParts parts() const { return {}; }
  virtual FigureStyle shownStyle() const { return {}; }
  // The same figure with all of its data, where it shows a part of them; else null.
  virtual std::shared_ptr<const Figure> whole() const { return nullptr; }

  // Where the data are drawn; empty where a figure cannot be zoomed.
  virtual QRectF plotArea(const QRectF& /*area*/, const FigurePaint& /*how*/) const { return {}; }

  // The table twin; numbers are doubles, texts are strings. Its rows are the points unless it says otherwise.
  virtual int rowCount() const { return pointCount(); }
  virtual int columnCount() const = 0;
  virtual QString columnName(int column) const = 0;
  virtual QString rowName(int row) const { return QString::number(row); }
  virtual QVariant cell(int row, int column) const = 0;
  // How many significant digits the window shows of its numbers, which are to be copied and written with all;
  // and why a number is none, where more is known than that.
  virtual int shownDigits() const { return 6; }
  virtual QString whyNoValue(int /*row*/, int /*column*/) const { return {}; }

  // A figure of a matrix gives it to NPY files: values row by row, [rows, columns].
  struct Matrix {
    std::vector<float> values;
    int rows = 0, columns = 0;
  };
  virtual std::optional<Matrix> matrix() const { return std::nullopt; }
};

// Whether a look is light on dark.
bool isDarkLook(const FigureLook& look);

// Colours of the Okabe–Ito set that stand out from the look's ground: 0 blue, 1 vermilion, 2 green, 3 purple,
// 4 yellow, 5 black or white; then from the first again.
QColor seriesColor(const FigureLook& look, int series);

// A number as it is read: at most `digits` significant ones, with a real minus sign.
QString numberText(double value, int digits = 6);
// The same in words, where it is none: "no value".
QString valueText(double value, int digits = 6);
// Of numbers in double precision that were computed: the last of their seventeen digits are rounding.
inline constexpr int kComputedDigits = 15;

}  // namespace synann::ui
