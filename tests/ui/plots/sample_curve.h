// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "ui/plots/loss_curve.h"

namespace synann::ui::test {

// A run that looks like a real one and is the same on every machine: `epochs` epochs of `steps` batches of
// 100, and an evaluation before training and after each epoch. The best epoch is the last but one (the last,
// when there are two).
inline std::shared_ptr<LossCurve> sampleCurve(int epochs, int steps) {
  auto curve = std::make_shared<LossCurve>();
  curve->setTrainCount(steps * 100);
  LossEvaluation evaluation;
  evaluation.test_loss = 2.3;
  evaluation.correct = 980;
  evaluation.count = 10000;
  curve->append(evaluation);
  std::uint32_t noise = 1;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    std::vector<float> losses;
    for (int step = 0; step < steps; ++step) {
      noise = noise * 1664525u + 1013904223u;
      const double t = static_cast<double>((epoch - 1) * steps + step) / steps;
      const double wobble = 0.6 + 0.8 * static_cast<double>(noise >> 8) / 16777216.0;
      losses.push_back(static_cast<float>((0.12 + 2.2 * std::exp(-2 * t)) * wobble));
    }
    curve->append(LossSteps{.batch_size = 100,
                            .first_examples = static_cast<std::int64_t>(epoch - 1) * steps * 100,
                            .losses = losses});
    evaluation.epoch = epoch;
    evaluation.examples = static_cast<std::int64_t>(epoch) * steps * 100;
    evaluation.train_loss = 0.12 + std::exp(-2.0 * epoch);
    evaluation.test_loss = 0.05 + 0.4 / epoch;
    evaluation.best = epochs <= 2 || epoch < epochs;
    evaluation.correct = evaluation.best ? 9000 + 50 * epoch : 9000;
    evaluation.seconds = 2.75;
    curve->append(evaluation);
  }
  return curve;
}

// Steps of the first epoch, 100 examples each.
inline void addSteps(LossCurve& curve, std::int64_t first, std::vector<float> losses) {
  curve.append(LossSteps{.batch_size = 100, .first_examples = first, .losses = losses});
}

}  // namespace synann::ui::test
