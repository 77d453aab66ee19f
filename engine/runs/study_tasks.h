// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/runs/study_file.h"
#include "engine/runs/study_run.h"

// A study in tasks: each run is one of them, and any number of programs take them, on any number of machines
// that share the study's folder. Nothing serves them; what is done is told by the files alone
// (docs/formats.md): folder/tasks.jsonl names the tasks, folder/runs/ID holds the run of one, and
// folder/runs/ID/result.json what it came to. Any thread; a task is worked on by one program at a time, whose
// lock the others see.
namespace synann::runs {

inline constexpr const char* kTasksFile = "tasks.jsonl";
inline constexpr const char* kResultFile = "result.json";
inline constexpr const char* kTaskLock = "task.lock";  // of folder/runs/ID

// One run of a study, with all that it takes to train it.
struct StudyTask {
  std::string id{};            // 16 hex digits: task_id()
  std::string title{};         // of its row: "syna-pixel lr=0.05"
  train::Settings settings{};  // with its seed; files and folders of data from the root on
  std::string data_sha256{};
  // What the plan asks for. Another device, tier or instruction set gives other bits, within rounding.
  train::Execution execution{};
  train::RecordBudget record{};
};

// What names a run in any folder: the start of the SHA-256 over its settings, without where the data lie and
// how often a log line is printed, and over the digest of the data.
std::string task_id(const train::Settings& settings, const std::string& data_sha256);

// Writes study.json and tasks.jsonl for a plan with data and folder; what is there of the same data is
// extended, and what was trained is kept. Returns the tasks in the order of planned_runs(). Errors: those of
// Study::open().
Result<std::vector<StudyTask>> plan_tasks(StudyPlan plan);

// Errors: folder/tasks.jsonl is not there, cannot be read, or a line is no task, or one whose settings are
// not those of its id.
Result<std::vector<StudyTask>> read_tasks(const std::filesystem::path& folder);

// What whoever works on a task may choose anew; what is empty is the plan's.
struct TaskOptions {
  std::optional<train::Execution> execution{};
  std::string data{};  // where the data lie on this machine
};

// Trains a task on the calling thread, from its checkpoint where it had begun, and writes result.json whole;
// a task that is done is taken as it is. Nothing when it was stopped, which is saved. Errors: another program
// works on it; the data are others; the folder cannot be written. They are kept beside the run, for collect
// to tell. Numbers that break are no error but the outcome (StudyRun::failed).
Result<std::optional<StudyRun>> make_task(const std::filesystem::path& folder, const StudyTask& task,
                                          const TaskOptions& options, const std::atomic<bool>& stop,
                                          const StudyProgressTold& told);

// Where a task stands.
enum class TaskState {
  Waiting,      // nobody has begun it
  Training,     // a program works on it
  Interrupted,  // begun, and nobody works on it now: whoever takes it next goes on
  Broken,       // it ended in an error that is none of the run's, such as a full disk
  Failed,       // its numbers broke: done, but it does not count
  Done,
};
const char* task_state_word(TaskState state);  // "waiting"

struct TaskStatus {
  TaskState state = TaskState::Waiting;
  std::optional<StudyRun> run{};  // where it is done or failed
  int epochs = 0;                 // measured so far
  std::string writer{};           // "process 123 on host since …" where it is being trained
  std::string reason{};           // why it failed, broke or stopped, in one sentence; may be empty
  bool over() const { return state == TaskState::Failed || state == TaskState::Done; }
};

// Of one task, as its files tell now.
TaskStatus task_status(const std::filesystem::path& folder, const StudyTask& task);
// The same in the order of `tasks`; what was over in `before`, a list of the same tasks, is not read again.
std::vector<TaskStatus> task_statuses(const std::filesystem::path& folder,
                                      const std::vector<StudyTask>& tasks,
                                      std::vector<TaskStatus> before = {});

// Who works on the task, or else on the run, in the folder `run` of one: "process 123 on host since …".
std::optional<std::string> task_writer(const std::filesystem::path& run);

// The result in folder/runs/ID; nothing where the task is not over. Errors: it is there and cannot be read,
// or is of another task.
Result<std::optional<StudyRun>> read_task_result(const std::filesystem::path& folder, const std::string& id,
                                                 const train::Settings& settings);
// Replaces it whole; the caller holds the task.
Status write_task_result(const std::filesystem::path& folder, const StudyTask& task, const StudyRun& run);

}  // namespace synann::runs
