// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// What was read from the histories of runs, so that a list of a thousand of them does not read these again:
// one SQLite file in the user's cache. It is never the truth, and nothing but lists of runs asks it. Whoever
// removes it loses nothing but time.
namespace synann::runs {

// Tells whether a history is still the file that was read: one that was written, replaced or moved from
// elsewhere has another stamp.
struct HistoryStamp {
  std::int64_t size = 0, modified = 0, changed = 0;  // bytes; nanoseconds since 1970 (mtime and ctime)
  std::uint64_t file = 0;                            // its number in the file system
  bool operator==(const HistoryStamp&) const = default;
};
// Nothing where there is no such file.
std::optional<HistoryStamp> stamp_of(const std::filesystem::path& history_file);

// What is kept of one run.
struct IndexEntry {
  HistoryStamp stamp;
  std::string text;  // written and read by the catalogue
};

// Any number of programs use one file at once, each for moments. Where the file cannot be used, nothing is
// found and nothing is kept. Used by one thread at a time.
class RunIndex {
 public:
  // <XDG cache>/synann-studio/runs-1.sqlite; empty where neither HOME nor XDG_CACHE_HOME is set: then there
  // is no index.
  static std::filesystem::path usual_file();

  // Makes the file and its folder where there is none, and makes it anew where it is damaged.
  explicit RunIndex(std::filesystem::path file = usual_file());
  ~RunIndex();
  RunIndex(const RunIndex&) = delete;
  RunIndex& operator=(const RunIndex&) = delete;

  // What is kept of the runs in `folder` and below it, by their folders; these are absolute.
  std::map<std::string, IndexEntry> below(const std::filesystem::path& folder);
  // Keeps these from now on and forgets the others, in one step; all by their folders.
  void change(const std::map<std::string, IndexEntry>& kept, const std::vector<std::string>& forgotten);

  // What a person should know of it, one sentence: it was damaged, or cannot be used, and why. Else empty.
  const std::string& note() const { return note_; }

 private:
  struct Database;
  bool open();
  void close_and_remove();
  void take_trouble(int code);
  template <class Work>
  void attempt(const Work& work);

  std::filesystem::path file_;
  std::unique_ptr<Database> database_;  // null where it cannot be used
  std::string note_;
};

}  // namespace synann::runs
