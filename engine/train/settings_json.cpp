// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/settings_json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/model/model_file.h"

namespace synann::train {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

}  // namespace

std::string json_key(std::string_view key) {
  // "train_count" is how many there are, in the first line of a history.
  if (key == "train-count") return "train_drawn";
  std::string name(key);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

json value_json(const SettingValue& value) {
  const double* number = std::get_if<double>(&value);
  if (!number) return std::get<std::string>(value);
  const bool whole = *number == std::floor(*number) && std::abs(*number) < 1e15;
  return whole ? json(static_cast<std::int64_t>(*number)) : json(*number);
}

std::optional<SettingValue> value_from(const json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  return std::nullopt;
}

std::string setting_key(const std::string& name) {
  for (const SettingInfo& info : setting_infos())
    if (json_key(info.key) == name) return std::string(info.key);
  for (const ChoiceInfo& info : choice_infos())
    if (json_key(info.key) == name) return std::string(info.key);
  return name == "data" ? name : std::string();
}

ordered_json changed_json(const std::vector<SettingDifference>& changed) {
  ordered_json j = ordered_json::object();
  for (const SettingDifference& d : changed)
    j[json_key(d.key)] = {{"from", value_json(d.from)}, {"to", value_json(d.to)}};
  return j;
}

void read_changed(Fields& fields, const char* event, const ReadFrom& from,
                  std::vector<SettingDifference>& differences) {
  const json* changed = fields.value("changed");
  if (!changed) return;
  if (!changed->is_object()) fields.fail("changed", "an object");
  for (const auto& [name, change] : changed->items()) {
    const std::string key = setting_key(name);
    const auto part = [&change = change](const char* side) {
      return change.is_object() && change.contains(side) ? value_from(change[side]) : std::nullopt;
    };
    const auto before = part("from"), after = part("to");
    if (key.empty()) {
      from.note(fmt::format("\"{}\" changed by a {}", name, event));
      continue;
    }
    if (!before || !after) fields.fail(name.c_str(), "from and to");
    if (before && after) differences.push_back({key, *before, *after});
  }
}

void read_settings(Fields& f, Settings& s) {
  f.read("model", s.model);
  f.read("data", s.data);
  if (const json* own = f.value("model_file")) {
    auto definition = model::parse_model_file(own->dump(), "model_file");
    if (!definition) {
      f.fail("model_file", definition.error().sentence(), "cannot be taken");
    } else {
      s.own = {std::make_shared<const model::Definition>(std::move(*definition))};
      if (s.own.definition->id != s.model) f.fail("model", fmt::format("\"{}\"", s.own.definition->id));
    }
  }
  for (const SettingInfo& info : setting_infos()) {
    double number = setting_value(s, info.key);
    f.read(json_key(info.key).c_str(), number);
    set_setting(s, info.key,
                std::clamp(number, info.minimum - 1, info.maximum + 1));  // validate() says what is wrong
  }
  for (const ChoiceInfo& info : choice_infos()) {
    std::string option = choice_value(s, info.key);
    f.read(json_key(info.key).c_str(), option);
    set_choice(s, info.key, option);
  }
}

ordered_json to_json(const Settings& s) {
  ordered_json j{{"model", s.model}, {"data", s.data}};
  if (s.own) j["model_file"] = ordered_json::parse(model::model_file_text(*s.own.definition));
  for (const SettingInfo& info : setting_infos()) {
    // Runs on all training images, and those with the original's log, stay byte for byte what they were
    // before there was a choice.
    if (info.key.starts_with("train-") && s.train_count == 0) continue;
    if (info.key == "log-interval" && s.log_interval == kLogInterval) continue;
    const double value = setting_value(s, info.key);
    if (info.key.starts_with("adam-") && value == info.fallback) continue;
    // Nor does augmentation show where there is none; what it is done with goes along where it is.
    if (info.key.starts_with("augment-") && value == info.fallback &&
        !(info.key.starts_with("augment-elastic") && s.augment_elastic > 0) &&
        !(info.key.starts_with("augment-erase") && s.augment_erase > 0))
      continue;
    if (info.decimals == 0) {
      j[json_key(info.key)] = static_cast<std::int64_t>(value);
    } else {
      j[json_key(info.key)] = value;
    }
  }
  for (const ChoiceInfo& info : choice_infos()) {
    const std::string& option = choice_value(s, info.key);
    if (!info.is_text() || !option.empty()) j[json_key(info.key)] = option;
  }
  return j;
}

Result<Settings> settings_from_json(const json& value, const std::string& where) {
  Settings s;
  Fields f(value, where);
  read_settings(f, s);
  return f.finish(std::move(s));
}

}  // namespace synann::train
