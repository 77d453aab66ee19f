// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/tensorboard/part_file.h"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "engine/core/file.h"

namespace synann::exports::tensorboard {

namespace fs = std::filesystem;

Result<PartFile> PartFile::begin(const fs::path& folder) {
  PartFile part;
  std::error_code code;
  const bool there = fs::exists(folder, code);
  fs::create_directories(folder, code);
  if (code) return write_error(folder, code.value());
  part.folder_ = folder;
  part.made_ = !there;
  part.path_ = folder / fmt::format(".part-{}", ::getpid());
  ::unlink(part.path_.c_str());  // of an earlier program with the same number
  part.descriptor_ = ::open(part.path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (part.descriptor_ < 0) return write_error(part.path_, errno);
  return part;
}

PartFile::PartFile(PartFile&& other) noexcept
    : folder_(std::exchange(other.folder_, {})),
      path_(std::exchange(other.path_, {})),
      made_(std::exchange(other.made_, false)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

PartFile& PartFile::operator=(PartFile&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(path_, other.path_);
  std::swap(made_, other.made_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

PartFile::~PartFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!path_.empty()) ::unlink(path_.c_str());
  if (made_) ::rmdir(folder_.c_str());
}

Status PartFile::append(std::string_view bytes) {
  const int code =
      write_all(descriptor_, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  if (code != 0) return write_error(path_, code);
  return {};
}

Status PartFile::sync() {
  if (::fsync(descriptor_) != 0) return write_error(path_, errno);
  return {};
}

Status PartFile::commit(const fs::path& path) {
  // A link, where a rename would replace what is there.
  if (::link(path_.c_str(), path.c_str()) == 0) {
    ::unlink(path_.c_str());
  } else if (errno == EEXIST) {
    return input_error(path.string(), "is there already", "choose another folder");
  } else if (::rename(path_.c_str(), path.c_str()) != 0) {  // a file system without links
    return write_error(path, errno);
  }
  path_.clear();
  made_ = false;
  if (const int code = sync_folder(folder_)) return write_error(path, code);
  return {};
}

}  // namespace synann::exports::tensorboard
