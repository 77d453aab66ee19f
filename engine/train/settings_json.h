// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/train/event_json.h"
#include "engine/train/json_fields.h"
#include "engine/train/settings.h"

// Private to event_json.cpp: settings, their values and what is different between two, as parts of events.
namespace synann::train {

std::string json_key(std::string_view key);  // "batch-size" is "batch_size" in JSON
// The key of the tables that JSON names so; empty where there is none.
std::string setting_key(const std::string& name);

nlohmann::json value_json(const SettingValue& value);
std::optional<SettingValue> value_from(const nlohmann::json& value);  // nothing: neither number nor word

void read_settings(Fields& fields, Settings& settings);

// {"lr": {"from": 0.012, "to": 0.006}}
nlohmann::ordered_json changed_json(const std::vector<SettingDifference>& changed);
// The field "changed" of an event.
void read_changed(Fields& fields, const char* event, const ReadFrom& from,
                  std::vector<SettingDifference>& differences);

}  // namespace synann::train
