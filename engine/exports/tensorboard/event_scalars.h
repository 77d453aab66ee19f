// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"

// The scalars of event files, whoever wrote them.
namespace synann::exports::tensorboard {

// One tag's points in the order of the file.
struct ScalarSeries {
  std::vector<std::int64_t> steps;
  std::vector<double> wall;    // seconds since 1970
  std::vector<double> values;  // not finite where the other program wrote that
};

// What is more than this is refused.
inline constexpr std::size_t kMostScalarTags = 2'000, kMostScalarPoints = 5'000'000;
inline constexpr std::size_t kLongestScalarTag = 1'000;  // bytes

struct EventScalars {
  std::map<std::string, ScalarSeries> series;  // by tag
  std::size_t points = 0;
  bool cut_off = false;        // a last record was not whole and was left out
  std::size_t unreadable = 0;  // records that are no events and were left out
};

// Adds the scalars of one more file: simple values, and tensors of one float or double of the scalars plugin.
// What a restart overtook is left out. A pure function of the bytes. Errors: as parse_records; too many tags
// or points; no protobuf.
Status add_event_scalars(std::span<const std::uint8_t> bytes, const std::string& file, EventScalars& scalars);

}  // namespace synann::exports::tensorboard
