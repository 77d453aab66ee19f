// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <system_error>

namespace synann {

// The path from the root on, without "." and ".." and without a slash at its end, so that its last part is a
// name and the others are the folder that it stands in. An empty path stays empty. Links stay as they are.
inline std::filesystem::path whole_path(const std::filesystem::path& path) {
  if (path.empty()) return {};
  std::error_code code;
  std::filesystem::path whole = std::filesystem::absolute(path, code);
  if (code) whole = path;  // the current folder is gone
  whole = whole.lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

}  // namespace synann
