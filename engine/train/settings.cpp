// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/settings.h"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace synann::train {
namespace {

constexpr std::array kInfos = {
    SettingInfo{"epochs", "Epochs", "epochs", "How often training walks through the whole training set.", 1,
                100000, 200, 1, 0, true},
    SettingInfo{"batch-size", "Batch size", "samples", "How many images one step averages its gradient over.",
                1, 10000, 100, 10, 0, false},
    SettingInfo{"test-batch-size", "Test batch size", "samples",
                "How many test images are measured at a time; does not change the result.", 1, 100000, 100,
                100, 0, false},
    SettingInfo{"lr", "Learning rate", "", "How far a step moves the weights along the gradient.", 0, 10,
                0.012, 0.001, 6, true},
    SettingInfo{"momentum", "Momentum", "", "How much of the previous step's direction the next one keeps.",
                0, 0.999, 0.5, 0.05, 4, true},
    SettingInfo{"seed", "Seed", "",
                "Names the random numbers: initial weights, order of the images, dropout. The same seed "
                "gives the same run.",
                0, 2147483647, 5, 1, 0, false},
};

}  // namespace

std::span<const SettingInfo> setting_infos() {
  return kInfos;
}

double setting_value(const Settings& s, std::string_view key) {
  if (key == "epochs") return s.epochs;
  if (key == "batch-size") return s.batch_size;
  if (key == "test-batch-size") return s.test_batch_size;
  if (key == "lr") return s.learning_rate;
  if (key == "momentum") return s.momentum;
  return static_cast<double>(s.seed);
}

void set_setting(Settings& s, std::string_view key, double value) {
  if (key == "epochs") s.epochs = static_cast<int>(value);
  if (key == "batch-size") s.batch_size = static_cast<int>(value);
  if (key == "test-batch-size") s.test_batch_size = static_cast<int>(value);
  if (key == "lr") s.learning_rate = value;
  if (key == "momentum") s.momentum = value;
  if (key == "seed") s.seed = static_cast<std::uint64_t>(value);
}

int default_epochs(std::string_view data_spec) {
  return data_spec == "digits" ? 20 : Settings{}.epochs;
}

Status validate(const Settings& settings) {
  for (const SettingInfo& info : kInfos) {
    const double value = setting_value(settings, info.key);
    if (std::isfinite(value) && value >= info.minimum && value <= info.maximum) continue;
    return Error{.where = fmt::format("--{}", info.key),
                 .problem = "is out of range",
                 .expected = fmt::format("{} to {}", info.minimum, info.maximum),
                 .found = fmt::format("{}", value)};
  }
  return {};
}

}  // namespace synann::train
