// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.h"
#include "engine/runs/study_file.h"

// Private to the files of a study: a run that is over, as study.json and result.json hold it.
namespace synann::runs {

nlohmann::ordered_json study_run_to_json(const StudyRun& run);
Result<StudyRun> study_run_from_json(const nlohmann::json& value, const std::string& where);

}  // namespace synann::runs
