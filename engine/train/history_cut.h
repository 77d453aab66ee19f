// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/train/history.h"

namespace synann::train {

// The last step that a history holds, counted since the start of the run.
std::int64_t last_step(const History& history);

// The lines of a history's file up to a step, each byte for byte as it stands there: events at or before it
// and losses of the steps before it. A line of losses that goes on beyond is cut there. `text` is what
// `history` was read from, `steps` none beyond last_step().
std::string cut_history(std::string_view text, const History& history, std::int64_t steps);

}  // namespace synann::train
