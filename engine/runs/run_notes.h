// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/result.h"

// What a person says about a run, in notes.json of its folder. Any thread and any number of programs, also
// while the run is being written: its own lock, notes.lock, is held for a change alone.
namespace synann::runs {

struct RunNotes {
  std::string title{};              // what the run is called; empty: its folder's name
  std::vector<std::string> tags{};  // in their order, none twice
  std::string note{};               // any length up to kLongestNote bytes, UTF-8
  bool archived = false;            // kept, and left out of lists unless they are asked for it

  bool operator==(const RunNotes&) const = default;
  bool empty() const { return *this == RunNotes{}; }
};

inline constexpr std::size_t kLongestNote = 65'536, kLongestTag = 100, kMostTags = 100;  // bytes, bytes, tags

// Without the file there are none. Errors: it cannot be read, or is not what this program writes.
Result<RunNotes> read_notes(const std::filesystem::path& folder);

// Reads the notes, lets `change` change them and writes them whole, while nobody else does: two programs that
// change them at once both succeed, one after the other. What the file says beside is kept. Errors: the
// folder holds no run; the notes cannot be read (and stay as they are) or written; a tag is empty or has a
// comma or a line break, the title has a line break; something is too long; somebody holds the lock for more
// than two seconds.
Status change_notes(const std::filesystem::path& folder, const std::function<void(RunNotes&)>& change);

}  // namespace synann::runs
