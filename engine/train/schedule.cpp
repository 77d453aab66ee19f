// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace synann::train {
namespace {

// From `start` to `end` along half a cosine, t in [0, 1].
double along_cosine(double start, double end, double t) {
  return end + (start - end) * (1 + std::cos(std::numbers::pi * t)) / 2;
}

double one_cycle(double top, double t) {
  constexpr double kRise = 0.3, kStart = 25, kEnd = 1e4;
  if (t < kRise) return along_cosine(top / kStart, top, t / kRise);
  return along_cosine(top, top / kStart / kEnd, (t - kRise) / (1 - kRise));
}

}  // namespace

void Plateau::see(const Settings& settings, double loss) {
  if (epochs_seen++ == 0 || loss < best_loss) {
    best_loss = loss;
    bad_epochs = 0;
  } else if (++bad_epochs >= settings.schedule_epochs) {
    factor *= settings.schedule_factor;
    bad_epochs = 0;
  }
}

double learning_rate(const Settings& s, const Plateau& plateau, int epoch, int step, int steps_per_epoch) {
  const double done = epoch - 1 + static_cast<double>(step) / steps_per_epoch;
  const double t = std::min(1.0, done / s.epochs);
  if (s.schedule == "step")
    return s.learning_rate * std::pow(s.schedule_factor, (epoch - 1) / s.schedule_epochs);
  if (s.schedule == "cosine") return along_cosine(s.learning_rate, 0, t);
  if (s.schedule == "one-cycle") return one_cycle(s.learning_rate, t);
  if (s.schedule == "plateau") return s.learning_rate * plateau.factor;
  return s.learning_rate;
}

}  // namespace synann::train
