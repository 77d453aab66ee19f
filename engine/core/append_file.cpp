// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/append_file.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "engine/core/file.h"

namespace synann {

Result<AppendFile> AppendFile::open(const std::filesystem::path& path) {
  const Error irregular =
      input_error(path.string(), "is not a regular file", "remove it, or choose another folder");
  AppendFile file(path);
  // Without O_NONBLOCK, opening a named pipe would wait for a reader for ever; with it, one that has none
  // cannot be opened (ENXIO).
  file.descriptor_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0666);
  if (file.descriptor_ < 0) return errno == ENXIO ? irregular : write_error(path, errno);
  struct stat info {};
  if (::fstat(file.descriptor_, &info) != 0) return write_error(path, errno);
  if (!S_ISREG(info.st_mode)) return irregular;
  return file;
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

AppendFile::~AppendFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Error AppendFile::failed(int code) const {
  Error error = write_error(path_, code);
  error.kind = ErrorKind::Failed;  // it could be written when it was opened
  error.remedy = "free some space and resume from the last checkpoint";
  return error;
}

Status AppendFile::append(std::string_view text) {
  const int code = write_all(descriptor_, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return code == 0 ? Status() : failed(code);
}

}  // namespace synann
