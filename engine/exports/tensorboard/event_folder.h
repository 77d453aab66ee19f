// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

// A folder of event files as TensorBoard looks at it. Needs no protobuf; any thread.
namespace synann::exports::tensorboard {

// What TensorBoard takes for an event file: by its name.
bool is_event_file_name(const std::filesystem::path& path);
// Whether such a file lies in the folder itself.
bool has_event_files(const std::filesystem::path& folder);
// "events.out.tfevents.1764534312.0.synann": by when it was begun, in seconds since 1970, then by a number;
// in the order of their names, files of one run are in the order in which they were begun. No host's name:
// equal runs have equal files.
std::string event_file_name(std::int64_t begun, int number);

}  // namespace synann::exports::tensorboard
