// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.h"
#include "engine/train/events.h"

// Events as JSON objects: one form for `synann train --json` and for the history file (docs/formats.md).
namespace synann::train {

nlohmann::ordered_json to_json(const Settings& settings);
// Fields that are missing keep their default; a field of the wrong type is an error that names it. `where`:
// file and line.
Result<Settings> settings_from_json(const nlohmann::json& value, const std::string& where);

nlohmann::ordered_json to_json(const StartInfo& start);  // {"event":"start", …}
Result<StartInfo> start_from_json(const nlohmann::json& value, const std::string& where);

// {"event":"epoch", …}; for epoch 0 {"event":"evaluation", …} without the training fields.
nlohmann::ordered_json to_json(const Evaluation& evaluation);
Result<Evaluation> evaluation_from_json(const nlohmann::json& value, const std::string& where);

nlohmann::ordered_json to_json(const SettingChange& change);  // {"event":"change", …, "lr": 0.006}
Result<SettingChange> change_from_json(const nlohmann::json& value, const std::string& where);

nlohmann::ordered_json to_json(const DeviceChange& change);  // {"event":"device", …}
Result<DeviceChange> device_from_json(const nlohmann::json& value, const std::string& where);

nlohmann::ordered_json to_json(const Fork& fork);  // {"event":"fork", …}
Result<Fork> fork_from_json(const nlohmann::json& value, const std::string& where);

nlohmann::ordered_json to_json(const EpochTime& time);  // {"event":"time", …, "train_seconds": 1.5}
Result<EpochTime> time_from_json(const nlohmann::json& value, const std::string& where);

}  // namespace synann::train
