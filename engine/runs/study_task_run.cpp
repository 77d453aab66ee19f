// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/core/folder_lock.h"
#include "engine/data/registry.h"
#include "engine/runs/study_tasks.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;

constexpr const char* kErrorFile = "error.txt";  // in one sentence, why the task could not be ended
constexpr std::uint64_t kLongestError = 1 << 16;

fs::path task_folder(const fs::path& folder, const StudyTask& task) {
  return folder / kStudyRunsFolder / task.id;
}

// For whoever looks at the study; where not even that can be written, its own words are all there is.
void keep_error(const fs::path& run, const Error& error) {
  const std::string text = error.sentence() + "\n";
  (void)write_file_atomically(run / kErrorFile,
                              {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string kept_error(const fs::path& run) {
  std::error_code ignored;
  if (!fs::exists(run / kErrorFile, ignored)) return {};
  const auto bytes = read_file(run / kErrorFile, kLongestError);
  if (!bytes) return bytes.error().sentence();
  std::string text(bytes->begin(), bytes->end());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Result<data::DataPairPtr> open_data(const StudyTask& task, const TaskOptions& options) {
  const std::string& spec = options.data.empty() ? task.settings.data : options.data;
  auto data = data::open_dataset(spec);
  if (!data) return data.error();
  if ((*data)->sha256 != task.data_sha256)
    return Error{.where = spec,
                 .problem = "holds other data than the study was planned with",
                 .expected = fmt::format("SHA-256 {}…", task.data_sha256.substr(0, 12)),
                 .found = fmt::format("{}…", (*data)->sha256.substr(0, 12)),
                 .remedy = "name the data of the plan with --data"};
  return data;
}

Result<std::optional<StudyRun>> train_task(const fs::path& folder, const StudyTask& task,
                                           const TaskOptions& options, const std::atomic<bool>& stop,
                                           const StudyProgressTold& told) {
  auto data = open_data(task, options);
  if (!data) return data.error();
  StudyPlan plan;
  plan.models = {task.settings};
  plan.seeds = 1;
  plan.first_seed = task.settings.seed;
  plan.execution = options.execution.value_or(task.execution);
  plan.data = std::move(*data);
  plan.folder = folder;
  plan.record = task.record;
  StudyProgress progress;
  progress.run = progress.runs = 1;
  return make_study_run(plan, task.settings, fmt::format("{}/{}", kStudyRunsFolder, task.id), stop, progress,
                        told);
}

}  // namespace

Result<std::optional<StudyRun>> make_task(const fs::path& folder, const StudyTask& task,
                                          const TaskOptions& options, const std::atomic<bool>& stop,
                                          const StudyProgressTold& told) {
  if (auto made = read_task_result(folder, task.id, task.settings); !made || *made) return made;
  const fs::path run = task_folder(folder, task);
  const auto lock = FolderLock::take(run, kTaskLock);
  if (!lock) return lock.error();
  // Another program may have ended it between the two.
  if (auto made = read_task_result(folder, task.id, task.settings); !made || *made) return made;
  std::error_code ignored;
  fs::remove(run / kErrorFile, ignored);
  auto made = train_task(folder, task, options, stop, told);
  if (made && !*made) return made;  // stopped
  if (made)
    if (auto status = write_task_result(folder, task, **made); !status) made = status.error();
  if (!made) keep_error(run, made.error());
  return made;
}

std::optional<std::string> task_writer(const fs::path& run) {
  if (auto writer = FolderLock::holder(run, kTaskLock)) return writer;
  return FolderLock::holder(run);  // a study of one program
}

const char* task_state_word(TaskState state) {
  switch (state) {
    case TaskState::Waiting:
      return "waiting";
    case TaskState::Training:
      return "training";
    case TaskState::Interrupted:
      return "interrupted";
    case TaskState::Broken:
      return "broken";
    case TaskState::Failed:
      return "failed";
    case TaskState::Done:
      return "done";
  }
  return "";
}

TaskStatus task_status(const fs::path& folder, const StudyTask& task) {
  TaskStatus status;
  auto result = read_task_result(folder, task.id, task.settings);
  if (!result) {
    status.state = TaskState::Broken;
    status.reason = result.error().sentence();
    return status;
  }
  if (*result) {
    status.run = std::move(*result);
    status.state = status.run->failed.empty() ? TaskState::Done : TaskState::Failed;
    status.reason = status.run->failed;
    status.epochs = status.run->epochs;
    return status;
  }
  const fs::path run = task_folder(folder, task);
  std::error_code ignored;
  if (!fs::exists(run, ignored)) return status;
  const auto history = train::read_history(run);
  if (history && !history->evaluations.empty()) status.epochs = history->evaluations.back().epoch;
  if (auto writer = task_writer(run)) {
    status.state = TaskState::Training;
    status.writer = std::move(*writer);
    return status;
  }
  if (status.reason = kept_error(run); !status.reason.empty()) {
    status.state = TaskState::Broken;
  } else if (history) {
    status.state = TaskState::Interrupted;
    if (history->end) status.reason = history->end->reason;
  }
  return status;
}

std::vector<TaskStatus> task_statuses(const fs::path& folder, const std::vector<StudyTask>& tasks,
                                      std::vector<TaskStatus> before) {
  before.resize(tasks.size());
  for (std::size_t k = 0; k < tasks.size(); ++k)
    if (!before[k].over()) before[k] = task_status(folder, tasks[k]);
  return before;
}

}  // namespace synann::runs
