// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/study_submit.h"

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/append_file.h"
#include "engine/core/file.h"
#include "engine/core/folder_lock.h"
#include "engine/core/program.h"
#include "engine/core/whole_path.h"
#include "engine/data/packing.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kSlurmScript = "slurm.sh";
constexpr const char* kLogsFolder = "logs";
constexpr const char* kTaskList = "parallel-tasks.txt";
constexpr int kUsualArraySize = 1001;  // Slurm's own; the numbers of an array are below it
constexpr std::uint64_t kLargestSubmitted = 16 << 20;

Error nothing_to_do(const fs::path& folder) {
  return input_error(folder.string(), "has no task that is not done",
                     "see them with synann study collect, or plan more seeds");
}

// Of the tasks that are not over and that nobody works on, the lines in tasks.jsonl.
std::vector<int> open_lines(const std::vector<TaskStatus>& statuses) {
  std::vector<int> lines;
  for (std::size_t k = 0; k < statuses.size(); ++k)
    if (!statuses[k].over() && statuses[k].state != TaskState::Training)
      lines.push_back(static_cast<int>(k) + 1);
  return lines;
}

// MaxArraySize of scontrol show config.
int largest_array() {
  const auto config = run_program({"scontrol", "show", "config"});
  if (!config) return kUsualArraySize;
  std::istringstream lines(config->out);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("MaxArraySize")) continue;
    const auto digits =
        std::find_if(line.begin(), line.end(), [](unsigned char c) { return std::isdigit(c); });
    try {
      return std::max(2, std::stoi(std::string(digits, line.end())));
    } catch (const std::exception&) {
      return kUsualArraySize;
    }
  }
  return kUsualArraySize;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

Status append_line(const fs::path& folder, ordered_json line) {
  line["host"] = host_name();
  line["time"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  auto file = AppendFile::open(folder / kSubmittedFile);
  if (!file) return file.error();
  return file->append(line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

Status write_text(const fs::path& path, const std::string& text) {
  return write_file_atomically(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string program_of(const SubmitRequest& request) {
  return request.program.empty() ? this_program() : request.program;
}

// The lines below `limit` make one array, those of the next `limit` the next, with their numbers counted from
// its offset.
struct ArrayPart {
  int offset = 0;
  std::vector<int> numbers{};
};
std::vector<ArrayPart> array_parts(const std::vector<int>& lines, int limit) {
  std::vector<ArrayPart> parts;
  const int length = limit - 1;  // the numbers 1 … limit − 1
  for (const int line : lines) {
    const int offset = (line - 1) / length * length;
    if (parts.empty() || parts.back().offset != offset) parts.push_back({offset, {}});
    parts.back().numbers.push_back(line - offset);
  }
  return parts;
}

std::vector<std::string> sbatch_command(const SubmitRequest& request, const ArrayPart& part) {
  std::vector<std::string> command{"sbatch", "--parsable", "--array=" + array_text(part.numbers),
                                   fmt::format("--export=ALL,SYNANN_FIRST_TASK={}", part.offset)};
  command.insert(command.end(), request.sbatch.begin(), request.sbatch.end());
  command.push_back((whole_path(request.folder) / kSlurmScript).string());
  return command;
}

// When a process began, in ticks since the machine did: with its number, what tells it from all others.
// Nothing where there is no such process.
std::optional<std::string> process_start(std::int64_t pid) {
  const auto bytes = read_file(fmt::format("/proc/{}/stat", pid), 1 << 16);
  if (!bytes) return std::nullopt;
  const std::string text(bytes->begin(), bytes->end());
  const auto name_end = text.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(name_end + 1));
  std::string field;
  for (int k = 3; k <= 22; ++k)
    if (!(rest >> field)) return std::nullopt;
  return field;
}

bool in_queue(const std::string& job) {
  const auto queue = run_program({"squeue", "-h", "-j", job});
  return !queue || (queue->code == 0 && !queue->out.empty());
}

// Empty where none of them is in the queue any more.
std::string cancel_jobs(const json& line) {
  std::vector<std::string> command{"scancel"};
  std::string jobs;
  for (const json& job : line.value("jobs", json::array())) {
    if (!job.is_string() || !in_queue(job.get<std::string>())) continue;
    command.push_back(job.get<std::string>());
    jobs += (jobs.empty() ? "" : ", ") + command.back();
  }
  if (jobs.empty()) return {};
  const auto done = run_program(command);
  if (!done) return fmt::format("Slurm job {}: {}", jobs, done.error().sentence());
  if (done->code != 0) return fmt::format("Slurm job {}: {}", jobs, first_line(done->err));
  return fmt::format("Slurm job {}: cancelled", jobs);
}

// Empty where it has ended.
std::string cancel_worker(const json& line) {
  const std::string how = line.value("how", ""), host = line.value("host", "");
  const auto pid = line.value("pid", std::int64_t{0});
  if (pid <= 1) return {};
  if (host != host_name()) return fmt::format("process {} on {} ({}): cancel it there", pid, host, how);
  if (process_start(pid) != line.value("process_start", "") || ::kill(static_cast<pid_t>(pid), SIGTERM) != 0)
    return {};
  return fmt::format("process {} ({}): told to save and end", pid, how);
}

}  // namespace

std::string array_text(const std::vector<int>& numbers) {
  std::string text;
  for (std::size_t k = 0; k < numbers.size();) {
    std::size_t end = k + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    if (!text.empty()) text += ',';
    text += end == k + 1 ? fmt::format("{}", numbers[k]) : fmt::format("{}-{}", numbers[k], numbers[end - 1]);
    k = end;
  }
  return text;
}

std::string slurm_script(const SubmitRequest& request) {
  const fs::path folder = whole_path(request.folder);
  const std::string threads =
      request.threads > 0 ? fmt::format("{}", request.threads) : "\"${SLURM_CPUS_PER_TASK:-1}\"";
  const std::string data_option = request.data.empty() ? "" : " --data " + data::shell_word(request.data);
  return fmt::format(
      R"sh(#!/bin/bash
# Written by synann study submit: one task of the study in each element of the array.
#SBATCH --job-name=synann
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@60
#SBATCH --output="{logs}/%A_%a.log"
set -u
{program} study task {folder} --line "$((SLURM_ARRAY_TASK_ID + ${{SYNANN_FIRST_TASK:-0}}))" --threads {threads}{data} &
task=$!
warned=0
trap 'warned=1; kill -TERM "$task" 2>/dev/null' TERM
code=0
wait "$task" || code=$?
while kill -0 "$task" 2>/dev/null; do
  code=0
  wait "$task" || code=$?
done
# Its time ran out, and it has saved: it goes on where it stands, unless somebody cancelled it.
if [ "$warned" = 1 ] && [ "$code" = 143 ] && [ "$(squeue -h -j "$SLURM_JOB_ID" -o %T 2>/dev/null)" = RUNNING ]; then
  scontrol requeue "$SLURM_JOB_ID" && sleep 60
fi
exit "$code"
)sh",
      fmt::arg("logs", (folder / kLogsFolder).string()),
      fmt::arg("program", data::shell_word(program_of(request))),
      fmt::arg("folder", data::shell_word(folder.string())), fmt::arg("threads", threads),
      fmt::arg("data", data_option));
}

Result<Submission> submit_to_slurm(const SubmitRequest& request, const std::vector<TaskStatus>& statuses) {
  const std::vector<int> lines = open_lines(statuses);
  if (lines.empty()) return nothing_to_do(request.folder);
  const fs::path folder = whole_path(request.folder);
  if (folder.string().find_first_of("\n\r%\\\"") != std::string::npos)
    return input_error(request.folder.string(),
                       "has a name that Slurm's options cannot hold (%, \\, \" or a line break)",
                       "plan the study in another folder");
  if (auto status = make_folder(folder / kLogsFolder); !status) return status.error();
  if (auto status = write_text(folder / kSlurmScript, slurm_script(request)); !status) return status.error();
  Submission made{.how = "slurm", .jobs = {}, .tasks = static_cast<int>(lines.size())};
  for (const ArrayPart& part : array_parts(lines, largest_array())) {
    const auto done = run_program(sbatch_command(request, part));
    if (!done) return done.error();
    if (done->code != 0)
      return Error{.kind = ErrorKind::Failed,
                   .where = "sbatch",
                   .problem = fmt::format("refused the tasks {}", array_text(part.numbers)),
                   .found = first_line(done->err)};
    const std::string job = first_line(done->out);  // "123" or "123;cluster"
    made.jobs.push_back(job.substr(0, job.find(';')));
    ordered_json line{
        {"how", made.how}, {"jobs", ordered_json::array({made.jobs.back()})}, {"tasks", part.numbers.size()}};
    if (auto status = append_line(folder, std::move(line)); !status) return status.error();
  }
  return made;
}

std::vector<std::string> parallel_command(const SubmitRequest& request, const fs::path& list) {
  int threads = request.threads;
  if (threads <= 0)
    threads = request.hosts.empty()
                  ? std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / request.jobs)
                  : 1;
  std::vector<std::string> command{"parallel", "--will-cite", "--line-buffer", "--jobs",
                                   fmt::format("{}", request.jobs)};
  if (!request.hosts.empty()) command.insert(command.end(), {"--sshloginfile", request.hosts.string()});
  std::string task = fmt::format("{} study task {} {{}} --threads {}", data::shell_word(program_of(request)),
                                 data::shell_word(whole_path(request.folder).string()), threads);
  if (!request.data.empty()) task += " --data " + data::shell_word(request.data);
  command.insert(command.end(), {std::move(task), "::::", list.string()});
  return command;
}

Result<int> run_by_parallel(const SubmitRequest& request, const std::vector<StudyTask>& tasks,
                            const std::vector<TaskStatus>& statuses, const std::function<bool()>& stop) {
  const std::vector<int> lines = open_lines(statuses);
  if (lines.empty()) return nothing_to_do(request.folder);
  const fs::path folder = whole_path(request.folder), list = folder / kTaskList;
  std::string ids;
  for (const int line : lines) ids += tasks[static_cast<std::size_t>(line) - 1].id + "\n";
  if (auto status = write_text(list, ids); !status) return status.error();
  if (auto status = remember_worker(folder, "parallel"); !status) return status.error();
  return run_program_group(parallel_command(request, list), stop);
}

Status remember_worker(const fs::path& folder, const std::string& how) {
  return append_line(
      folder, {{"how", how}, {"pid", ::getpid()}, {"process_start", process_start(::getpid()).value_or("")}});
}

Result<std::vector<std::string>> cancel_submissions(const fs::path& folder) {
  std::vector<std::string> told;
  std::error_code ignored;
  if (!fs::exists(folder / kSubmittedFile, ignored)) return told;
  const auto bytes = read_file(folder / kSubmittedFile, kLargestSubmitted);
  if (!bytes) return bytes.error();
  std::istringstream lines(std::string(bytes->begin(), bytes->end()));
  for (std::string text; std::getline(lines, text);) {
    const auto line = json::parse(text, nullptr, false);
    if (!line.is_object()) continue;  // torn by a kill
    std::string sentence = line.value("how", "") == "slurm" ? cancel_jobs(line) : cancel_worker(line);
    if (!sentence.empty()) told.push_back(std::move(sentence));
  }
  return told;
}

}  // namespace synann::runs
