// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/run_job.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/folder_lock.h"
#include "engine/data/reading.h"
#include "engine/train/checkpoint.h"
#include "engine/train/failure.h"
#include "engine/train/history.h"
#include "engine/train/run_data.h"
#include "engine/train/session.h"

namespace synann::ui {

namespace {

constexpr auto kLoadingBeat = std::chrono::milliseconds(100);  // between two words of how far the reading is

// Stopping gives it up.
Result<data::DataPairPtr> openWatched(const RunJob& job, CommandLink& link, SnapshotMailbox& mailbox) {
  auto due = std::chrono::steady_clock::now() + kLoadingBeat;
  bool told = false;
  const data::ReadingWatch watch([&](std::uint64_t done, std::uint64_t bytes) {
    if (const auto now = std::chrono::steady_clock::now(); now >= due) {
      due = now + kLoadingBeat;
      told = true;
      mailbox.putLoading(static_cast<double>(done) / static_cast<double>(bytes));
    }
    return !link.stopRequested();
  });
  Result<data::DataPairPtr> data = job.open_data(job.settings.data);
  if (told) mailbox.putLoading(-1);
  return data;
}

Result<data::DataPairPtr> openData(const RunJob& job, CommandLink& link, SnapshotMailbox& mailbox) {
  if (job.data && job.data->spec == job.settings.data) return job.data;
  mailbox.putState(RunState::Loading);
  Result<data::DataPairPtr> data = openWatched(job, link, mailbox);
  if (data) {
    mailbox.putData(*data);
    std::string notes;  // the window has room for one message at a time
    for (const std::string& note : (*data)->notes) notes += (notes.empty() ? "" : "; ") + note;
    if (!notes.empty()) mailbox.on_notice(notes);
  }
  return data;
}

Status loadData(const RunJob& job, CommandLink& link, SnapshotMailbox& mailbox) {
  const Result<data::DataPairPtr> data = openData(job, link, mailbox);
  if (!data && !link.stopRequested()) return data.error();
  return {};
}

Status readRun(const RunJob& job, SnapshotMailbox& mailbox) {
  mailbox.putState(RunState::Loading);
  Result<train::History> history = train::read_history(job.folder);
  if (!history) return history.error();
  findData(*history, job.folder);
  if (history->end && history->end->fault != train::FaultPlace::None)
    mailbox.on_failure(std::make_shared<const train::Failure>(train::failure_of(*history)));
  const StateChange end = leftState(*history);
  mailbox.putState(end.state, end.state == RunState::Failed ? end.reason : std::string());
  if (const std::string note = history->unknown_note(); !note.empty()) mailbox.on_notice(note);
  mailbox.putHistory(std::make_shared<const train::History>(std::move(*history)));
  return {};
}

// At the prompt a person can choose another folder for a run; the window makes it where it always does.
Error withoutFolderChoice(Error error, bool fresh) {
  const std::size_t choice = error.remedy.find("choose a");
  if (choice == std::string::npos || error.remedy.find("folder", choice) == std::string::npos) return error;
  error.remedy.resize(choice);
  constexpr std::string_view kOr = ", or ";
  if (error.remedy.ends_with(kOr)) error.remedy.resize(choice - kOr.size());
  if (error.remedy.empty())
    error.remedy = fresh ? "start the program with XDG_DATA_HOME naming a folder that you may write to"
                         : "allow writing there, or restart the run as a new one";
  return error;
}

// The network that the run begins with, as a file in its folder; empty where there is none.
Result<std::filesystem::path> writeStart(const RunJob& job) {
  if (!job.start) return std::filesystem::path();
  std::error_code ignored;  // the writer tells what is wrong with the folder
  std::filesystem::create_directories(job.folder, ignored);
  const std::filesystem::path file = job.folder / kStartCheckpoint;
  if (auto status = train::write_checkpoint(file, job.start->checkpoint, *job.start->model); !status)
    return status.error();
  return file;
}

// A run that cannot begin leaves nothing behind.
void removeStart(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.parent_path();
  std::error_code ignored;
  for (const std::filesystem::path& made : {file, folder / FolderLock::kFile, folder})
    std::filesystem::remove(made, ignored);  // the folder where nothing else is in it
}

Status trainRun(const RunJob& job, CommandLink& link, SnapshotMailbox& mailbox) {
  const Result<data::DataPairPtr> data = openData(job, link, mailbox);
  if (link.stopRequested()) return Status();
  if (!data) return data.error();
  const auto start = writeStart(job);
  if (!start) return withoutFolderChoice(start.error(), !job.resume);
  train::SessionOptions options{.settings = job.settings,
                                .execution = job.execution,
                                .data = *data,
                                .folder = job.folder,
                                .resume = job.resume ? job.folder / train::kLastCheckpoint : *start,
                                .asked = job.asked,
                                .start_paused = job.start_paused,
                                .record = job.record};
  Result<std::unique_ptr<train::Session>> session = train::Session::create(std::move(options), mailbox);
  if (!session) {
    if (!start->empty()) removeStart(*start);
    return withoutFolderChoice(session.error(), !job.resume);
  }
  if (auto history = (*session)->take_history())
    mailbox.putHistory(std::make_shared<const train::History>(std::move(*history)));
  link.attach(session->get());
  const Result<train::State> end = (*session)->run();
  link.detach();
  if (!end) return withoutFolderChoice(end.error(), !job.resume);
  return {};
}

Status doJob(const RunJob& job, CommandLink& link, SnapshotMailbox& mailbox) {
  switch (job.kind) {
    case RunJob::Kind::LoadData:
      return loadData(job, link, mailbox);
    case RunJob::Kind::ReadRun:
      return readRun(job, mailbox);
    case RunJob::Kind::Train:
      return trainRun(job, link, mailbox);
  }
  return {};
}

}  // namespace

StateChange leftState(const train::History& history) {
  if (history.end) return {runState(history.end->state), history.end->reason};
  const bool whole =
      !history.evaluations.empty() && history.evaluations.back().epoch >= history.settings().epochs;
  return {whole ? RunState::Finished : RunState::Stopped, {}};
}

void findData(train::History& history, const std::filesystem::path& folder_or_file) {
  std::error_code code;
  const bool folder = std::filesystem::is_directory(folder_or_file, code);
  const auto locations =
      train::run_data_locations(history, folder ? folder_or_file : folder_or_file.parent_path());
  if (!locations.empty() && locations.front() != history.settings().data)
    train::set_data_location(history, locations.front());
}

void runJob(const RunJob& job, CommandLink& link, SnapshotMailbox& mailbox) {
  const Status status = doJob(job, link, mailbox);
  if (!status) mailbox.putError(status.error().sentence());
  mailbox.putDone();
}

}  // namespace synann::ui
