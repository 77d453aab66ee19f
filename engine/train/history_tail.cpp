// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/history_tail.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "engine/train/history_parser.h"

namespace synann::train {
namespace {

constexpr std::size_t kLastBytes = 512;  // by which a file is known again

// Closes what it holds.
class OpenHistory {
 public:
  explicit OpenHistory(const std::filesystem::path& file)
      : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenHistory() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenHistory(const OpenHistory&) = delete;
  OpenHistory& operator=(const OpenHistory&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

HistoryTail::HistoryTail(const std::filesystem::path& folder) : file_(folder / kHistoryFile) {}
HistoryTail::~HistoryTail() = default;
HistoryTail::HistoryTail(HistoryTail&&) noexcept = default;
HistoryTail& HistoryTail::operator=(HistoryTail&&) noexcept = default;

const History& HistoryTail::history() const {
  static const History none;
  return parser_ ? std::as_const(*parser_).history() : none;
}

Result<HistoryTail::Look> HistoryTail::look() {
  const OpenHistory open(file_);
  struct stat found {};
  if (open.descriptor() < 0 || ::fstat(open.descriptor(), &found) != 0 || !S_ISREG(found.st_mode))
    return input_error(file_.string(), "cannot be read", "look at the folder and its permissions");
  const FileState now{.device = static_cast<std::uint64_t>(found.st_dev),
                      .inode = static_cast<std::uint64_t>(found.st_ino),
                      .size = static_cast<std::uint64_t>(found.st_size),
                      .changed = std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec};
  if (now == seen_) return Look::Same;
  if (now.size > kLargestHistory)
    return input_error(file_.string(), "is too large for a history", "look at what is in the file");
  if (goes_on(open.descriptor(), now)) {
    if (auto grown = read_on(open.descriptor(), now)) return grown;
  }
  return read_anew(open.descriptor(), now);
}

// Whether the file is the one that was read, with all that was taken of it.
bool HistoryTail::goes_on(int descriptor, const FileState& now) {
  if (taken_ == 0 || now.device != seen_.device || now.inode != seen_.inode || now.size < taken_)
    return false;
  const auto again = read_part(descriptor, taken_ - last_bytes_.size(), taken_);
  return again && *again == last_bytes_;
}

Result<HistoryTail::Look> HistoryTail::read_on(int descriptor, const FileState& now) {
  const auto text = read_part(descriptor, taken_, now.size);
  if (!text) return text.error();
  const int turns = parser_->turns();
  if (auto status = take(*parser_, *text, taken_); !status) return status.error();
  seen_ = now;
  return parser_->turns() == turns ? Look::Grown : Look::Anew;
}

Result<HistoryTail::Look> HistoryTail::read_anew(int descriptor, const FileState& now) {
  const auto text = read_part(descriptor, 0, now.size);
  if (!text) return text.error();
  seen_ = now;
  auto parser = std::make_unique<HistoryParser>(file_.string());
  taken_ = 0;
  last_bytes_.clear();
  if (auto status = take(*parser, *text, 0); !status) return status.error();
  parser_ = std::move(parser);
  return Look::Anew;
}

// What follows the last whole line is read again with the next look.
Status HistoryTail::take(HistoryParser& parser, std::string_view text, std::uint64_t from) {
  std::string_view rest = text;
  auto status = parser.take_lines(rest);
  if (status) status = parser.end_with(rest);
  if (!status) {
    taken_ = 0;
    return status;
  }
  const std::string_view lines = text.substr(0, text.size() - rest.size());
  taken_ = from + lines.size();
  last_bytes_ += lines.substr(lines.size() - std::min(lines.size(), kLastBytes));
  if (last_bytes_.size() > kLastBytes) last_bytes_.erase(0, last_bytes_.size() - kLastBytes);
  return {};
}

// Less than that where the file has become shorter meanwhile.
Result<std::string> HistoryTail::read_part(int descriptor, std::uint64_t from, std::uint64_t to) {
  std::string text(to - from, '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t got =
        ::pread(descriptor, text.data() + done, text.size() - done, static_cast<off_t>(from + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return input_error(file_.string(), "cannot be read", "look at the disk it is on");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  bytes_read_ += done;
  return text;
}

}  // namespace synann::train
