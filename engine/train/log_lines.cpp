// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/log_lines.h"

#include <cmath>
#include <fmt/format.h>

namespace synann::train {

namespace {
// Python writes "nan" whatever the sign bit says; a negative sign there would only puzzle.
std::string fixed(double value, int decimals) {
  return std::isnan(value) ? "nan" : fmt::format("{:.{}f}", value, decimals);
}
}  // namespace

std::string train_line(int epoch, std::int64_t examples, int count, int batch_index, int steps_per_epoch,
                       double loss) {
  const double percent = steps_per_epoch > 0 ? 100.0 * batch_index / steps_per_epoch : 0.0;
  return fmt::format("Train Epoch: {} [{}/{} ({:.0f}%)]\tLoss: {}", epoch, examples, count, percent,
                     fixed(loss, 6));
}

std::string test_line(double loss, int correct, int count) {
  const double percent = count > 0 ? 100.0 * correct / count : 0.0;
  return fmt::format("Test set: Average loss: {}, Accuracy: {}/{} ({:.2f}%)", fixed(loss, 4), correct, count,
                     percent);
}

}  // namespace synann::train
