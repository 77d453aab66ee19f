// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <QTemporaryDir>

#include "engine/data/digits.h"
#include "engine/train/settings.h"
#include "ui/session/training_controller.h"

namespace synann::ui::testing {

// Milliseconds until a test gives up; as many more as CTest gives a sanitizer's build.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kWait = 600'000;
#else
inline constexpr int kWait = 60'000;
#endif

// A set of built-in digits that trains in moments.
inline data::DataPairPtr smallDigits(int train_count = 400, int test_count = 100) {
  auto pair = std::make_shared<data::DataPair>();
  pair->name = "Digits (small)";
  pair->spec = "digits";
  pair->train = data::make_digits(train_count, data::kDigitsTrainSeed, 1);
  pair->test = data::make_digits(test_count, data::kDigitsTestSeed, 1);
  pair->sha256 = data::data_digest(pair->train, pair->test);
  return pair;
}

// Opens the small digits as "digits" and nothing else.
inline Result<data::DataPairPtr> openSmallDigits(const std::string& spec) {
  static const data::DataPairPtr digits = smallDigits();
  if (spec != "digits") return input_error(spec, "there is no such folder", "choose another folder");
  return digits;
}

// 20 steps in each epoch.
inline train::Settings smallSettings(int epochs = 2) {
  train::Settings settings;
  settings.epochs = epochs;
  settings.batch_size = 20;
  return settings;
}

// Makes a controller that trains on the small digits with one thread, each run in a folder of its own below
// `home`.
inline void prepare(TrainingController& controller, const QTemporaryDir& home) {
  controller.setDataOpener(openSmallDigits);
  controller.setExecution({.device = "cpu", .tier = "eigen", .threads = 1});
  controller.setFolderChooser([base = std::filesystem::path(home.path().toStdString()),
                               n = 0](const auto&) mutable { return base / ("run" + std::to_string(++n)); });
}

}  // namespace synann::ui::testing
