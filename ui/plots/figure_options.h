// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string>

#include <QSize>
#include <QString>
#include <QVariantMap>

#include "engine/core/result.h"
#include "ui/plots/figure_style.h"

namespace synann::ui {

enum class LengthUnit { Pixel, Inch, Millimetre, Centimetre, Point };

// As they are written: "3.5in". A pixel is one of a PNG; how long it is follows from the resolution.
struct LengthUnitInfo {
  const char* name;
  double per_inch;  // 0 = pixels
  int decimals;     // that are worth showing
};
inline constexpr std::array<LengthUnitInfo, 5> kLengthUnits = {
    {{"px", 0, 0}, {"in", 1, 3}, {"mm", 25.4, 1}, {"cm", 2.54, 2}, {"pt", 72, 1}}};

struct Length {
  double value = 0;
  LengthUnit unit = LengthUnit::Pixel;

  bool operator==(const Length&) const = default;
};

struct OptionRange {
  double least, most;

  bool holds(double value) const { return value >= least && value <= most; }
};

// How a figure is to be written, as the prompt's options and the Export dialog say it; what is not said is as
// the figure is shown. The ranges are those of both.
struct FigureOptions {
  static constexpr double kScreen = 96, kPrint = 300;                     // pixels an inch
  static constexpr QSize kUsual{960, 600};                                // 1/96 inch
  static constexpr int kNarrowest = 200, kLowest = 150, kLargest = 8000;  // 1/96 inch, of width and height
  static constexpr int kMostPixels = 16384;                               // of a PNG, each way
  static constexpr OptionRange kResolution{30, 2400};                     // pixels an inch
  static constexpr OptionRange kScale{0.1, 16};
  static constexpr OptionRange kFontSize{4, 72};     // points
  static constexpr OptionRange kLineWidth{0.1, 10};  // a factor

  std::optional<Length> width{}, height{};  // kUsual where there is none
  double resolution = 0;                    // 0: kPrint where a side is a length, kScreen for pixels
  double scale = 1;                         // of a PNG's pixels; all is drawn larger
  double font_size = 0;                     // points; 0 = the application's
  double line_width = 1;                    // of the curves, a factor
  std::optional<LegendPlace> legend{};
  std::optional<bool> marks{};
  std::optional<QString> title{};  // empty = none
  bool whole = false;              // all of the data, where a part of them is shown
  bool dark = false;

  double dotsPerInch() const;
  bool operator==(const FigureOptions&) const = default;
};

// A side in another unit, at so many pixels an inch.
Length inUnit(const Length& length, LengthUnit unit, double dots_per_inch);

struct FigureSize {
  QSize laid_out;  // 1/96 inch
  QSize pixels;    // of a PNG
};
// The size that the options say. An error that begins with the side's name where a side is out of range.
Result<FigureSize> sizeOf(const FigureOptions& options, const std::string& width = "--width",
                          const std::string& height = "--height");

// Sizes for a purpose. As a figure is seen: PNGs with two pixels for each of the screen's.
enum class FigurePreset { AsShown, PaperColumn, Slide };
FigureOptions presetOptions(FigurePreset preset, QSize seen, bool dark);

// As settings keep them, and back; what is missing or makes no sense is as shown. The words of a title belong
// to one figure: only whether there is a title is kept.
QVariantMap toMap(const FigureOptions& options);
FigureOptions figureOptionsFromMap(const QVariantMap& map);

}  // namespace synann::ui
