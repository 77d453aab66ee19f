// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/train/event_json.h"
#include "engine/train/history.h"

// Lines of a history, for the tests of what is read from it.
namespace synann::testing {

// A run of 250 samples in batches of 40: 7 steps an epoch, the last one smaller.
inline train::StartInfo small_start() {
  train::StartInfo start;
  start.settings.batch_size = 40;
  start.settings.epochs = 3;
  start.data_name = "Tiny digits";
  start.data_sha256 = std::string(64, 'd');
  start.train_count = 250;
  start.test_count = 60;
  start.steps_per_epoch = 7;
  start.parameter_count = 30'762;
  start.device = "CPU";
  start.tier = "eigen";
  start.isa = "AVX2";
  start.threads = 1;
  start.folder = "runs/a";
  start.version = "0.1.0";
  start.commit = "0123456789ab";
  return start;
}

template <class Event>
std::string line_of(const Event& event) {
  return to_json(event).dump() + "\n";
}

// The losses of consecutive steps of a small run: 100 · epoch + step.
inline std::string losses_line(int epoch, int first_step, int count) {
  nlohmann::ordered_json line{{"event", "losses"},
                              {"epoch", epoch},
                              {"step", first_step},
                              {"batch_size", 40},
                              {"examples", (epoch - 1) * 250 + first_step * 40}};
  line["loss"] = nlohmann::ordered_json::array();
  for (int k = 0; k < count; ++k) line["loss"].push_back(100 * epoch + first_step + k);
  return line.dump() + "\n";
}

inline train::Evaluation evaluation_of(int epoch) {
  return {.epoch = epoch, .examples = 250 * epoch, .test_loss = 0.5, .correct = 10 + epoch, .count = 60};
}

// Goes on there on the computer and the settings of before.
inline train::Resume resume_at(train::Position position) {
  return {.position = position,
          .device = "CPU",
          .tier = "eigen",
          .isa = "AVX2",
          .threads = 1,
          .version = "0.2.0",
          .commit = "ba9876543210"};
}

}  // namespace synann::testing
