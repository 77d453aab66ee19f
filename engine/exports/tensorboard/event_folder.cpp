// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/tensorboard/event_folder.h"

#include <fmt/format.h>
#include <system_error>

namespace synann::exports::tensorboard {

bool is_event_file_name(const std::filesystem::path& path) {
  return path.filename().string().find("tfevents") != std::string::npos;
}

bool has_event_files(const std::filesystem::path& folder) {
  std::error_code code;
  for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end; at.increment(code))
    if (is_event_file_name(at->path())) return true;
  return false;
}

std::string event_file_name(std::int64_t begun, int number) {
  return fmt::format("events.out.tfevents.{:010}.{}.synann", begun, number);
}

}  // namespace synann::exports::tensorboard
