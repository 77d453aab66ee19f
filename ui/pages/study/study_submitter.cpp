// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_submitter.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <QCoreApplication>
#include <QProcess>
#include <QStringList>

#include "engine/core/folder_lock.h"
#include "engine/core/program.h"
#include "engine/data/registry.h"
#include "engine/runs/study_submit.h"
#include "engine/runs/study_tasks.h"

namespace synann::ui {

namespace {

namespace fs = std::filesystem;

struct SubmitWords {
  Q_DECLARE_TR_FUNCTIONS(study_submitter)
};

// The program of the prompt, which trains the tasks: beside this one, or wherever PATH has it.
std::string promptProgram() {
  const fs::path beside = fs::path(this_program()).parent_path() / "synann";
  std::error_code code;
  return fs::exists(beside, code) ? beside.string() : "synann";
}

SubmitNews failedNews(const fs::path& folder, const Error& error) {
  return {folder, false, QString::fromStdString(error.sentence())};
}

QString runWords(std::size_t count) {
  return count == 1 ? SubmitWords::tr("one run") : SubmitWords::tr("%1 runs").arg(count);
}

// It goes on when the window is closed; what it prints is kept beside the study.
SubmitNews startParallel(const SubmitChoice& choice, std::size_t tasks) {
  if (const auto there = run_program({"parallel", "--version"}); !there)
    return failedNews(choice.folder, there.error());
  const fs::path logs = choice.folder / "logs";
  if (const auto made = make_folder(logs); !made) return failedNews(choice.folder, made.error());
  QStringList arguments{"study", "submit", QString::fromStdString(choice.folder.string()), "--parallel",
                        QString::number(std::max(1, choice.jobs))};
  if (!choice.hosts.empty()) arguments << "--hosts" << QString::fromStdString(choice.hosts.string());
  QProcess process;
  process.setProgram(QString::fromStdString(promptProgram()));
  process.setArguments(arguments);
  const QString log = QString::fromStdString((logs / "parallel.log").string());
  process.setStandardInputFile(QProcess::nullDevice());
  process.setStandardOutputFile(log, QIODevice::Append);
  process.setStandardErrorFile(log, QIODevice::Append);
  if (!process.startDetached())
    return {choice.folder, false, SubmitWords::tr("%1 cannot be started").arg(process.program())};
  return {choice.folder, true,
          SubmitWords::tr("GNU parallel has %1, %2 at once on each host")
              .arg(runWords(tasks))
              .arg(std::max(1, choice.jobs))};
}

}  // namespace

StudySubmitter::StudySubmitter(Told told)
    : open_data_([](const std::string& spec) { return data::open_dataset(spec); }),
      worker_([](const Job& job, const std::stop_token&, const auto& tell) { tell(work(job)); },
              std::move(told)) {}

void StudySubmitter::submit(runs::StudyPlan plan, const SubmitChoice& choice) {
  worker_.ask({.plan = std::move(plan), .choice = choice, .open_data = open_data_});
}

void StudySubmitter::cancel(const fs::path& folder) {
  Job job;
  job.cancel = true;
  job.choice.folder = folder;
  worker_.ask(std::move(job));
}

SubmitNews StudySubmitter::work(const Job& job) {
  return job.cancel ? cancelAll(job.choice.folder) : submitAll(job);
}

SubmitNews StudySubmitter::cancelAll(const fs::path& folder) {
  const auto told = runs::cancel_submissions(folder);
  if (!told) return failedNews(folder, told.error());
  QStringList sentences;
  for (const std::string& sentence : *told) sentences << QString::fromStdString(sentence);
  return {folder, true,
          sentences.isEmpty() ? SubmitWords::tr("Nothing that was submitted is still there")
                              : sentences.join("; ")};
}

SubmitNews StudySubmitter::submitAll(const Job& job) {
  const SubmitChoice& choice = job.choice;
  runs::StudyPlan plan = job.plan;
  if (plan.models.empty()) return failedNews(choice.folder, input_error("study", "names no model"));
  auto data = job.open_data(plan.models.front().data);
  if (!data) return failedNews(choice.folder, data.error());
  plan.data = std::move(*data);
  plan.folder = choice.folder;
  const auto tasks = runs::plan_tasks(std::move(plan));
  if (!tasks) return failedNews(choice.folder, tasks.error());
  const auto statuses = runs::task_statuses(choice.folder, *tasks);
  if (choice.way == SubmitWay::Parallel) {
    const auto open = std::ranges::count_if(statuses, [](const auto& status) { return !status.over(); });
    return startParallel(choice, static_cast<std::size_t>(open));
  }
  runs::SubmitRequest request;
  request.folder = choice.folder;
  request.program = promptProgram();
  for (const QString& word : QProcess::splitCommand(choice.sbatch))
    request.sbatch.push_back(word.toStdString());
  const auto made = runs::submit_to_slurm(request, statuses);
  if (!made) return failedNews(choice.folder, made.error());
  QStringList jobs;
  for (const std::string& number : made->jobs) jobs << QString::fromStdString(number);
  return {choice.folder, true,
          SubmitWords::tr("Slurm has %1 in job %2")
              .arg(runWords(static_cast<std::size_t>(made->tasks)), jobs.join(", "))};
}

}  // namespace synann::ui
