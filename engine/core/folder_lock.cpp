// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/folder_lock.h"

#include <cerrno>
#include <chrono>
#include <ctime>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/program.h"

namespace synann {
namespace {

namespace fs = std::filesystem;

// {"pid":123,"host":"…","since":"2026-11-28T10:29:23Z"}
std::string describe_holder() {
  return nlohmann::ordered_json{
             {"pid", ::getpid()},
             {"host", host_name()},
             {"since", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))}}
             .dump() +
         "\n";
}

// What stands in the lock file, in words. The holder may have taken the lock a moment ago and not have
// written it yet.
std::string holder_words(int descriptor) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    char text[1024];
    const ssize_t length = ::pread(descriptor, text, sizeof text, 0);
    const auto holder = nlohmann::json::parse(
        std::string_view(text, length > 0 ? static_cast<std::size_t>(length) : 0), nullptr, false);
    if (holder.is_object() && holder.contains("pid") && holder["pid"].is_number_integer()) {
      const auto word = [&](const char* key) {
        return holder.contains(key) && holder[key].is_string() ? holder[key].get<std::string>() : "?";
      };
      const auto pid = holder["pid"].get<std::int64_t>();
      const bool own = pid == ::getpid() && word("host") == host_name();
      return fmt::format("{} on {} since {}", own ? "this program" : fmt::format("process {}", pid),
                         word("host"), word("since"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return "a program that has not said its name";
}

Error cannot_lock(const fs::path& file, int code) {
  return input_error(file.string(),
                     fmt::format("cannot be written ({})", std::generic_category().message(code)),
                     "choose a folder that you may write to");
}

// Waits out those who only look whether the lock is held, which takes them microseconds, or as long as the
// processor is taken from them meanwhile. Where it cannot be had, errno says why.
bool lock_soon(int descriptor, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kPause{5};
  for (auto waited = kPause;; waited += kPause) {
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK || waited >= patience) return false;
    std::this_thread::sleep_for(kPause);
  }
}

Status write_holder(int descriptor, const fs::path& file) {
  const std::string text = describe_holder();
  if (::ftruncate(descriptor, 0) == 0 &&
      ::pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()))
    return {};
  const int code = errno;
  if (code != ENOSPC && code != EDQUOT) return cannot_lock(file, code);
  return Error{.kind = ErrorKind::Failed,
               .where = file.string(),
               .problem = "the disk is full",
               .remedy = "free some space and try again"};
}

}  // namespace

Status make_folder(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (!code && fs::is_directory(folder, code)) return {};
  if (!code) code = std::make_error_code(std::errc::not_a_directory);
  return input_error(folder.string(), fmt::format("cannot be made ({})", code.message()),
                     "choose another folder");
}

Result<FolderLock> FolderLock::take(const fs::path& folder, const char* name,
                                    std::chrono::milliseconds patience) {
  if (auto status = make_folder(folder); !status) return status.error();
  const fs::path file = folder / name;
  FolderLock lock;
  lock.descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
  if (lock.descriptor_ < 0) return cannot_lock(file, errno);
  struct stat info {};
  if (::fstat(lock.descriptor_, &info) != 0) return cannot_lock(file, errno);
  if (!S_ISREG(info.st_mode))
    return input_error(file.string(), "is not a regular file", "remove it, or choose another folder");
  if (lock_soon(lock.descriptor_, patience)) {
    if (auto status = write_holder(lock.descriptor_, file); !status) return status.error();
    return lock;
  }
  if (errno == EWOULDBLOCK) {
    return input_error(folder.string(), fmt::format("is being written by {}", holder_words(lock.descriptor_)),
                       "wait until it has finished, or choose another folder");
  }
  lock.warning_ =
      fmt::format("{}: the file system has no locks ({}), so take care that no second program writes there",
                  folder.string(), std::generic_category().message(errno));
  return lock;
}

std::optional<std::string> FolderLock::holder(const fs::path& folder, const char* name) {
  const int descriptor = ::open((folder / name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return {};
  std::optional<std::string> words;
  if (::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) words = holder_words(descriptor);
  ::close(descriptor);
  return words;
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), warning_(std::move(other.warning_)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(warning_, other.warning_);
  return *this;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace synann
