// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/train/settings.h"

namespace synann::train {

// The values that one setting takes in a study, in the order in which they were named.
struct Variation {
  std::string key;  // of a number of setting_infos() but the seed, or of a choice among words
  std::vector<SettingValue> values;
};

// "lr=0.003,0.012,0.05", each value as its option takes it (a switch: 0 or 1). `option` names the text in the
// sentence about what is wrong: an unknown setting, a value out of range, one that is named twice, none.
Result<Variation> parse_variation(std::string_view option, std::string_view text);

// `settings` with each value of each variation: all combinations, the last variation counting fastest.
std::vector<Settings> vary(const Settings& settings, const std::vector<Variation>& variations);

// What of the varied settings is in force: "lr=0.05 momentum=0.9"; empty where nothing is varied.
std::string varied_text(const Settings& settings, const std::vector<Variation>& variations);

}  // namespace synann::train
