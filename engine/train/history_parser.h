// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.h"
#include "engine/train/event_json.h"
#include "engine/train/history.h"

// Private to history.cpp and history_tail.cpp.
namespace synann::train {

inline constexpr std::uint64_t kLargestHistory = 4ull << 30;  // bytes

// Takes line after line. One that cannot be read is an error, unless a killed process left it: it was cut
// off, and stands at the end or directly before the event that says so. After an error there is nothing more
// to take.
class HistoryParser {
 public:
  explicit HistoryParser(std::string file) : file_(std::move(file)) {}

  // Takes the whole lines that `text` begins with; what is left of it is their rest, without an end.
  Status take_lines(std::string_view& text);
  // Says what state the file is in if it ends with `rest`; may be said again when more lines were taken.
  Status end_with(std::string_view rest);

  const History& history() const& { return history_; }
  History history() && { return std::move(history_); }
  // Resumes and forks so far: what was taken before one may count no more.
  int turns() const { return turns_; }

 private:
  Status take_line(std::string_view line);
  void note_torn(std::string_view line);
  Status take_start(const nlohmann::json& value, const ReadFrom& from);
  Error no_history() const;
  Error not_json() const;

  std::string file_;
  History history_;
  int line_ = 0, turns_ = 0;
  int torn_ = 0, torn_line_ = 0;  // unreadable lines up to here, one after the other, and the first of them
  bool looks_cut_off_ = true;     // all of them begin as a line of ours does
  bool started_ = false;
};

}  // namespace synann::train
