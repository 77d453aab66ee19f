// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/heat_shrink.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace synann::ui {

namespace {

// Which pixels a cell lies below, and its share of the first and of the next one; of one axis. A cell is
// smaller than a pixel, so it lies below two of them at most.
struct Share {
  int pixel = 0;
  float here = 0, next = 0;  // in pixels' sides
};

std::vector<Share> shares(int cells, int pixels) {
  std::vector<Share> all(static_cast<std::size_t>(cells));
  const double side = static_cast<double>(pixels) / cells;
  for (int k = 0; k < cells; ++k) {
    const double from = k * side, to = (k + 1) * side;
    const int pixel = std::min(static_cast<int>(from), pixels - 1);
    const double inside = std::min(to, pixel + 1.0) - from;
    const double beyond = pixel + 1 < pixels ? side - inside : 0.0;
    all[static_cast<std::size_t>(k)] = {pixel, static_cast<float>(side - beyond), static_cast<float>(beyond)};
  }
  return all;
}

void addScaled(const std::vector<float>& row, float factor, float* sum) {
  for (std::size_t k = 0; k < row.size(); ++k) sum[k] += factor * row[k];
}

}  // namespace

std::vector<float> shrink(const HeatData& data, const QRect& part, const QSize& size) {
  const auto width = static_cast<std::size_t>(size.width());
  std::vector<float> means(width * static_cast<std::size_t>(size.height()), 0.0F);
  const std::vector<Share> across = shares(part.width(), size.width());
  const std::vector<Share> down = shares(part.height(), size.height());
  std::vector<float> line(width + 1);  // one source row, shrunk across; the last is never beyond
  for (int r = 0; r < part.height(); ++r) {
    const float* const values = data.values.data() + static_cast<std::size_t>(data.rowAt(part.top() + r)) *
                                                         static_cast<std::size_t>(data.columns);
    std::fill(line.begin(), line.end(), 0.0F);
    for (int c = 0; c < part.width(); ++c) {
      const Share& share = across[static_cast<std::size_t>(c)];
      const float value = values[data.columnAt(part.left() + c)];
      const auto pixel = static_cast<std::size_t>(share.pixel);
      line[pixel] += share.here * value;
      if (share.next > 0) line[pixel + 1] += share.next * value;
    }
    line.resize(width);
    const Share& share = down[static_cast<std::size_t>(r)];
    float* const sum = means.data() + static_cast<std::size_t>(share.pixel) * width;
    addScaled(line, share.here, sum);
    if (share.next > 0) addScaled(line, share.next, sum + width);
    line.resize(width + 1);
  }
  return means;
}

}  // namespace synann::ui
