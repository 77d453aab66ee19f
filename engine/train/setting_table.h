// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/train/settings.h"

// The tables behind setting_infos() and choice_infos(): what describes a setting, and where it lives. Any
// thread.
namespace synann::train {

struct NumberSetting {
  SettingInfo info;
  double (*get)(const Settings&);
  void (*set)(Settings&, double);
};

struct ChoiceSetting {
  ChoiceInfo info;
  std::string Settings::*member;
};

std::span<const NumberSetting> number_settings();
std::span<const ChoiceSetting> choice_settings();

// By a key that is in the table.
const NumberSetting& find_number(std::string_view key);
const ChoiceSetting& find_choice(std::string_view key);

}  // namespace synann::train
