// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace synann {

// A regular file that only grows. Each append is handed to the operating system at once, so that a killed
// process tears the last one at most. Movable; closed by the destructor. One thread at a time.
class AppendFile {
 public:
  // Makes the file where there is none. Errors: it cannot be opened, or is no regular file.
  static Result<AppendFile> open(const std::filesystem::path& path);
  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&& other) noexcept;
  ~AppendFile();

  Status append(std::string_view text);

 private:
  explicit AppendFile(std::filesystem::path path) : path_(std::move(path)) {}
  Error failed(int code) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace synann
