// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/synapse/function.h"

// The swap equation (docs/theory.md): what exchanging excitation and inhibition does,
//   S(x, y) / S(y, x) = odds(βx) / odds(βy),   odds(p) = p / (1 − p),
// the swap ratio: with β = 1 the odds ratio of x and y, with β = 0 x/y. Pure; any thread.
namespace synann::synapse {

struct Swap {
  double forward = 0, backward = 0;  // S(x, y), S(y, x)
  double ratio = 0;                  // the swap ratio, forward / backward
  double log_ratio = 0;              // logit(βx) − logit(βy)
  double difference = 0;             // forward − backward = α (x − y)
  double preference = 0;             // forward / (forward + backward) = σ(log_ratio)
};

// For x and y in [0, 1] and β where 1 − βx and 1 − βy are positive. Where a quotient has no value it is NaN
// or infinite, as the division of doubles gives it.
Swap swap(const Synapse& s, double x, double y);

}  // namespace synann::synapse
