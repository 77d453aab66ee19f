// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_options.h"

#include <cmath>
#include <fmt/format.h>

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

const LengthUnitInfo& infoOf(LengthUnit unit) {
  return kLengthUnits[static_cast<std::size_t>(unit)];
}

struct Side {
  const std::string& name;
  std::optional<Length> length;
  int usual, least;  // 1/96 inch
};

// What is laid out, in 1/96 inch, and the pixels of a PNG.
Status takeSide(const Side& side, const FigureOptions& options, int& units, int& pixels) {
  using O = FigureOptions;
  const double resolution = options.dotsPerInch();
  const double dots = side.length ? inUnit(*side.length, LengthUnit::Pixel, resolution).value
                                  : side.usual / O::kScreen * resolution;
  const double laid_out = std::round(dots / resolution * O::kScreen),
               drawn = std::round(dots * options.scale);
  if (!(laid_out >= side.least && laid_out <= O::kLargest)) {
    return Error{
        .where = side.name,
        .problem = "is out of range",
        .expected = fmt::format("{} to {} pixels of 1/96 inch ({:.1f} to {:.0f} mm)", side.least, O::kLargest,
                                side.least / O::kScreen * 25.4, O::kLargest / O::kScreen * 25.4),
        .found = fmt::format("{:.0f}", laid_out)};
  }
  if (drawn > O::kMostPixels) {
    return Error{.where = side.name,
                 .problem = "has too many pixels",
                 .expected = fmt::format("{} at most", O::kMostPixels),
                 .found = fmt::format("{:.0f}", drawn),
                 .remedy = side.name.starts_with("--") ? "choose a smaller --scale or --resolution"
                                                       : "choose a smaller resolution"};
  }
  units = static_cast<int>(laid_out);
  pixels = static_cast<int>(drawn);
  return {};
}

QString lengthText(const std::optional<Length>& length) {
  if (!length) return {};
  return QString::number(length->value, 'g', 10) + QLatin1String(infoOf(length->unit).name);
}

std::optional<Length> lengthOf(QString text) {
  for (std::size_t k = 0; k < kLengthUnits.size(); ++k) {
    const QLatin1String unit(kLengthUnits[k].name);
    if (!text.endsWith(unit)) continue;
    text.chop(unit.size());
    bool ok = false;
    const double value = text.toDouble(&ok);
    if (ok && std::isfinite(value) && value > 0) return Length{value, static_cast<LengthUnit>(k)};
  }
  return std::nullopt;
}

double numberOf(const QVariantMap& map, const QString& key, const OptionRange& range, double otherwise) {
  bool ok = false;
  const double value = map.value(key).toDouble(&ok);
  return ok && range.holds(value) ? value : otherwise;
}

}  // namespace

double FigureOptions::dotsPerInch() const {
  if (resolution > 0) return resolution;
  const auto paper = [](const std::optional<Length>& side) {
    return side && side->unit != LengthUnit::Pixel;
  };
  return paper(width) || paper(height) ? kPrint : kScreen;
}

Length inUnit(const Length& length, LengthUnit unit, double dots_per_inch) {
  const auto per_inch = [dots_per_inch](LengthUnit u) {
    return u == LengthUnit::Pixel ? dots_per_inch : infoOf(u).per_inch;
  };
  return {length.value / per_inch(length.unit) * per_inch(unit), unit};
}

Result<FigureSize> sizeOf(const FigureOptions& options, const std::string& width, const std::string& height) {
  using O = FigureOptions;
  int units[2] = {}, pixels[2] = {};
  const Side sides[2] = {{width, options.width, O::kUsual.width(), O::kNarrowest},
                         {height, options.height, O::kUsual.height(), O::kLowest}};
  for (int k = 0; k < 2; ++k)
    if (auto status = takeSide(sides[k], options, units[k], pixels[k]); !status) return status.error();
  return FigureSize{{units[0], units[1]}, {pixels[0], pixels[1]}};
}

FigureOptions presetOptions(FigurePreset preset, QSize seen, bool dark) {
  FigureOptions options;
  options.dark = dark;
  const auto size = [&](double width, double height, LengthUnit unit, double resolution) {
    options.width = Length{width, unit};
    options.height = Length{height, unit};
    options.resolution = resolution;
  };
  switch (preset) {
    case FigurePreset::AsShown: {
      const QSize whole = seen.isEmpty() ? FigureOptions::kUsual : seen;
      constexpr int kDots = 2;
      size(kDots * whole.width(), kDots * whole.height(), LengthUnit::Pixel, kDots * FigureOptions::kScreen);
      break;
    }
    case FigurePreset::PaperColumn:
      size(3.5, 2.5, LengthUnit::Inch, FigureOptions::kPrint);
      options.font_size = 8;
      options.dark = false;
      break;
    case FigurePreset::Slide:  // 1920 × 1080 pixels
      size(13.333, 7.5, LengthUnit::Inch, 144);
      options.font_size = 18;
      options.line_width = 2;
      break;
  }
  return options;
}

QVariantMap toMap(const FigureOptions& o) {
  QVariantMap map{{u"width"_s, lengthText(o.width)},
                  {u"height"_s, lengthText(o.height)},
                  {u"resolution"_s, o.resolution},
                  {u"font_size"_s, o.font_size},
                  {u"line_width"_s, o.line_width},
                  {u"whole"_s, o.whole},
                  {u"dark"_s, o.dark}};
  if (o.legend) map.insert(u"legend"_s, QLatin1String(legendId(*o.legend)));
  if (o.marks) map.insert(u"marks"_s, *o.marks);
  if (o.title) map.insert(u"title"_s, !o.title->isEmpty());
  return map;
}

FigureOptions figureOptionsFromMap(const QVariantMap& map) {
  FigureOptions o;
  o.width = lengthOf(map.value(u"width"_s).toString());
  o.height = lengthOf(map.value(u"height"_s).toString());
  o.resolution = numberOf(map, u"resolution"_s, FigureOptions::kResolution, 0);
  if (!sizeOf(o)) o.width = o.height = std::nullopt;
  o.font_size = numberOf(map, u"font_size"_s, FigureOptions::kFontSize, 0);
  o.line_width = numberOf(map, u"line_width"_s, FigureOptions::kLineWidth, 1);
  o.whole = map.value(u"whole"_s).toBool();
  o.dark = map.value(u"dark"_s).toBool();
  if (map.contains(u"legend"_s)) o.legend = legendFromId(map.value(u"legend"_s).toString().toStdString());
  if (map.contains(u"marks"_s)) o.marks = map.value(u"marks"_s).toBool();
  if (map.contains(u"title"_s) && !map.value(u"title"_s).toBool()) o.title = QString();
  return o;
}

}  // namespace synann::ui
