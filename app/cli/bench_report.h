// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "app/cli/bench_programs.h"
#include "engine/bench/suite.h"

// How measurements are told: a table for people, JSON lines for programs (docs/formats.md).
namespace synann::cli {

void print_bench_table(const bench::Report& report, const bench::Options& options, const Programs& programs);
// One JSON object each.
std::vector<std::string> bench_json(const bench::Report& report, const bench::Options& options,
                                    const Programs& programs);

}  // namespace synann::cli
