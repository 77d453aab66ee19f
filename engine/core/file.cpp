// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/file.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <functional>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include "engine/core/aside_file.h"

namespace synann {

namespace fs = std::filesystem;

namespace {

// An open file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool valid() const { return value_ >= 0; }
  int value() const { return value_; }
  // Network file systems report a failed write only here, so the result counts.
  bool close() {
    const int value = std::exchange(value_, -1);
    return value < 0 || ::close(value) == 0;
  }

 private:
  int value_;
};

std::string reason(int code) {
  return std::generic_category().message(code);
}

Error read_error(const fs::path& path, int code) {
  if (code == ENOENT) return input_error(path.string(), "no such file", "check the path");
  if (code == EISDIR) return input_error(path.string(), "is a folder, not a file", "name a file inside it");
  if (code == EACCES) return input_error(path.string(), "may not be read", "check its permissions");
  return input_error(path.string(), fmt::format("cannot be read ({})", reason(code)));
}

Error too_large(const fs::path& path, std::uint64_t limit, std::uint64_t size) {
  Error error = input_error(path.string(), "the file is too large");
  error.expected = fmt::format("at most {} bytes", limit);
  error.found = fmt::format("{} bytes", size);
  return error;
}

// 0, or errno.
int write_pieces(int descriptor, const Pieces& content) {
  for (const auto piece : content) {
    if (const int code = write_all(descriptor, piece)) return code;
  }
  return 0;
}

// 0, or errno of the first that fails. All at the same time: the disk waits once for them, not once for each.
int sync_all(std::span<const Descriptor> files) {
  std::atomic<int> failed{0};
  const auto sync = [&failed](const Descriptor& file) {
    if (::fsync(file.value()) != 0) failed.store(errno);
  };
  std::vector<std::jthread> others;
  for (std::size_t k = 1; k < files.size(); ++k) others.emplace_back(sync, std::cref(files[k]));
  if (!files.empty()) sync(files[0]);
  others.clear();  // joined
  return failed.load();
}

// Errno of whichever of the two failed; 0 where all went well.
struct CopyFault {
  int reading = 0, writing = 0;
};
CopyFault copy_bytes(int from, int to, std::uint64_t bytes) {
  std::vector<std::uint8_t> piece(1 << 20);
  while (bytes > 0) {
    const ssize_t got = ::read(from, piece.data(), std::min<std::uint64_t>(piece.size(), bytes));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {.reading = errno};
    if (got == 0) break;
    if (const int code = write_all(to, std::span(piece).first(static_cast<std::size_t>(got))))
      return {.writing = code};
    bytes -= static_cast<std::uint64_t>(got);
  }
  return {.writing = ::fsync(to) == 0 ? 0 : errno};
}

}  // namespace

Result<std::vector<std::uint8_t>> read_file(const fs::path& path, std::uint64_t limit) {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!descriptor.valid()) return read_error(path, errno);
  struct stat info {};
  if (::fstat(descriptor.value(), &info) != 0) return read_error(path, errno);
  if (S_ISDIR(info.st_mode)) return read_error(path, EISDIR);
  if (!S_ISREG(info.st_mode))
    return input_error(path.string(), "is not a regular file", "name a regular file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > limit) return too_large(path, limit, size);

  // Some files say 0 bytes and hold more, and a file may grow while it is read: read to its end, not to its
  // size.
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size) + 1);
  std::size_t used = 0;
  while (true) {
    const ssize_t got = ::read(descriptor.value(), bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return read_error(path, errno);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > limit) return too_large(path, limit, used);
    if (used == bytes.size()) bytes.resize(bytes.size() + std::max<std::size_t>(bytes.size(), 4096));
  }
  bytes.resize(used);
  return bytes;
}

int sync_folder(const fs::path& folder) {
  Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.valid()) return errno == EACCES ? 0 : errno;
  if (::fsync(descriptor.value()) != 0 && errno != EINVAL) return errno;
  return 0;
}

Error write_error(const fs::path& path, int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return {.kind = ErrorKind::Failed,
              .where = path.string(),
              .problem = "the disk is full",
              .remedy = "free some space and try again; a file of this name is unchanged"};
    case EFBIG:
      return {.kind = ErrorKind::Failed,
              .where = path.string(),
              .problem = "would be larger than files may be here (ulimit -f, or the file system)",
              .remedy = "raise the limit; a file of this name is unchanged"};
    case ENOENT:
    case ENOTDIR:
      return input_error(path.string(), "cannot be written: its folder does not exist", "make the folder");
    case EISDIR:
      return input_error(path.string(), "cannot be written: it is a folder", "name a file inside it");
    case EACCES:
    case EPERM:
    case EROFS:
      return input_error(path.string(), fmt::format("cannot be written ({})", reason(code)),
                         "choose a folder that you may write to");
    case ENAMETOOLONG:
      return input_error(path.string(), "cannot be written: the name is too long", "shorten it");
    default:
      break;
  }
  Error error = input_error(path.string(), fmt::format("writing failed ({})", reason(code)));
  error.kind = ErrorKind::Failed;
  error.remedy = "a file of this name is unchanged";
  return error;
}

int write_all(int descriptor, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

Status write_files_atomically(std::span<const FileToWrite> files) {
  std::vector<fs::path> targets;
  for (const FileToWrite& file : files) {
    auto target = target_of(file.path);
    if (!target) return target.error();
    targets.push_back(std::move(*target));
  }
  const auto failed = [&](std::size_t k, int code) {
    for (const fs::path& target : targets) ::unlink(aside_of(target).c_str());
    return write_error(files[k].path, code);
  };
  std::vector<Descriptor> open;
  open.reserve(files.size());
  for (std::size_t k = 0; k < files.size(); ++k) {
    open.emplace_back(
        ::open(aside_of(targets[k]).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!open[k].valid()) return failed(k, errno);
    if (const int code = write_pieces(open[k].value(), *files[k].content)) return failed(k, code);
  }
  if (const int code = sync_all(open)) return failed(files.size() - 1, code);
  for (std::size_t k = 0; k < files.size(); ++k) {
    if (!open[k].close()) return failed(k, errno);
  }
  for (std::size_t k = 0; k < files.size(); ++k) {
    if (std::rename(aside_of(targets[k]).c_str(), targets[k].c_str()) != 0) return failed(k, errno);
  }
  if (targets.empty()) return {};
  const fs::path folder = targets.back().has_parent_path() ? targets.back().parent_path() : fs::path(".");
  if (const int code = sync_folder(folder)) return write_error(files.back().path, code);
  return {};
}

Status write_file_atomically(const fs::path& path, std::span<const std::uint8_t> bytes) {
  const Pieces content = {bytes};
  const FileToWrite file{path, &content};
  return write_files_atomically({&file, 1});
}

Status copy_start_atomically(const fs::path& from, const fs::path& to, std::uint64_t bytes) {
  Descriptor source(::open(from.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!source.valid()) return read_error(from, errno);
  const auto target = target_of(to);
  if (!target) return target.error();
  const fs::path aside = aside_of(*target);
  Descriptor copy(::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!copy.valid()) return write_error(to, errno);
  CopyFault fault = copy_bytes(source.value(), copy.value(), bytes);
  if (!copy.close() && fault.writing == 0) fault.writing = errno;
  if (fault.reading == 0 && fault.writing == 0 && std::rename(aside.c_str(), target->c_str()) != 0)
    fault.writing = errno;
  if (fault.reading != 0 || fault.writing != 0) {
    ::unlink(aside.c_str());
    return fault.reading != 0 ? read_error(from, fault.reading) : write_error(to, fault.writing);
  }
  const fs::path folder = target->has_parent_path() ? target->parent_path() : fs::path(".");
  if (const int code = sync_folder(folder)) return write_error(to, code);
  return {};
}

}  // namespace synann
