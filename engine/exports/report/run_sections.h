// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/exports/report/report_run.h"

// Private to the report: what it says of one run, as parts of the page.
namespace synann::exports::report {

// A table whose cells are texts, not yet escaped; the first row is its head. Cells of numbers stand right.
std::string html_table(const std::vector<std::vector<std::string>>& rows, const char* classes = "");

std::string settings_section(const ReportedRun& run);
std::string environment_section(const ReportedRun& run);
std::string history_section(const ReportedRun& run);  // empty where nothing happened to it
std::string epochs_section(const ReportedRun& run);
std::string confusion_section(const ReportedRun& run);  // empty where it is not known
Result<std::string> beta_section(const ReportedRun& run);

}  // namespace synann::exports::report
