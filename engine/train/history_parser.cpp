// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/history_parser.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/core/version.h"
#include "engine/train/history_losses.h"

namespace synann::train {
namespace {

constexpr std::string_view kLineStart = R"({"event":")";

// How the other run ended is not how this one did.
void leave_parent(History& history, const Fork& fork) {
  history.end.reset();
  for (const SettingDifference& d : fork.changed) history.changes.push_back({fork.position, d.key, d.to});
  history.forks.push_back(fork);
}

// What one kind of event does to a history.
template <class Event, class Take>
Status take_event(const Result<Event>& event, Take&& take) {
  if (!event) return event.error();
  take(*event);
  return {};
}

std::string event_name(const nlohmann::json& value) {
  return value.is_object() && value.contains("event") && value["event"].is_string()
             ? value["event"].get<std::string>()
             : "";
}

Status read_event(const nlohmann::json& value, const ReadFrom& from, History& history) {
  const std::string event = event_name(value);
  const auto keep = [](auto& list) { return [&list](const auto& e) { list.push_back(e); }; };
  if (event == "losses") return read_losses(value, from.where, history);
  if (event == "epoch" || event == "evaluation")
    return take_event(evaluation_from_json(value, from), keep(history.evaluations));
  if (event == "change") {
    return take_event(change_from_json(value, from), [&](const SettingChange& c) {
      if (!c.key.empty()) history.changes.push_back(c);  // else of a setting that is not known
    });
  }
  if (event == "device") return take_event(device_from_json(value, from), keep(history.devices));
  if (event == "time") return take_event(time_from_json(value, from), keep(history.times));
  if (event == "fork")
    return take_event(fork_from_json(value, from), [&](const Fork& f) { leave_parent(history, f); });
  if (event == "pause") return take_event(pause_from_json(value, from), keep(history.pauses));
  if (event == "resume")
    return take_event(resume_from_json(value, from), [&](const Resume& r) { go_on(history, r); });
  if (event == "end") return take_event(end_from_json(value, from), [&](const End& e) { history.end = e; });
  if (event.empty())
    return Error{.where = from.where, .problem = "is not an event", .expected = "an object with \"event\""};
  from.note(fmt::format("event \"{}\"", event.substr(0, 60)));
  return {};
}

}  // namespace

Status HistoryParser::take_lines(std::string_view& text) {
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    if (auto status = take_line(text.substr(0, end)); !status) return status;
    text.remove_prefix(end + 1);
  }
  return {};
}

Status HistoryParser::take_line(std::string_view line) {
  ++line_;
  if (started_ && torn_ == 0 && read_losses_line(line, history_)) return {};
  const auto value = nlohmann::json::parse(line, nullptr, false);
  if (value.is_discarded()) {
    note_torn(line);
    return {};
  }
  if (torn_ > 0 && torn_lines(value) != torn_) return not_json();
  torn_ = 0;
  const ReadFrom from{fmt::format("{}, line {}", file_, line_), &history_.unknown};
  const bool is_start = value.is_object() && value.contains("event") && value["event"] == "start";
  if (started_ && is_start)
    return Error{.where = from.where, .problem = "begins another run in the middle of this one"};
  if (!started_ && !is_start) return no_history();
  if (is_start) return take_start(value, from);
  const std::string event = event_name(value);
  turns_ += event == "resume" || event == "fork" ? 1 : 0;
  return read_event(value, from, history_);
}

Status HistoryParser::end_with(std::string_view rest) {
  if (torn_ > 0 && !looks_cut_off_) return not_json();
  if (!started_) return no_history();
  history_.open_line = !rest.empty();
  history_.truncated = torn_ > 0 || !rest.empty();
  history_.torn = rest.empty() ? torn_ : nlohmann::json::accept(rest) ? 1 : torn_ + 1;
  return {};
}

void HistoryParser::note_torn(std::string_view line) {
  if (torn_++ == 0) {
    torn_line_ = line_;
    looks_cut_off_ = true;
  }
  looks_cut_off_ = looks_cut_off_ && (line.starts_with(kLineStart) || kLineStart.starts_with(line));
}

Status HistoryParser::take_start(const nlohmann::json& value, const ReadFrom& from) {
  // First: what else stands there, only that version may understand.
  const std::string needs =
      value.contains("needs") && value["needs"].is_string() ? value["needs"].get<std::string>() : "";
  if (is_newer(needs, kVersion)) {
    return Error{.where = file_,
                 .problem = fmt::format("needs version {} of the program or a newer one", needs),
                 .found = fmt::format("version {}", kVersion)};
  }
  auto start = start_from_json(value, from);
  if (!start) return start.error();
  history_.start = std::move(*start);
  started_ = true;
  return {};
}

Error HistoryParser::no_history() const {
  return {.where = file_,
          .problem = "is not a history of this program",
          .expected = "a \"start\" event in the first line"};
}

Error HistoryParser::not_json() const {
  return {.where = fmt::format("{}, line {}", file_, torn_line_), .problem = "is not valid JSON"};
}

}  // namespace synann::train
