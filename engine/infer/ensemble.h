// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/infer/predictions.h"

namespace synann::infer {

// What several networks say together of the same samples: the mean of their probabilities, in double
// precision, in their order. A pure function; any thread. Errors: none at all, other samples or other
// classes.
Result<Predictions> mean_of(std::span<const Predictions> members);

}  // namespace synann::infer
