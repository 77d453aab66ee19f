// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/report/svg_plot.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

namespace synann::exports::report {

namespace {

constexpr double kWidth = 640, kHeight = 360;  // units of the picture
constexpr double kLeft = 64, kRight = 12, kTop = 34, kBottom = 44;
constexpr double kLegendRow = 16;
constexpr int kColours = 8, kMostLegend = 12;

// One axis: values to places in the picture.
struct SvgAxis {
  double least, most;  // of the values, after the logarithm
  double begin, end;   // of the places
  bool logarithmic;
  std::vector<double> ticks;  // values

  double place(double value) const {
    const double v = logarithmic ? std::log10(value) : value;
    return begin + (v - least) / (most - least) * (end - begin);
  }
};

// 1, 2 or 5 times a power of ten, at least `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

std::vector<double> linear_ticks(double least, double most) {
  const double step = round_step((most - least) / 6);
  std::vector<double> ticks;
  for (double k = std::ceil(least / step - 1e-9); k * step <= most + step * 1e-9; ++k)
    ticks.push_back(k * step);
  return ticks;
}

// Powers of ten, with 2 and 5 between where there are few.
std::vector<double> logarithmic_ticks(double least, double most) {
  std::vector<double> ticks;
  const bool few = most - least < 2.5;
  for (double power = std::floor(least); power <= std::ceil(most); ++power)
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * std::pow(10, power), at = std::log10(value);
      if ((factor == 1.0 || few) && at >= least - 1e-9 && at <= most + 1e-9) ticks.push_back(value);
    }
  return ticks;
}

bool shown(const Plot& plot, double x, double y) {
  return std::isfinite(x) && std::isfinite(y) && (!plot.logarithmic || y > 0);
}

// The range of what is shown; 0 to 1 where there is nothing.
std::pair<double, double> range_of(const Plot& plot, bool vertical) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const PlotSeries& s : plot.series)
    for (std::size_t k = 0; k < s.x.size(); ++k) {
      if (!shown(plot, s.x[k], s.y[k])) continue;
      const double v = !vertical ? s.x[k] : plot.logarithmic ? std::log10(s.y[k]) : s.y[k];
      least = std::min(least, v);
      most = std::max(most, v);
    }
  if (!(least <= most)) return {0, 1};
  if (most - least < 1e-12 * std::max(1.0, std::abs(most))) {
    const double room = std::max(std::abs(most) * 0.1, 0.5);
    return {least - room, most + room};
  }
  const double room = vertical ? 0.04 * (most - least) : 0;
  return {least - room, most + room};
}

SvgAxis axis_of(const Plot& plot, bool vertical, double begin, double end) {
  const auto [least, most] = range_of(plot, vertical);
  const bool logarithmic = vertical && plot.logarithmic;
  return {least, most,        begin,
          end,   logarithmic, logarithmic ? logarithmic_ticks(least, most) : linear_ticks(least, most)};
}

using Points = std::vector<std::pair<double, double>>;

// The lowest and the highest point of each unit of width, in the order in which they come.
Points thinned(const Points& all) {
  if (all.size() <= 2 * static_cast<std::size_t>(kWidth)) return all;
  Points kept;
  for (std::size_t first = 0; first < all.size();) {
    std::size_t end = first, low = first, high = first;
    while (end < all.size() && std::floor(all[end].first) == std::floor(all[first].first)) {
      if (all[end].second < all[low].second) low = end;
      if (all[end].second > all[high].second) high = end;
      ++end;
    }
    kept.push_back(all[std::min(low, high)]);
    if (low != high) kept.push_back(all[std::max(low, high)]);
    first = end;
  }
  return kept;
}

std::string path_of(const Plot& plot, const PlotSeries& series, const SvgAxis& x, const SvgAxis& y) {
  Points points;
  for (std::size_t k = 0; k < series.x.size(); ++k)
    if (shown(plot, series.x[k], series.y[k]))
      points.emplace_back(x.place(series.x[k]), y.place(series.y[k]));
  if (points.empty()) return {};
  const std::string classes =
      fmt::format("c{}{}{}", series.colour % kColours, series.colour >= kColours ? " dashed" : "",
                  series.faint ? " faint" : "");
  if (points.size() == 1)
    return fmt::format("<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"/>\n", classes,
                       points[0].first, points[0].second);
  std::string path = fmt::format("<path class=\"curve {}\" d=\"", classes);
  char step = 'M';
  for (const auto& [px, py] : thinned(points)) {
    fmt::format_to(std::back_inserter(path), "{}{:.1f} {:.1f}", step, px, py);
    step = 'L';
  }
  return path + "\"/>\n";
}

std::string tick_text(double value) {
  return fmt::format("{:.6g}", std::abs(value) < 1e-12 ? 0 : value);
}

std::string axes(const Plot& plot, const SvgAxis& x, const SvgAxis& y) {
  std::string out;
  auto to = std::back_inserter(out);
  for (const double tick : y.ticks)
    fmt::format_to(to,
                   "<path class=\"grid\" d=\"M{0:.1f} {2:.1f}H{1:.1f}\"/><text class=\"tick\" x=\"{3:.1f}\" "
                   "y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
                   x.begin, x.end, y.place(tick), x.begin - 6, y.place(tick) + 4, tick_text(tick));
  for (const double tick : x.ticks)
    fmt::format_to(to,
                   "<path class=\"grid\" d=\"M{0:.1f} {1:.1f}V{2:.1f}\"/><text class=\"tick\" x=\"{0:.1f}\" "
                   "y=\"{3:.1f}\" text-anchor=\"middle\">{4}</text>\n",
                   x.place(tick), y.end, y.begin, y.begin + 16, tick_text(tick));
  fmt::format_to(to,
                 "<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n"
                 "<text class=\"label\" transform=\"translate(14 {:.1f}) rotate(-90)\" "
                 "text-anchor=\"middle\">{}</text>\n",
                 (x.begin + x.end) / 2, y.begin + 36, markup_text(plot.x_label), (y.begin + y.end) / 2,
                 markup_text(plot.y_label));
  return out;
}

// As much of a name as fits, whole characters.
std::string short_name(const std::string& name) {
  constexpr std::size_t kLongest = 40;  // bytes
  if (name.size() <= kLongest) return name;
  std::size_t end = kLongest - 1;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return name.substr(0, end) + "…";
}

// Below the axes, so that it never covers data; two columns.
std::string legend(const Plot& plot, double top) {
  std::string out;
  int row = 0, left_out = 0;
  for (const PlotSeries& s : plot.series) {
    if (s.faint) continue;
    if (row == kMostLegend) {
      ++left_out;
      continue;
    }
    const double x = kLeft + (row % 2) * 280, y = top + std::floor(row / 2.0) * kLegendRow;
    const std::string name = short_name(s.name);
    out += fmt::format(
        "<path class=\"curve c{}{}\" d=\"M{:.1f} {:.1f}h22\"/><text class=\"tick\" x=\"{:.1f}\" "
        "y=\"{:.1f}\">{}</text>\n",
        s.colour % kColours, s.colour >= kColours ? " dashed" : "", x, y - 4, x + 28, y, markup_text(name));
    ++row;
  }
  if (left_out > 0)
    out += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\">and {} more</text>\n", kLeft,
                       top + kMostLegend / 2.0 * kLegendRow, left_out);
  return out;
}

int legend_rows(const Plot& plot) {
  const auto named = std::ranges::count_if(plot.series, [](const PlotSeries& s) { return !s.faint; });
  if (named < 2) return 0;
  return static_cast<int>(std::min<std::ptrdiff_t>(named, kMostLegend) + 1) / 2 +
         (named > kMostLegend ? 1 : 0);
}

}  // namespace

std::string markup_text(const std::string& text) {
  const std::string whole =
      nlohmann::json::parse(
          nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
          .get<std::string>();
  std::string out;
  for (const char c : whole) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\n':
        out += '\n';
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
  }
  return out;
}

std::string svg_plot(const Plot& plot) {
  const int rows = legend_rows(plot);
  const double height = kHeight + rows * kLegendRow;
  const SvgAxis x = axis_of(plot, false, kLeft, kWidth - kRight);
  const SvgAxis y = axis_of(plot, true, kHeight - kBottom, kTop);
  std::string out = fmt::format(
      "<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n<text class=\"head\" "
      "x=\"{}\" "
      "y=\"18\">{}</text>\n",
      kWidth, height, markup_text(plot.title), kLeft, markup_text(plot.title));
  out += axes(plot, x, y);
  for (const bool faint : {true, false})
    for (const PlotSeries& s : plot.series)
      if (s.faint == faint) out += path_of(plot, s, x, y);
  if (rows > 0) out += legend(plot, kHeight + 10);
  return out + "</svg>\n";
}

}  // namespace synann::exports::report
