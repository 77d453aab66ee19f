// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/setting_rows.h"

#include <string_view>

namespace synann::exports {

std::vector<std::pair<std::string, std::string>> setting_rows(const train::Settings& settings) {
  std::vector<std::pair<std::string, std::string>> rows{{"Model", settings.model}};
  const auto add = [&](std::string_view key, std::string_view label) {
    const std::string text = train::value_text(train::any_value(settings, key));
    if (!text.empty() && train::setting_matters(settings, key)) rows.emplace_back(label, text);
  };
  for (const train::ChoiceInfo& info : train::choice_infos()) add(info.key, info.label);
  for (const train::SettingInfo& info : train::setting_infos())
    if (info.fallback != 0 || train::setting_value(settings, info.key) != 0) add(info.key, info.label);
  return rows;
}

}  // namespace synann::exports
