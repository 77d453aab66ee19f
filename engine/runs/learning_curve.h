// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/train/history.h"

// How well a run did, epoch by epoch: what runs are compared by.
namespace synann::runs {

// A run at the end of one of its epochs; epoch 0 is before training.
struct EpochPoint {
  int epoch = 0;
  std::int64_t steps = 0;            // done by then
  std::int64_t examples = 0;         // seen by then
  double seconds = 0;                // of training steps by then
  std::optional<double> train_loss;  // mean over the epoch's batches, nats; none for epoch 0
  double test_loss = 0;              // mean over the test set, nats
  double accuracy = 0;               // on the test set, percent
  std::optional<double> rate;        // learning rate of the epoch's last step; none for epoch 0
  train::EpochNumbers numbers;
  std::optional<double> unix_time;  // seconds since 1970, UTC; none in histories of older versions
};

// One point for each evaluation that counts, in order.
std::vector<EpochPoint> learning_curve(const train::History& history);

}  // namespace synann::runs
