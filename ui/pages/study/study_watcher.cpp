// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_watcher.h"

#include <system_error>
#include <utility>

#include <QCoreApplication>

#include "engine/core/folder_lock.h"
#include "engine/runs/study_tasks.h"

namespace synann::ui {

namespace {

struct WatcherWords {
  Q_DECLARE_TR_FUNCTIONS(study_watcher)
};

constexpr int kLookAgainStudy = 1000;  // milliseconds between two looks at a folder that others may write

// What the tasks of a study tell: how many have a result, and who works on the others.
void lookAtTasks(const std::filesystem::path& folder, StudyStamp& stamp) {
  std::error_code code;
  if (!std::filesystem::exists(folder / runs::kTasksFile, code)) return;
  QString first;
  int training = 0;
  for (const auto& run : std::filesystem::directory_iterator(folder / runs::kStudyRunsFolder, code)) {
    if (std::filesystem::exists(run.path() / runs::kResultFile, code)) {
      ++stamp.results;
    } else if (const auto writer = runs::task_writer(run.path())) {
      if (training++ == 0) first = QString::fromStdString(*writer);
    }
  }
  if (training > 1) first = WatcherWords::tr("%1 programs, among them %2").arg(training).arg(first);
  if (training > 0) stamp.writer = first;
}

// Before the file is read: what is written meanwhile has another stamp.
StudyStamp stampOf(const std::filesystem::path& folder) {
  StudyStamp stamp;
  stamp.writer = QString::fromStdString(FolderLock::holder(folder).value_or(""));
  lookAtTasks(folder, stamp);
  std::error_code code;
  const auto time = std::filesystem::last_write_time(folder / runs::kStudyFile, code);
  if (code) return stamp;
  stamp.time = time;
  const auto bytes = std::filesystem::file_size(folder / runs::kStudyFile, code);
  if (!code) stamp.bytes = bytes;
  return stamp;
}

}  // namespace

StudyWatcher::StudyWatcher(Told told)
    : told_(std::move(told)),
      reader_(
          [](const Query& query, const std::stop_token&, const auto& tell) {
            StudyRead read{.folder = query.folder, .stamp = stampOf(query.folder)};
            if (query.known == read.stamp) return;
            if (auto file = runs::read_study(query.folder)) {
              read.file = std::move(*file);
            } else {
              read.problem = QString::fromStdString(file.error().sentence());
            }
            tell(std::move(read));
          },
          [this](const StudyRead& read) {
            known_.reset();
            if (read.file) known_ = Known{read.folder, read.stamp};  // what cannot be read is tried again
            told_(read);
          }) {
  timer_.setInterval(kLookAgainStudy);
  timer_.callOnTimeout([this] { look(followed_); });
}

void StudyWatcher::read(const std::filesystem::path& folder) {
  forget();
  reader_.ask({folder, std::nullopt});
}

void StudyWatcher::look(const std::filesystem::path& folder) {
  if (folder.empty() || reader_.busy()) return;
  const bool known = known_ && known_->folder == folder;
  reader_.ask({folder, known ? std::optional(known_->stamp) : std::nullopt});
}

void StudyWatcher::follow(const std::filesystem::path& folder) {
  followed_ = folder;
  if (folder.empty()) {
    timer_.stop();
  } else if (!timer_.isActive()) {
    timer_.start();
  }
}

}  // namespace synann::ui
