// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace synann::train {

// What determines the result of a run, and nothing else: kept in checkpoints and histories.
// The defaults are the original script's.
struct Settings {
  std::string model = "syna-cnn";
  std::string data = "digits";  // as open_dataset takes it
  int epochs = 200;           // total, counted from the start of the run (the built-in digits default to 20)
  int batch_size = 100;       // samples
  int test_batch_size = 100;  // samples
  double learning_rate = 0.012;
  double momentum = 0.5;
  std::uint64_t seed = 5;

  bool operator==(const Settings&) const = default;
};

// How a run is computed; changes its speed, never its result (bit for bit on one tier).
struct Execution {
  std::string device = "auto";  // auto, cpu, cuda
  std::string tier = "auto";    // auto, reference, eigen
  int threads = 0;              // 0 = all processors this process may use
};

// What a person needs to know to set one number: shared by the window, the command line and their tests.
struct SettingInfo {
  std::string_view key;    // command-line flag without dashes: "lr"
  std::string_view label;  // for people: "Learning rate"
  std::string_view unit;   // "samples", "epochs" or empty for pure numbers
  std::string_view help;   // what it does to training, one sentence
  double minimum, maximum, fallback, step;
  int decimals;  // 0 = whole number
  bool live;     // may change while a run is open
};

// epochs, batch-size, test-batch-size, lr, momentum, seed: in this order.
std::span<const SettingInfo> setting_infos();

// The number behind a SettingInfo's key; key must be one of setting_infos().
double setting_value(const Settings& settings, std::string_view key);
void set_setting(Settings& settings, std::string_view key, double value);

// The default number of epochs for a data set: 20 for the built-in digits, otherwise the original's 200.
int default_epochs(std::string_view data_spec);

// One sentence for the first setting outside its range.
Status validate(const Settings& settings);

}  // namespace synann::train
