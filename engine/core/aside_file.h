// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <utility>

#include "engine/core/result.h"

// Files that are written aside and then put into their place (engine/core/file.h says what a reader finds).
namespace synann {

// Where a file is written: renaming onto a symbolic link would replace the link; what it points at is meant,
// whether it is there yet or not. Errors: a folder, or what is no regular file.
Result<std::filesystem::path> target_of(const std::filesystem::path& path);
// "<name>.part-<process id>" beside it.
std::filesystem::path aside_of(const std::filesystem::path& target);

// A file that a library writes by itself, at path(). What was not committed is removed. One thread.
class AsideFile {
 public:
  // Errors: as write_file_atomically.
  static Result<AsideFile> begin(const std::filesystem::path& path);
  AsideFile(AsideFile&& other) noexcept
      : asked_(std::exchange(other.asked_, {})),
        target_(std::exchange(other.target_, {})),
        aside_(std::exchange(other.aside_, {})) {}
  AsideFile(const AsideFile&) = delete;
  AsideFile& operator=(const AsideFile&) = delete;
  ~AsideFile();

  const std::filesystem::path& path() const { return aside_; }
  // Syncs what stands at path(), and puts it into its place.
  Status commit();

 private:
  AsideFile(std::filesystem::path asked, std::filesystem::path target);

  std::filesystem::path asked_, target_, aside_;  // as it was given; where it goes; where it is written
};

}  // namespace synann
