// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/runs/study_tasks.h"

// Hands the tasks of a study to what clusters already have: Slurm, or GNU parallel on a list of hosts. Only
// tasks that are not over are handed on. Any thread; waits for the programs that it starts.
namespace synann::runs {

inline constexpr const char* kSubmittedFile = "submitted.jsonl";  // what was handed on, a line each time

struct SubmitRequest {
  std::filesystem::path folder{};  // of the study, seen by all machines under this name
  std::string program{};           // synann on them; empty: the file of this program
  std::string data{};              // where the data lie on them; empty: where the plan says
  int threads = 0;  // of each task; 0: Slurm's CPUs per task, or what the jobs leave of this machine
  std::vector<std::string> sbatch{};  // more options for sbatch
  int jobs = 1;                       // at once, of GNU parallel on each host
  std::filesystem::path hosts{};      // its --sshloginfile; empty: this machine alone
};

// What was handed on.
struct Submission {
  std::string how{};                // "slurm"
  std::vector<std::string> jobs{};  // their numbers
  int tasks = 0;
};

// The numbers as sbatch --array takes them: "1-3,7".
std::string array_text(const std::vector<int>& numbers);

// The script of one array: each element does the task in that line of tasks.jsonl, counted from 1, and puts
// itself into the queue again where its time runs out. Pure function.
std::string slurm_script(const SubmitRequest& request);

// Makes one array, or several where Slurm takes none so long. Errors: Slurm is not installed or refuses,
// whose own words follow; all tasks are over.
Result<Submission> submit_to_slurm(const SubmitRequest& request, const std::vector<TaskStatus>& statuses);

// Runs the tasks by GNU parallel, which prints what they print, and waits for their end. `stop` is asked a
// few times a second: the tasks save where they stand. Returns parallel's exit code: how many of them failed.
Result<int> run_by_parallel(const SubmitRequest& request, const std::vector<StudyTask>& tasks,
                            const std::vector<TaskStatus>& statuses, const std::function<bool()>& stop);

// The command of GNU parallel, whose list of tasks is `list`. Pure function.
std::vector<std::string> parallel_command(const SubmitRequest& request, const std::filesystem::path& list);

// Remembers a program of this machine that works on the study's tasks, for cancel_submissions().
Status remember_worker(const std::filesystem::path& folder, const std::string& how);

// Ends what was handed on: Slurm's jobs, and programs of this machine, which save where they stand. Returns a
// sentence for each. Errors: submitted.jsonl cannot be read.
Result<std::vector<std::string>> cancel_submissions(const std::filesystem::path& folder);

}  // namespace synann::runs
