// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/train/settings.h"

namespace synann::train {

// The state of a plateau schedule; part of the checkpoint.
struct Plateau {
  double factor = 1;     // what the drops so far multiply the rate by
  double best_loss = 0;  // nats; meaningful once epochs_seen > 0
  int bad_epochs = 0;    // since the best loss
  int epochs_seen = 0;

  // After each epoch with the loss that chooses (validation or test).
  void see(const Settings& settings, double loss);
  bool operator==(const Plateau&) const = default;
};

// The learning rate of a step (0-based) of an epoch (1-based). constant; step: a drop every schedule_epochs;
// cosine: lr (1 + cos πt) / 2 over the whole run; one-cycle: as PyTorch's OneCycleLR with its defaults but
// without cycle_momentum, from lr / 25 up to lr in the first 30 % of the steps, then down to lr / 250,000 at
// the last one, along cosines (Smith 2018); plateau: a drop after schedule_epochs epochs without a lower
// loss; breaks: the rate of the last break whose epoch is over, lr before the first.
double learning_rate(const Settings& settings, const Plateau& plateau, int epoch, int step,
                     int steps_per_epoch);

// A learning rate from the end of an epoch on.
struct RateBreak {
  int after = 0;  // epochs
  double rate = 0;
  bool operator==(const RateBreak&) const = default;
};

// "12:0.0001,30:0.00001": epochs ascending, rates from 0 to 10. `option` names the value in errors.
Result<std::vector<RateBreak>> parse_breaks(std::string_view option, std::string_view text);

}  // namespace synann::train
