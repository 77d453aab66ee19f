// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "engine/runs/catalogue.h"

// What the curves of several runs are turned into to compare them. Stateless; any thread.
namespace synann::runs {

// Of each value the mean of the last `width` finite values up to it; NaN where the value itself is none.
std::vector<double> trailing_mean(std::span<const double> values, int width);

// Which runs differ in nothing but their seed: each run once, groups and their runs in the order of the runs.
// The data set is the same to the byte; a run that cannot be read is a group by itself.
std::vector<std::vector<std::size_t>> alike_but_seed(const std::vector<RunSummary>& runs);

// A curve at one epoch.
struct CurvePlace {
  int epoch = 0;
  double x = 0, y = 0;  // finite
};
// Several of them at one epoch.
struct MeanPlace {
  double x = 0, y = 0;  // means
  double deviation =
      std::numeric_limits<double>::quiet_NaN();  // of a sample (n − 1), of y; NaN for one curve
  int curves = 0;
};
// Epoch by epoch, over the curves that have it; in the order of epochs.
std::vector<MeanPlace> mean_curve(std::span<const std::vector<CurvePlace>> curves);

}  // namespace synann::runs
