// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace synann::train {

// The steps between two log lines, as in the original script.
inline constexpr int kLogInterval = 100;

// "Train Epoch: 1 [12800/60000 (21%)]\tLoss: 0.093600": the original's line before step `batch_index`
// (0-based) of an epoch of `count` samples, when `examples` of them had been seen; loss in nats. Independent
// of the locale.
std::string train_line(int epoch, std::int64_t examples, int count, int batch_index, int steps_per_epoch,
                       double loss);

// "Test set: Average loss: 0.0431, Accuracy: 9892/10000 (98.92%)"; the original has a blank line before and
// after it.
std::string test_line(double loss, int correct, int count);

}  // namespace synann::train
