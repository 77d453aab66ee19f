// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/learning_curve.h"

namespace synann::runs {

std::vector<EpochPoint> learning_curve(const train::History& history) {
  std::vector<EpochPoint> points;
  double seconds = 0;
  for (const train::Evaluation& e : history.evaluations) {
    EpochPoint point;
    point.epoch = e.epoch;
    point.steps = history.steps_at({.epoch = e.epoch + 1, .step = 0});
    if (e.epoch > 0) {
      seconds += e.train_seconds;
      point.train_loss = e.train_loss;
      point.rate = e.learning_rate;
    }
    point.seconds = seconds;
    point.test_loss = e.test_loss;
    point.accuracy = e.accuracy();
    point.examples = e.examples;
    point.numbers = e.numbers;
    if (e.unix_time > 0) point.unix_time = e.unix_time;
    points.push_back(point);
  }
  return points;
}

}  // namespace synann::runs
