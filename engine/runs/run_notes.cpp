// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/run_notes.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/core/folder_lock.h"
#include "engine/train/run_folder.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* kNotesFormat = "synann-notes-1";
constexpr const char* kNotesLock = "notes.lock";
constexpr std::chrono::milliseconds kPatience{2000};
constexpr std::uint64_t kLargestFile = 1 << 20;

Error wrong_notes(const fs::path& file, std::string expected, std::string found) {
  return {.where = file.string(),
          .problem = "is not a run's notes",
          .expected = std::move(expected),
          .found = std::move(found),
          .remedy = "mend the file, or move it away"};
}

// The file as it stands; an object without members where there is none.
Result<ordered_json> read_object(const fs::path& file) {
  std::error_code code;
  if (!fs::exists(fs::symlink_status(file, code))) return ordered_json::object();
  const auto bytes = read_file(file, kLargestFile);
  if (!bytes) return bytes.error();
  auto object = ordered_json::parse(bytes->begin(), bytes->end(), nullptr, false);
  if (!object.is_object()) return wrong_notes(file, "a JSON object", "something else");
  const auto format = object.find("format");
  if (format == object.end() || *format != kNotesFormat)
    return wrong_notes(file, fmt::format("\"format\": \"{}\"", kNotesFormat),
                       format == object.end()
                           ? "none"
                           : format->dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  return object;
}

Result<RunNotes> notes_of(const ordered_json& object, const fs::path& file) {
  RunNotes notes;
  const auto text = [&](const char* key, std::string& value) -> Status {
    const auto found = object.find(key);
    if (found == object.end()) return {};
    if (!found->is_string())
      return wrong_notes(file, fmt::format("a text for \"{}\"", key), found->type_name());
    value = found->get<std::string>();
    return {};
  };
  if (auto status = text("title", notes.title); !status) return status.error();
  if (auto status = text("note", notes.note); !status) return status.error();
  if (const auto tags = object.find("tags"); tags != object.end()) {
    if (!tags->is_array()) return wrong_notes(file, "a list for \"tags\"", tags->type_name());
    for (const auto& tag : *tags) {
      if (!tag.is_string()) return wrong_notes(file, "texts as \"tags\"", tag.type_name());
      notes.tags.push_back(tag.get<std::string>());
    }
  }
  if (const auto archived = object.find("archived"); archived != object.end()) {
    if (!archived->is_boolean())
      return wrong_notes(file, "true or false for \"archived\"", archived->type_name());
    notes.archived = archived->get<bool>();
  }
  return notes;
}

Status check_tag(const std::string& tag) {
  const auto wrong = [&](std::string problem) {
    return input_error(fmt::format("tag \"{}\"", tag), std::move(problem), "choose a short word or two");
  };
  if (tag.find_first_not_of(' ') == std::string::npos) return wrong("is empty");
  if (tag.size() > kLongestTag) return wrong(fmt::format("is longer than {} bytes", kLongestTag));
  if (tag.find_first_of(",\n\r\t") != std::string::npos) return wrong("has a comma or a line break");
  return {};
}

Status check_notes(const RunNotes& notes) {
  for (const std::string& tag : notes.tags)
    if (auto status = check_tag(tag); !status) return status;
  const auto too_long = [](const char* what, std::size_t limit, const char* unit) {
    return Error{.where = what,
                 .problem = "is too long",
                 .expected = fmt::format("at most {} {}", limit, unit),
                 .remedy = "shorten it"};
  };
  if (notes.title.find_first_of("\n\r\t") != std::string::npos)
    return input_error("title", "has a line break", "write it in one line, and the rest into the note");
  if (notes.tags.size() > kMostTags) return too_long("tags", kMostTags, "tags");
  if (notes.title.size() > kLongestTag) return too_long("title", kLongestTag, "bytes");
  if (notes.note.size() > kLongestNote) return too_long("note", kLongestNote, "bytes");
  return {};
}

void keep_each_once(std::vector<std::string>& tags) {
  std::vector<std::string> once;
  for (std::string& tag : tags)
    if (std::find(once.begin(), once.end(), tag) == once.end()) once.push_back(std::move(tag));
  tags = std::move(once);
}

}  // namespace

Result<RunNotes> read_notes(const fs::path& folder) {
  const fs::path file = folder / train::kNotesFile;
  const auto object = read_object(file);
  if (!object) return object.error();
  return notes_of(*object, file);
}

Status change_notes(const fs::path& folder, const std::function<void(RunNotes&)>& change) {
  std::error_code code;
  if (!fs::exists(folder / train::kHistoryFile, code))
    return input_error(folder.string(), "holds no run", "name the folder of a run");
  const auto lock = FolderLock::take(folder, kNotesLock, kPatience);
  if (!lock) return lock.error();
  const fs::path file = folder / train::kNotesFile;
  auto object = read_object(file);
  if (!object) return object.error();
  auto notes = notes_of(*object, file);
  if (!notes) return notes.error();
  change(*notes);
  keep_each_once(notes->tags);
  if (auto status = check_notes(*notes); !status) return status;
  (*object)["format"] = kNotesFormat;
  (*object)["title"] = notes->title;
  (*object)["tags"] = notes->tags;
  (*object)["note"] = notes->note;
  (*object)["archived"] = notes->archived;
  const std::string text = object->dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  return write_file_atomically(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace synann::runs
