// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.h"
#include "engine/train/events.h"

// Events as JSON objects: one form for `synann train --json` and for the history file (docs/formats.md).
namespace synann::train {

// Numbers that are not finite become null, and null is read back as NaN: JSON has no other way.
//
// The readers take what they know. A field that is missing keeps its default, one of the wrong type is an
// error that names it, and one that is not known is put into `unknown`, for a newer version may have written
// it. `where`: file and line.
struct ReadFrom {
  std::string where;
  std::vector<std::string>* unknown = nullptr;  // "\"key\" of event"
  void note(std::string words) const;           // into `unknown`, once
};

nlohmann::ordered_json to_json(const Settings& settings);
Result<Settings> settings_from_json(const nlohmann::json& value, const std::string& where);

nlohmann::ordered_json to_json(const StartInfo& start);  // {"event":"start", …}
Result<StartInfo> start_from_json(const nlohmann::json& value, const ReadFrom& from);

// {"event":"epoch", …}; for epoch 0 {"event":"evaluation", …} without the training fields.
nlohmann::ordered_json to_json(const Evaluation& evaluation);
Result<Evaluation> evaluation_from_json(const nlohmann::json& value, const ReadFrom& from);

nlohmann::ordered_json to_json(const SettingChange& change);  // {"event":"change", …, "lr": 0.006}
Result<SettingChange> change_from_json(const nlohmann::json& value, const ReadFrom& from);

nlohmann::ordered_json to_json(const DeviceChange& change);  // {"event":"device", …}
Result<DeviceChange> device_from_json(const nlohmann::json& value, const ReadFrom& from);

// {"event":"resume", …, "changed": {"lr": {"from": 0.012, "to": 0.006}}}
nlohmann::ordered_json to_json(const Resume& resume);
Result<Resume> resume_from_json(const nlohmann::json& value, const ReadFrom& from);

nlohmann::ordered_json to_json(const Pause& pause);  // {"event":"pause", …}
Result<Pause> pause_from_json(const nlohmann::json& value, const ReadFrom& from);

nlohmann::ordered_json to_json(const End& end);  // {"event":"end", …, "state": "stopped", "reason": "…"}
Result<End> end_from_json(const nlohmann::json& value, const ReadFrom& from);

nlohmann::ordered_json to_json(const Fork& fork);  // {"event":"fork", …}
Result<Fork> fork_from_json(const nlohmann::json& value, const ReadFrom& from);

nlohmann::ordered_json to_json(const EpochTime& time);  // {"event":"time", …, "train_seconds": 1.5}
Result<EpochTime> time_from_json(const nlohmann::json& value, const ReadFrom& from);

// How many unreadable lines an event says it follows: 0 unless it has "torn".
int torn_lines(const nlohmann::json& value);

}  // namespace synann::train
