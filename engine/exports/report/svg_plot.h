// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

// Curves as inline SVG for a page whose style sheet gives the colours. Pure functions; any thread.
namespace synann::exports::report {

// The text as HTML and SVG show it, whatever is in it; bytes that are no UTF-8 become U+FFFD.
std::string markup_text(const std::string& text);

struct PlotSeries {
  std::string name;          // any text
  std::vector<double> x, y;  // equal lengths; points that are not finite are left out
  bool faint = false;        // behind the others, without a line in the legend
  int colour = 0;            // of the style sheet's eight; the same ones again are dashed
};

struct Plot {
  std::string title, x_label, y_label;  // any text
  bool logarithmic = false;             // the y axis; values that are not above 0 are left out
  std::vector<PlotSeries> series;
};

// 640 × 360 units, as wide as its place. Of more points than it is wide the extremes of each column are
// drawn.
std::string svg_plot(const Plot& plot);

}  // namespace synann::exports::report
