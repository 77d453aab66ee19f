// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/model/description.h"
#include "engine/train/settings.h"

namespace synann::train {

// What a run will take up at most, in bytes; estimated from the model's size, without the data.
struct RunNeeds {
  std::uint64_t memory = 0;  // of this process, on the CPU
  std::uint64_t disk = 0;    // in its folder, records that cannot be compressed
};

// `record_bytes`: the budget of the records; 0 = no records.
RunNeeds run_needs(const model::Model& model, const Settings& settings, std::int64_t record_bytes);

// One sentence where that is more than a quarter of what is free; else empty. `folder` need not exist; where
// it is empty, nothing is written.
std::string needs_note(const RunNeeds& needs, const std::filesystem::path& folder);

// "1.2 GiB", "64 MiB", "3 KiB".
std::string bytes_text(std::uint64_t bytes);

}  // namespace synann::train
