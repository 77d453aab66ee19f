// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/exports/pictures.h"
#include "engine/exports/tensorboard/histogram.h"

// What an event file says, as the bytes of its records. Needs protobuf; one thread at a time.
namespace synann::exports::tensorboard {

// When something was: steps done since the run began, and seconds since 1970 or since the run began.
struct EventTime {
  std::int64_t step = 0;
  double wall = 0;
};

// A setting as TensorBoard's table of hyper-parameters has it.
struct HyperParameter {
  std::string key, label, help;
  std::variant<double, std::string> value;
  bool matters = true;  // in this run; else it has a column alone
};
// A scalar that is shown beside them.
struct HyperMetric {
  std::string_view tag, label, help;
};

enum class SessionEnd { Unknown, Success, Failure };

// The records of an event file, collected until they are taken. Tags and texts must be valid UTF-8
// (event_names.h).
class EventLog {
 public:
  void begin(double wall);            // of each file: its version
  void restart(const EventTime& at);  // what an earlier file says from this step on does not count any more
  void scalar(const EventTime& at, std::string_view tag, float value);
  void histogram(const EventTime& at, std::string_view tag, const Histogram& histogram);
  void picture(const EventTime& at, std::string_view tag, const PngPicture& picture);
  // Markdown: one text, or a table of two columns whose first row is its heading.
  void text(const EventTime& at, std::string_view tag, std::string_view markdown);
  void table(const EventTime& at, std::string_view tag,
             std::span<const std::pair<std::string, std::string>> rows);
  void hyper_parameters(const EventTime& at, std::span<const HyperParameter> parameters,
                        std::span<const HyperMetric> metrics);
  void session_end(const EventTime& at, SessionEnd end);

  std::size_t size() const { return bytes_.size(); }
  std::string take() { return std::exchange(bytes_, {}); }

 private:
  std::string bytes_;
};

}  // namespace synann::exports::tensorboard
