// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_chores.h"

#include <utility>

#include <QCoreApplication>

#include "engine/train/run_folder.h"
#include "ui/session/words.h"

namespace synann::ui {
namespace {

struct ChoreWords {
  Q_DECLARE_TR_FUNCTIONS(RunChores)
};

QString nameOf(const std::filesystem::path& folder) {
  return QString::fromStdString(folder.filename().string());
}

QString countedRuns(std::size_t count) {
  return count == 1 ? ChoreWords::tr("1 run") : ChoreWords::tr("%1 runs").arg(count);
}

void noteProblem(ChoreOutcome& outcome, const Error& error) {
  if (outcome.problem.isEmpty()) outcome.problem = QString::fromStdString(error.sentence());
}

}  // namespace

ChoreOutcome noteRuns(const RunFolders& folders, const std::function<void(runs::RunNotes&)>& change) {
  ChoreOutcome outcome;
  for (const std::filesystem::path& folder : folders)
    if (const auto status = runs::change_notes(folder, change); !status) noteProblem(outcome, status.error());
  return outcome;
}

ChoreOutcome binRuns(const RunFolders& folders) {
  ChoreOutcome outcome;
  for (const std::filesystem::path& folder : folders) {
    const auto now = runs::bin_run(folder);
    now ? outcome.binned.push_back({*now, folder}) : noteProblem(outcome, now.error());
  }
  if (outcome.binned.size() == 1) {
    outcome.done = ChoreWords::tr("%1 is in the bin: the folder %2.")
                       .arg(nameOf(folders.front()),
                            QString::fromStdString(outcome.binned.front().now.parent_path().string()));
  } else if (!outcome.binned.empty()) {
    outcome.done = ChoreWords::tr("%1 are in the bin: folders %2 beside where they were.")
                       .arg(countedRuns(outcome.binned.size()), QLatin1String(runs::kBin));
  }
  return outcome;
}

ChoreOutcome takeBackRuns(const std::vector<BinnedRun>& binned) {
  ChoreOutcome outcome;
  std::size_t back = 0;
  for (const BinnedRun& run : binned) {
    const auto status = runs::restore_run(run.now, run.was);
    if (status) {
      ++back;
    } else {
      noteProblem(outcome, status.error());
      outcome.binned.push_back(run);
    }
  }
  if (back > 0) outcome.done = ChoreWords::tr("%1 taken back from the bin.").arg(countedRuns(back));
  return outcome;
}

ChoreOutcome renameRunFolder(const std::filesystem::path& folder, const std::string& name) {
  ChoreOutcome outcome;
  const auto now = runs::rename_run(folder, name);
  now ? void(outcome.renamed = *now) : noteProblem(outcome, now.error());
  return outcome;
}

std::uint64_t prunableBytes(const RunFolders& folders, runs::Prune what) {
  std::uint64_t bytes = 0;
  for (const std::filesystem::path& folder : folders) {
    const train::FolderSizes sizes = train::folder_sizes(folder);
    bytes += what == runs::Prune::Records ? sizes.records : sizes.optimiser;
  }
  return bytes;
}

ChoreOutcome pruneRuns(const RunFolders& folders, runs::Prune what) {
  ChoreOutcome outcome;
  std::uint64_t freed = 0;
  for (const std::filesystem::path& folder : folders) {
    const auto bytes = runs::prune_run(folder, what);
    bytes ? void(freed += *bytes) : noteProblem(outcome, bytes.error());
  }
  outcome.done = ChoreWords::tr("%1 of disk space are free again.").arg(memoryWords(freed));
  return outcome;
}

RunChores::RunChores(std::function<void(const ChoreOutcome&)> told) : told_(std::move(told)) {
  QObject::connect(
      &bell_, &WorkerBell::rung, &bell_, [this] { deliver(); }, Qt::QueuedConnection);
}

RunChores::~RunChores() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void RunChores::add(Chore chore) {
  ++added_;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(chore));
  }
  wake_.notify_one();
  if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& end) { work(end); });
}

void RunChores::work(const std::stop_token& end) {
  lower_thread_priority();
  std::unique_lock lock(mutex_);
  while (wake_.wait(lock, end, [this] { return !waiting_.empty(); })) {
    const Chore chore = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    ChoreOutcome outcome = chore();
    lock.lock();
    outcomes_.push_back(std::move(outcome));
    emit bell_.rung();
  }
}

void RunChores::deliver() {
  std::vector<ChoreOutcome> outcomes;
  {
    const std::lock_guard lock(mutex_);
    outcomes.swap(outcomes_);
  }
  for (const ChoreOutcome& outcome : outcomes) {
    ++told_count_;
    told_(outcome);
  }
}

}  // namespace synann::ui
