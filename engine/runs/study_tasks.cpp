// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/study_tasks.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <string_view>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/core/sha256.h"
#include "engine/core/whole_path.h"
#include "engine/runs/study.h"
#include "engine/runs/study_json.h"
#include "engine/train/event_json.h"
#include "engine/train/json_fields.h"

namespace synann::runs {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::uint64_t kLargestTasks = 256 << 20;  // bytes
constexpr std::uint64_t kLargestResult = 64 << 20;
constexpr const char* kResultFormat = "synann-task-result-1";
constexpr std::size_t kIdDigits = 16;

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string line_of(const StudyTask& task) {
  ordered_json execution{{"device", task.execution.device}, {"tier", task.execution.tier}};
  if (task.execution.threads > 0) execution["threads"] = task.execution.threads;
  return ordered_json{{"id", task.id},
                      {"title", task.title},
                      {"data_sha256", task.data_sha256},
                      {"execution", std::move(execution)},
                      {"record_bytes", task.record.bytes},
                      {"settings", train::to_json(task.settings)}}
             .dump(-1, ' ', false, ordered_json::error_handler_t::replace) +
         "\n";
}

Status read_execution(const json& value, const std::string& where, train::Execution& execution) {
  train::Fields fields(value, where);
  fields.read("device", execution.device);
  fields.read("tier", execution.tier);
  fields.read("threads", execution.threads);
  const auto read = fields.finish(true);
  if (!read) return read.error();
  return {};
}

Result<StudyTask> task_from_json(const json& value, const std::string& where) {
  StudyTask task;
  train::Fields fields(value, where);
  fields.require("id", task.id);
  fields.read("title", task.title);
  fields.require("data_sha256", task.data_sha256);
  fields.read("record_bytes", task.record.bytes);
  const json* execution = fields.value("execution");
  const json* settings = fields.value("settings");
  if (settings == nullptr) fields.fail("settings", "those of a run");
  if (const auto read = fields.finish(true); !read) return read.error();
  if (execution != nullptr)
    if (auto status = read_execution(*execution, where, task.execution); !status) return status.error();
  auto read = train::settings_from_json(*settings, where);
  if (!read) return read.error();
  task.settings = std::move(*read);
  if (const std::string id = task_id(task.settings, task.data_sha256); id != task.id)
    return Error{.where = where,
                 .problem = "is a task whose settings are not those of its id",
                 .expected = id,
                 .found = task.id,
                 .remedy = "leave tasks.jsonl as synann study plan writes it"};
  return task;
}

// What a study of one program had trained before is taken over as it is.
Status keep_result(const fs::path& folder, const StudyTask& task, const StudyRun& made) {
  std::error_code ignored;
  const fs::path run = folder / kStudyRunsFolder / task.id;
  if (fs::exists(run / kResultFile, ignored)) return {};
  if (auto status = make_folder(run); !status) return status;
  return write_task_result(folder, task, made);
}

Status write_tasks(const fs::path& folder, const std::vector<StudyTask>& tasks) {
  std::string text;
  for (const StudyTask& task : tasks) text += line_of(task);
  return write_file_atomically(folder / kTasksFile, bytes_of(text));
}

}  // namespace

std::string task_id(const train::Settings& settings, const std::string& data_sha256) {
  ordered_json j = train::to_json(settings);
  j.erase("data");
  j.erase("log_interval");
  const std::string text =
      j.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n" + data_sha256;
  return sha256_hex(bytes_of(text)).substr(0, kIdDigits);
}

Result<std::vector<StudyTask>> plan_tasks(StudyPlan plan) {
  if (plan.folder.empty())
    return input_error("--out", "names no folder for the study", "name one that all machines see");
  for (train::Settings& settings : plan.models)
    if (settings.data != "digits" && settings.data != "mnist")
      settings.data = whole_path(settings.data).string();
  const auto study = Study::open(std::move(plan));  // writes study.json, and keeps others from it meanwhile
  if (!study) return study.error();
  const fs::path& folder = study->plan().folder;
  const std::string& digest = study->plan().data->sha256;
  std::vector<StudyTask> tasks;
  for (const PlannedRun& run : planned_runs(study->plan(), study->runs())) {
    tasks.push_back({.id = task_id(run.settings, digest),
                     .title = run.title,
                     .settings = run.settings,
                     .data_sha256 = digest,
                     .execution = study->plan().execution,
                     .record = study->plan().record});
    if (run.made == nullptr) continue;
    if (auto status = keep_result(folder, tasks.back(), *run.made); !status) return status.error();
  }
  if (auto status = make_folder(folder / kStudyRunsFolder); !status) return status.error();
  if (auto status = write_tasks(folder, tasks); !status) return status.error();
  return tasks;
}

Result<std::vector<StudyTask>> read_tasks(const fs::path& folder) {
  const fs::path path = folder / kTasksFile;
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return input_error(path.string(), "is not there", "plan the study with synann study plan --out FOLDER");
  const auto bytes = read_file(path, kLargestTasks);
  if (!bytes) return bytes.error();
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  std::vector<StudyTask> tasks;
  std::size_t from = 0;
  for (int number = 1; from < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view line = text.substr(from, end - from);
    from = end + 1;
    if (line.empty()) continue;
    const auto value = json::parse(line, nullptr, false);
    auto task = task_from_json(value, fmt::format("{}, line {}", path.string(), number));
    if (!task) return task.error();
    tasks.push_back(std::move(*task));
  }
  return tasks;
}

Status write_task_result(const fs::path& folder, const StudyTask& task, const StudyRun& run) {
  ordered_json j{{"format", kResultFormat}, {"id", task.id}, {"data_sha256", task.data_sha256}};
  j.update(study_run_to_json(run));
  const std::string text = j.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  return write_file_atomically(folder / kStudyRunsFolder / task.id / kResultFile, bytes_of(text));
}

Result<std::optional<StudyRun>> read_task_result(const fs::path& folder, const std::string& id,
                                                 const train::Settings& settings) {
  const fs::path path = folder / kStudyRunsFolder / id / kResultFile;
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::optional<StudyRun>();
  const auto bytes = read_file(path, kLargestResult);
  if (!bytes) return bytes.error();
  const auto value = json::parse(bytes->begin(), bytes->end(), nullptr, false);
  train::Fields fields(value, path.string());
  std::string format, named;
  fields.require("format", format);
  fields.require("id", named);
  if (const auto read = fields.finish(true); !read) return read.error();
  if (format != kResultFormat || named != id)
    return Error{.where = path.string(),
                 .problem = "is not the result of this task",
                 .remedy = "remove it; the task is then done again from its checkpoint"};
  auto run = study_run_from_json(value, path.string());
  if (!run) return run.error();
  if (!same_run(run->settings, settings))
    return Error{.where = path.string(),
                 .problem = "is the result of a run with other settings",
                 .remedy = "remove it; the task is then done again from its checkpoint"};
  return std::optional(std::move(*run));
}

}  // namespace synann::runs
