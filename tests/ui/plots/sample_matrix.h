// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <memory>
#include <vector>

#include "ui/plots/heat_figure.h"

namespace synann::ui::test {

// A matrix with structure in it that is the same on every machine: waves, a diagonal and one hot cell at (3,
// 5).
inline std::vector<float> sampleMatrix(int n, double sign = 1) {
  std::vector<float> values;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      double v = 0.1 * std::sin(0.4 * i) * std::cos(0.3 * j) + (i == j ? 0.08 : 0.0);
      if (i == 3 && j == 5) v = 0.2;
      values.push_back(static_cast<float>(sign > 0 ? v : std::abs(v)));
    }
  return values;
}

inline std::shared_ptr<const HeatData> sampleHeat(int n, double sign = 1) {
  auto data = std::make_shared<HeatData>();
  data->values = sampleMatrix(n, sign);
  data->rows = data->columns = n;
  data->title = QStringLiteral("β of fcn");
  return data;
}

}  // namespace synann::ui::test
