// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

#include "engine/core/result.h"
#include "engine/exports/report/report_run.h"

namespace synann::exports::report {

// One page of HTML that needs nothing beside it: no scripts, no other files; light and dark, on paper A4 and
// Letter. Whatever texts the runs hold stand in it as text. At least one run. Equal runs give equal pages.
// Errors: a picture cannot be made. Pure; any thread.
Result<std::string> report_page(std::span<const ReportedRun> runs);

}  // namespace synann::exports::report
