// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.h"
#include "engine/train/history.h"

// Private to history.cpp: the lines of losses, which are nearly all of a history.
namespace synann::train {

// {"event":"losses","epoch":1,"step":0,"batch_size":100,"examples":0,"loss":[…]}: step and examples of the
// first loss.
std::string losses_head(int epoch, int step, int batch_size, std::int64_t examples);

// Adds the losses of such an object. `where`: file and line.
Status read_losses(const nlohmann::json& value, const std::string& where, History& history);

// The same of a line exactly as this program writes it, in a tenth of the time. False, and nothing added, for
// every other line: the reader of JSON says then what it is, or what is wrong with it.
bool read_losses_line(std::string_view line, History& history);

}  // namespace synann::train
