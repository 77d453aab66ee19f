// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/aside_file.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

#include "engine/core/file.h"

namespace synann {

namespace fs = std::filesystem;

Result<fs::path> target_of(const fs::path& path) {
  constexpr int kMostLinks = 40;  // as the system's own limit
  std::error_code ignored;
  fs::path target = path;
  for (int links = 0; fs::is_symlink(target, ignored); ++links) {
    if (links == kMostLinks) return write_error(path, ELOOP);
    target = target.parent_path() / fs::read_symlink(target, ignored);
  }
  const fs::file_status there = fs::status(target, ignored);
  if (target.filename().empty() || fs::is_directory(there))
    return write_error(path, fs::is_directory(there) ? EISDIR : ENOENT);
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    return input_error(path.string(), "is not a regular file, and only such are replaced",
                       "name a regular file");
  }
  return target;
}

fs::path aside_of(const fs::path& target) {
  return target.string() + fmt::format(".part-{}", ::getpid());
}

AsideFile::AsideFile(fs::path asked, fs::path target)
    : asked_(std::move(asked)), target_(std::move(target)), aside_(aside_of(target_)) {}

AsideFile::~AsideFile() {
  if (!aside_.empty()) ::unlink(aside_.c_str());
}

Result<AsideFile> AsideFile::begin(const fs::path& path) {
  auto target = target_of(path);
  if (!target) return target.error();
  AsideFile file(path, std::move(*target));
  const int made = ::open(file.aside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (made < 0 || ::close(made) != 0) return write_error(path, errno);
  return file;
}

Status AsideFile::commit() {
  const int file = ::open(aside_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return write_error(asked_, errno);
  const int code = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  if (code != 0) return write_error(asked_, code);
  if (std::rename(aside_.c_str(), target_.c_str()) != 0) return write_error(asked_, errno);
  aside_.clear();
  const fs::path folder = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
  if (const int failed = sync_folder(folder)) return write_error(asked_, failed);
  return {};
}

}  // namespace synann
