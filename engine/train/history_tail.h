// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/core/result.h"
#include "engine/train/history.h"

namespace synann::train {

class HistoryParser;

// The history of a run that somebody else may be writing: the whole file once, then only what was appended
// since the last look. A line that has no end yet waits for it, whether its writer is at it or was killed. A
// file that became shorter, or is another one, is read from its beginning. Reads only. One thread.
class HistoryTail {
 public:
  enum class Look {
    Same,   // nothing was written since the last look
    Grown,  // by events that leave all that was known before as it was
    Anew,   // the first look, another file, or a run that went on elsewhere: it may differ in everything
  };

  explicit HistoryTail(const std::filesystem::path& folder);
  ~HistoryTail();
  HistoryTail(HistoryTail&&) noexcept;
  HistoryTail& operator=(HistoryTail&&) noexcept;

  // Errors: as of read_history(); the history is then that of the last look, and the next look reads the file
  // from its beginning once it has changed.
  Result<Look> look();
  // As of the last look that was no error; empty before the first.
  const History& history() const;
  // Of the file, in all looks together.
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  struct FileState {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t changed = 0;  // nanoseconds since 1970
    bool operator==(const FileState&) const = default;
  };
  bool goes_on(int descriptor, const FileState& now);
  Result<Look> read_on(int descriptor, const FileState& now);
  Result<Look> read_anew(int descriptor, const FileState& now);
  Result<std::string> read_part(int descriptor, std::uint64_t from, std::uint64_t to);
  Status take(HistoryParser& parser, std::string_view text, std::uint64_t from);

  std::filesystem::path file_;
  FileState seen_;
  std::unique_ptr<HistoryParser> parser_;
  std::uint64_t taken_ = 0;  // bytes of whole lines; 0 where the next look has to begin anew
  std::string last_bytes_;   // the last of these
  std::uint64_t bytes_read_ = 0;
};

}  // namespace synann::train
