// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json_number.h"
#include "app/cli/options.h"
#include "app/cli/study_arguments.h"
#include "app/command_line/command_line.h"
#include "engine/runs/study.h"
#include "engine/runs/study_submit.h"
#include "engine/runs/study_tasks.h"
#include "engine/runs/study_text.h"

namespace synann::cli {
namespace {

using nlohmann::ordered_json;
using runs::StudyTask;
using runs::TaskState;
using runs::TaskStatus;

std::atomic<bool> tasks_stopped{false};
void stop_tasks() {
  tasks_stopped.store(true);
}

struct TasksArguments {
  std::string folder, data, program, hosts;
  std::vector<std::string> ids;
  int line = 0, jobs = 0, threads = 0;
  bool all = false, slurm = false, local = false, json = false, execution_given = false;
  train::Execution execution;
  std::vector<std::string> sbatch;
};

std::string named(const StudyTask& task) {
  return fmt::format("{}, seed {}", task.title, task.settings.seed);
}

// "3 tasks, 1 task"
std::string tasks_text(std::size_t count) {
  return fmt::format("{} {}", count, count == 1 ? "task" : "tasks");
}

std::size_t count_of(const std::vector<TaskStatus>& statuses, bool (*is)(const TaskStatus&)) {
  return static_cast<std::size_t>(std::count_if(statuses.begin(), statuses.end(), is));
}
bool is_over(const TaskStatus& status) {
  return status.over();
}
bool is_training(const TaskStatus& status) {
  return status.state == TaskState::Training;
}
bool has_failed(const TaskStatus& status) {
  return status.state == TaskState::Failed;
}

// ---- plan
// ---------------------------------------------------------------------------------------------------------

int plan_study(const StudyArguments& a) {
  auto plan = asked_plan(a);
  if (!plan) return report(plan.error());
  const auto tasks = runs::plan_tasks(std::move(*plan));
  if (!tasks) return report(tasks.error());
  if (a.json) {
    for (const StudyTask& task : *tasks)
      print_line(ordered_json{{"id", task.id}, {"title", task.title}, {"seed", task.settings.seed}}.dump());
    return kOk;
  }
  const auto statuses = runs::task_statuses(a.out, *tasks);
  print_line(fmt::format("{}: {}, {} of them done.",
                         (std::filesystem::path(a.out) / runs::kTasksFile).string(),
                         tasks_text(tasks->size()), count_of(statuses, is_over)));
  print_line(
      fmt::format("Do one with \"synann study task {0} ID\", all with \"synann study submit {0}\".", a.out));
  return kOk;
}

// ---- task
// ---------------------------------------------------------------------------------------------------------

runs::TaskOptions options_of(const TasksArguments& a, const StudyTask& task) {
  runs::TaskOptions options;
  options.data = a.data;
  if (a.execution_given) {
    options.execution = task.execution;
    if (!a.execution.device.empty()) options.execution->device = a.execution.device;
    if (!a.execution.tier.empty()) options.execution->tier = a.execution.tier;
    if (a.execution.threads > 0) options.execution->threads = a.execution.threads;
  }
  return options;
}

// Does one task; `stopped` tells whether it was saved on the way. Returns the exit code.
int do_task(const TasksArguments& a, const StudyTask& task, const std::string& count, bool& stopped) {
  ProgressLine progress;
  const auto made =
      runs::make_task(a.folder, task, options_of(a, task), tasks_stopped, [&](const runs::StudyProgress& p) {
        if (!progress.enabled()) return;
        progress.show(fmt::format("{}{} · epoch {} of {} · {:.0f} %", count, named(task), p.epoch, p.epochs,
                                  100 * p.epoch_fraction));
      });
  progress.wipe();
  if (!made) {
    const TaskStatus now = runs::task_status(a.folder, task);
    if (a.all && (now.over() || now.state == TaskState::Training)) return kOk;  // another program was quicker
    return report(made.error());
  }
  stopped = !*made;
  if (stopped) return interrupted_code();
  print_line(run_text(**made, task.title));
  return (*made)->failed.empty() ? kOk : kFailed;
}

// Those that nobody works on, one after the other, until none is left. Other programs may do the same.
int do_all(const TasksArguments& a, const std::vector<StudyTask>& tasks) {
  int code = kOk;
  for (std::size_t k = 0; k < tasks.size(); ++k) {
    const TaskStatus status = runs::task_status(a.folder, tasks[k]);
    if (status.over() || status.state == TaskState::Training) continue;
    bool stopped = false;
    const int done = do_task(a, tasks[k], fmt::format("task {} of {} · ", k + 1, tasks.size()), stopped);
    if (stopped) {
      fmt::print(stderr, "synann: interrupted; the same command goes on with the task at hand.\n");
      return done;
    }
    code = std::max(code, done == kOk ? kOk : kFailed);
  }
  return code;
}

Result<std::vector<StudyTask>> chosen_tasks(const TasksArguments& a, const std::vector<StudyTask>& tasks) {
  std::vector<StudyTask> chosen;
  const std::string file = (std::filesystem::path(a.folder) / runs::kTasksFile).string();
  if (a.line > static_cast<int>(tasks.size()))
    return Error{.where = "--line",
                 .problem = fmt::format("{} has no such line", file),
                 .expected = fmt::format("1 to {}", tasks.size()),
                 .found = fmt::format("{}", a.line)};
  if (a.line > 0) chosen.push_back(tasks[static_cast<std::size_t>(a.line) - 1]);
  for (const std::string& id : a.ids) {
    const auto task =
        std::find_if(tasks.begin(), tasks.end(), [&](const StudyTask& t) { return t.id == id; });
    if (task == tasks.end())
      return input_error(id, fmt::format("is no task of {}", file), "name an id that stands there");
    chosen.push_back(*task);
  }
  return chosen;
}

int study_task(const TasksArguments& a) {
  const InterruptGuard guard(stop_tasks);
  const auto tasks = runs::read_tasks(a.folder);
  if (!tasks) return report(tasks.error());
  if (a.all) return do_all(a, *tasks);
  const auto chosen = chosen_tasks(a, *tasks);
  if (!chosen) return report(chosen.error());
  if (chosen->empty())
    return report(input_error("study task", "names no task", "name its id, --line N, or --all"));
  int code = kOk;
  for (const StudyTask& task : *chosen) {
    bool stopped = false;
    const int done = do_task(a, task, "", stopped);
    if (stopped) return done;
    code = std::max(code, done);
  }
  return code;
}

// ---- collect
// ------------------------------------------------------------------------------------------------------

// Where the runs were not made on the same instruction set, tier and device, their last digits are not those
// of one machine.
void tell_mixture(const std::vector<TaskStatus>& statuses) {
  std::set<std::string> places;
  for (const TaskStatus& status : statuses)
    if (status.run && !status.run->isa.empty())
      places.insert(fmt::format("{} ({})", status.run->isa, status.run->tier));
  if (places.size() > 1)
    fmt::print(stderr,
               "synann: the runs were made with different instructions: {}; the last digits are not those of "
               "one machine. SYNANN_ISA and --tier choose for all.\n",
               fmt::join(places, ", "));
}

void tell_missing(const std::vector<StudyTask>& tasks, const std::vector<TaskStatus>& statuses) {
  const std::size_t missing = tasks.size() - count_of(statuses, is_over);
  if (missing == 0) return;
  fmt::print(stderr, "synann: {} of {} {} not done and not in the table:\n", missing,
             tasks_text(tasks.size()), missing == 1 ? "is" : "are");
  for (std::size_t k = 0; k < tasks.size(); ++k) {
    const TaskStatus& status = statuses[k];
    if (status.over()) continue;
    std::string why = runs::task_state_word(status.state);
    if (status.epochs > 0)
      why += fmt::format(" after epoch {} of {}", status.epochs, tasks[k].settings.epochs);
    if (!status.writer.empty()) why += " by " + status.writer;
    if (!status.reason.empty()) why += ": " + status.reason;
    fmt::print(stderr, "  {}  {}: {}\n", tasks[k].id, named(tasks[k]), why);
  }
}

int collect_study(const StudyArguments& a, const std::string& folder) {
  if (!a.table.empty())
    if (const auto format = runs::study_table_format(a.table); !format) return report(format.error());
  const auto tasks = runs::read_tasks(folder);
  if (!tasks) return report(tasks.error());
  const auto file = runs::read_study(folder);
  if (!file) return report(file.error());
  const auto statuses = runs::task_statuses(folder, *tasks);
  std::vector<runs::StudyRun> made;
  for (const TaskStatus& status : statuses)
    if (status.run) made.push_back(*status.run);
  const int code = print_outcome(a, file->plan, runs::study_table(file->plan, made));
  tell_mixture(statuses);
  tell_missing(*tasks, statuses);
  return made.size() == tasks->size() ? code : kFailed;
}

// ---- watch
// --------------------------------------------------------------------------------------------------------

void tell_over(const TasksArguments& a, const StudyTask& task, const TaskStatus& status) {
  if (!a.json) return print_line(run_text(*status.run, task.title));
  ordered_json j{{"id", task.id},
                 {"title", task.title},
                 {"seed", task.settings.seed},
                 {"state", runs::task_state_word(status.state)},
                 {"epochs", status.run->epochs},
                 {"accuracy", number_or_null(status.run->accuracy)},
                 {"test_loss", number_or_null(status.run->test_loss)},
                 {"train_seconds", status.run->train_seconds}};
  if (!status.reason.empty()) j["reason"] = status.reason;
  print_line(j.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

std::string watch_text(const std::vector<StudyTask>& tasks, const std::vector<TaskStatus>& statuses,
                       const runs::StudyPlan& plan) {
  std::string text = fmt::format("{} of {} done", count_of(statuses, is_over), tasks_text(tasks.size()));
  const std::size_t training = count_of(statuses, is_training);
  if (training == 0) return text + " · nobody works on the others";
  text += fmt::format(" · {} training", training);
  for (std::size_t k = 0; k < tasks.size(); ++k)
    if (is_training(statuses[k])) {
      text += fmt::format(" · {}: epoch {} of {}", named(tasks[k]), statuses[k].epochs + 1,
                          tasks[k].settings.epochs);
      break;
    }
  std::vector<runs::StudyRun> made;
  for (const TaskStatus& status : statuses)
    if (status.run) made.push_back(*status.run);
  const double left = runs::study_seconds_left(plan, made, {}) / static_cast<double>(training);
  if (std::isfinite(left)) text += fmt::format(" · {} left", clock_text(left));
  return text;
}

int watch_study(const TasksArguments& a) {
  const InterruptGuard guard(stop_tasks);
  const auto tasks = runs::read_tasks(a.folder);
  if (!tasks) return report(tasks.error());
  const auto file = runs::read_study(a.folder);
  if (!file) return report(file.error());
  ProgressLine progress;
  std::vector<TaskStatus> statuses(tasks->size());
  while (!tasks_stopped.load()) {
    const std::vector<TaskStatus> before = statuses;
    statuses = runs::task_statuses(a.folder, *tasks, std::move(statuses));
    progress.wipe();
    for (std::size_t k = 0; k < tasks->size(); ++k)
      if (statuses[k].over() && !before[k].over()) tell_over(a, (*tasks)[k], statuses[k]);
    if (count_of(statuses, is_over) == tasks->size())
      return count_of(statuses, has_failed) == 0 ? kOk : kFailed;
    if (progress.enabled()) progress.show(watch_text(*tasks, statuses, file->plan));
    for (int k = 0; k < 10 && !tasks_stopped.load(); ++k)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return interrupted_code();
}

// ---- submit and cancel
// --------------------------------------------------------------------------------------------

Status check_submit(const TasksArguments& a) {
  const int ways = (a.slurm ? 1 : 0) + (a.jobs > 0 ? 1 : 0) + (a.local ? 1 : 0);
  if (ways > 1)
    return input_error("study submit", "is told more than one way", "choose --slurm, --parallel or --local");
  if (!a.sbatch.empty() && !a.slurm)
    return input_error(a.sbatch.front(), "is no option of study submit", "options of sbatch go with --slurm");
  if (!a.hosts.empty() && a.jobs == 0) return input_error("--hosts", "goes with --parallel N");
  return {};
}

int submit_slurm(const runs::SubmitRequest& request, const std::vector<TaskStatus>& statuses) {
  const auto made = runs::submit_to_slurm(request, statuses);
  if (!made) return report(made.error());
  print_line(fmt::format("Slurm has {} in job {}; see them with \"synann study watch {}\".",
                         tasks_text(static_cast<std::size_t>(made->tasks)), fmt::join(made->jobs, ", "),
                         request.folder.string()));
  return kOk;
}

int submit_parallel(const runs::SubmitRequest& request, const std::vector<StudyTask>& tasks,
                    const std::vector<TaskStatus>& statuses) {
  const auto code = runs::run_by_parallel(request, tasks, statuses, [] { return tasks_stopped.load(); });
  if (!code) return report(code.error());
  if (tasks_stopped.load()) {
    fmt::print(stderr, "synann: interrupted; the same command goes on with the tasks at hand.\n");
    return interrupted_code();
  }
  return *code == 0 ? kOk : kFailed;
}

int submit_study(const TasksArguments& a) {
  if (auto status = check_submit(a); !status) return report(status.error());
  const InterruptGuard guard(stop_tasks);
  const auto tasks = runs::read_tasks(a.folder);
  if (!tasks) return report(tasks.error());
  if (!a.slurm && a.jobs == 0) {
    if (const auto kept = runs::remember_worker(a.folder, "local"); !kept) return report(kept.error());
    TasksArguments here = a;
    here.all = true;
    return do_all(here, *tasks);
  }
  runs::SubmitRequest request;
  request.folder = a.folder;
  request.program = a.program;
  request.data = a.data;
  request.threads = a.threads;
  request.sbatch = a.sbatch;
  request.jobs = std::max(1, a.jobs);
  request.hosts = a.hosts;
  const auto statuses = runs::task_statuses(a.folder, *tasks);
  return a.slurm ? submit_slurm(request, statuses) : submit_parallel(request, *tasks, statuses);
}

int cancel_study(const TasksArguments& a) {
  if (const auto tasks = runs::read_tasks(a.folder); !tasks) return report(tasks.error());
  const auto told = runs::cancel_submissions(a.folder);
  if (!told) return report(told.error());
  for (const std::string& sentence : *told) print_line(sentence);
  if (told->empty()) print_line("Nothing that was submitted is still there.");
  return kOk;
}

// ---- options
// ------------------------------------------------------------------------------------------------------

void add_folder(CLI::App& c, std::string& folder) {
  app::add_text(c, "FOLDER", "FOLDER", folder, "Of the study, as synann study plan made it.")->required();
}

void add_task_data(CLI::App& c, std::string& data) {
  app::add_text(c, "--data", "SOURCE", data,
                "Where the data lie on this machine, if not where the plan says.");
}

void add_plan_command(CLI::App& study, Action& action) {
  auto a = std::make_shared<StudyArguments>();
  CLI::App* c =
      study.add_subcommand("plan", "Write the runs of a study as tasks, for any number of machines");
  const auto parsed = add_plan(*c, a);
  app::add_text(
      *c, "--out", "FOLDER", a->out,
      "For study.json, tasks.jsonl, and the runs in runs/ID; a folder that all machines see. A study "
      "that is there is extended.")
      ->required();
  c->add_flag("--json", a->json, "One JSON object a task: id, title and seed");
  c->callback([a, parsed, &action] {
    parsed();
    action = [a] { return plan_study(*a); };
  });
}

void add_task_command(CLI::App& study, Action& action) {
  auto a = std::make_shared<TasksArguments>();
  CLI::App* c =
      study.add_subcommand("task", "Do tasks of a planned study: train, or go on, and keep the result");
  add_folder(*c, a->folder);
  c->add_option("ID", a->ids, "Of the tasks, as they stand in tasks.jsonl");
  app::add_whole(*c, "--line", a->line, 1, static_cast<std::int64_t>(runs::kMostStudyRuns),
                 "The task in this line of tasks.jsonl, counted from 1.");
  c->add_flag("--all", a->all, "All that nobody works on, one after the other");
  add_task_data(*c, a->data);
  a->execution = {.device = "", .tier = "", .threads = 0};
  add_execution(*c, a->execution);
  c->callback([a, &action] {
    a->execution_given =
        !a->execution.device.empty() || !a->execution.tier.empty() || a->execution.threads > 0;
    action = [a] { return study_task(*a); };
  });
}

void add_submit_command(CLI::App& study, Action& action) {
  auto a = std::make_shared<TasksArguments>();
  CLI::App* c = study.add_subcommand(
      "submit", "Hand the tasks of a planned study to Slurm or GNU parallel, or do them here");
  add_folder(*c, a->folder);
  c->add_flag("--slurm", a->slurm,
              "As an array of Slurm; what follows that is no option of ours goes to sbatch");
  app::add_whole(*c, "--parallel", a->jobs, 1, kMostThreads, "By GNU parallel, N at once on each host.");
  app::add_text(
      *c, "--hosts", "FILE", a->hosts,
      "With --parallel: the hosts, one a line, as its --sshloginfile takes them; this machine is \":\".");
  c->add_flag("--local", a->local, "Here, one after the other; what happens where nothing else is told");
  app::add_whole(
      *c, "--threads", a->threads, 1, kMostThreads,
      "Of each task; unless told otherwise Slurm's CPUs per task, or what --parallel leaves to each.");
  app::add_text(*c, "--program", "FILE", a->program,
                "Where synann is on those machines; this one unless told otherwise.");
  add_task_data(*c, a->data);
  c->allow_extras();
  c->callback([a, c, &action] {
    a->sbatch = c->remaining();
    a->execution = {.device = "", .tier = "", .threads = a->threads};
    a->execution_given = a->threads > 0;
    action = [a] { return submit_study(*a); };
  });
}

void add_looking_commands(CLI::App& study, Action& action) {
  auto table = std::make_shared<StudyArguments>();
  auto folder = std::make_shared<std::string>();
  CLI::App* collect =
      study.add_subcommand("collect", "Print the table of a planned study, and what is missing in it");
  add_folder(*collect, *folder);
  add_table(*collect, *table);
  collect->callback(
      [table, folder, &action] { action = [table, folder] { return collect_study(*table, *folder); }; });

  auto watched = std::make_shared<TasksArguments>();
  CLI::App* watch = study.add_subcommand("watch", "Follow a planned study until all its tasks are done");
  add_folder(*watch, watched->folder);
  watch->add_flag("--json", watched->json, "One JSON object a task that is done");
  watch->callback([watched, &action] { action = [watched] { return watch_study(*watched); }; });

  auto cancelled = std::make_shared<TasksArguments>();
  CLI::App* cancel = study.add_subcommand("cancel", "End what was submitted; what is being trained is saved");
  add_folder(*cancel, cancelled->folder);
  cancel->callback([cancelled, &action] { action = [cancelled] { return cancel_study(*cancelled); }; });
}

}  // namespace

void add_study_tasks(CLI::App& study, Action& action) {
  add_plan_command(study, action);
  add_task_command(study, action);
  add_submit_command(study, action);
  add_looking_commands(study, action);
}

}  // namespace synann::cli
