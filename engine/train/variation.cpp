// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/variation.h"

#include <algorithm>
#include <fmt/format.h>

#include "engine/core/text_value.h"

namespace synann::train {
namespace {

const SettingInfo* number_info(std::string_view key) {
  for (const SettingInfo& info : setting_infos())
    if (info.key == key) return &info;
  return nullptr;
}

// The seed is none: those of a study are what its runs are paired by. Nor is a text, which has commas, nor
// the log interval, with which every run is the same.
std::vector<std::string> variable_keys() {
  std::vector<std::string> keys;
  for (const SettingInfo& info : setting_infos())
    if (info.key != "seed" && info.key != "log-interval") keys.emplace_back(info.key);
  for (const ChoiceInfo& info : choice_infos())
    if (!info.is_text()) keys.emplace_back(info.key);
  return keys;
}

Result<SettingValue> parse_setting(const std::string& where, std::string_view key, std::string_view text) {
  const SettingInfo* info = number_info(key);
  if (text.empty()) return Error{.where = where, .problem = "has an empty value"};
  if (!info) {
    if (auto status = check_choice(key, text); !status) return status.error();
    return SettingValue(std::string(text));
  }
  if (info->decimals == 0) {
    const auto whole = parse_whole(where, text, static_cast<std::int64_t>(info->minimum),
                                   static_cast<std::int64_t>(info->maximum));
    if (!whole) return whole.error();
    return SettingValue(static_cast<double>(*whole));
  }
  const auto number = parse_number(where, text, info->minimum, info->maximum);
  if (!number) return number.error();
  return SettingValue(*number);
}

}  // namespace

Result<Variation> parse_variation(std::string_view option, std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return Error{.where = std::string(option),
                 .problem = "does not say which setting takes which values",
                 .expected = "SETTING=VALUE,VALUE as in lr=0.003,0.05",
                 .found = in_quotes(text)};
  }
  Variation variation{.key = std::string(text.substr(0, equals)), .values = {}};
  if (variation.key == "seed") {
    return input_error(std::string(option),
                       "cannot vary the seed: every variation is trained from the same ones",
                       "use --seeds for their number and --seed for the first one");
  }
  if (auto status = check_word(option, variation.key, variable_keys()); !status) return status.error();
  const std::string where = fmt::format("{} {}", option, variation.key);
  for (const std::string& part : split_list(text.substr(equals + 1))) {
    auto value = parse_setting(where, variation.key, part);
    if (!value) return value.error();
    if (std::find(variation.values.begin(), variation.values.end(), *value) != variation.values.end())
      return Error{.where = where, .problem = fmt::format("names {} twice", value_text(*value))};
    variation.values.push_back(std::move(*value));
  }
  return variation;
}

std::vector<Settings> vary(const Settings& settings, const std::vector<Variation>& variations) {
  std::vector<Settings> all{settings};
  for (const Variation& variation : variations) {
    std::vector<Settings> finer;
    for (const Settings& one : all) {
      for (const SettingValue& value : variation.values) {
        finer.push_back(one);
        apply_setting(finer.back(), variation.key, value);
      }
    }
    all = std::move(finer);
  }
  return all;
}

std::string varied_text(const Settings& settings, const std::vector<Variation>& variations) {
  std::string text;
  for (const Variation& v : variations) {
    const std::string value =
        number_info(v.key) ? value_text(setting_value(settings, v.key)) : choice_value(settings, v.key);
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", v.key, value);
  }
  return text;
}

}  // namespace synann::train
