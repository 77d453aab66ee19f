// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/run_job.h"

#include <memory>
#include <utility>

#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "engine/train/session.h"

namespace synann::ui {

namespace {

Result<data::DataPairPtr> open_data(const RunJob& job, SnapshotMailbox& mailbox) {
  if (job.data && job.data->spec == job.settings.data) return job.data;
  mailbox.put_state(RunState::Loading);
  Result<data::DataPairPtr> data = job.open_data(job.settings.data);
  if (data) mailbox.put_data(*data);
  return data;
}

Status load_data(const RunJob& job, SnapshotMailbox& mailbox) {
  const Result<data::DataPairPtr> data = open_data(job, mailbox);
  if (!data) return data.error();
  return {};
}

bool ended(const train::History& history) {
  return !history.evaluations.empty() && history.evaluations.back().epoch >= history.start.settings.epochs;
}

Status read_run(const RunJob& job, SnapshotMailbox& mailbox) {
  mailbox.put_state(RunState::Loading);
  Result<train::History> history = train::read_history(job.folder);
  if (!history) return history.error();
  mailbox.put_state(ended(*history) ? RunState::Finished : RunState::Stopped);
  mailbox.put_history(std::make_shared<const train::History>(std::move(*history)));
  return {};
}

Status train_run(const RunJob& job, CommandLink& link, SnapshotMailbox& mailbox) {
  const Result<data::DataPairPtr> data = open_data(job, mailbox);
  if (!data) return data.error();
  if (link.stop_requested()) return Status();
  train::SessionOptions options{
      .settings = job.settings,
      .execution = job.execution,
      .data = *data,
      .folder = job.folder,
      .resume = job.resume ? job.folder / train::kLastCheckpoint : std::filesystem::path(),
      .start_paused = job.start_paused,
      .record = job.record};
  Result<std::unique_ptr<train::Session>> session = train::Session::create(std::move(options), mailbox);
  if (!session) return session.error();
  if (job.resume) {  // the session has cut the history back to its checkpoint: what is left is what was
                     // trained
    Result<train::History> history = train::read_history(job.folder);
    if (history) mailbox.put_history(std::make_shared<const train::History>(std::move(*history)));
  }
  link.attach(session->get());
  const Result<train::State> end = (*session)->run();
  link.detach();
  if (!end) return end.error();
  return {};
}

Status do_job(const RunJob& job, CommandLink& link, SnapshotMailbox& mailbox) {
  switch (job.kind) {
    case RunJob::Kind::LoadData:
      return load_data(job, mailbox);
    case RunJob::Kind::ReadRun:
      return read_run(job, mailbox);
    case RunJob::Kind::Train:
      return train_run(job, link, mailbox);
  }
  return {};
}

}  // namespace

void run_job(const RunJob& job, CommandLink& link, SnapshotMailbox& mailbox) {
  const Status status = do_job(job, link, mailbox);
  if (!status) mailbox.put_error(status.error().sentence());
  mailbox.put_done();
}

}  // namespace synann::ui
