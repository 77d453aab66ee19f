// SPDX-License-Identifier: GPL-3.0-or-later
// What the controller makes of what the training thread tells.
#include <algorithm>
#include <utility>

#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "ui/session/training_controller.h"
#include "ui/session/words.h"

namespace synann::ui {

namespace {

constexpr int kFrameInterval = 33;  // milliseconds between two snapshots

// As a sentence of its own.
QString sentenceOf(const std::string& words) {
  QString sentence = QString::fromStdString(words);
  if (!sentence.isEmpty()) sentence[0] = sentence[0].toUpper();
  return sentence + '.';
}

}  // namespace

// A late call of an earlier job only takes the present job's snapshot a little sooner.
void TrainingController::wake() {
  if (take_timer_.isActive()) return;
  const qint64 elapsed = since_take_.elapsed();
  if (elapsed >= kFrameInterval) {
    takeSnapshot();
  } else {
    take_timer_.start(static_cast<int>(kFrameInterval - elapsed));
  }
}

void TrainingController::takeSnapshot() {
  since_take_.restart();
  if (follower_) takeFollowed();
  if (!busy()) return;
  const Snapshot snapshot = mailbox_->take();
  absorb(snapshot);
  emit updated(snapshot);
  for (const StateChange& change : snapshot.states)
    setState(change.state, QString::fromStdString(change.reason));
  if (!snapshot.error.empty()) {
    if (started_) setState(RunState::Failed, QString());
    emit failed(QString::fromStdString(snapshot.error));
    const bool data_missing = !data_ || data_->spec != job_.settings.data;
    if (job_.kind != RunJob::Kind::ReadRun && data_missing)
      emit dataRefused(QString::fromStdString(job_.settings.data));
  }
  if (snapshot.done) finishJob();
}

void TrainingController::absorb(const Snapshot& snapshot) {
  if (snapshot.data) data_ = snapshot.data;
  if (!snapshot.saved.empty() && run_) run_->saved = true;
  if (snapshot.start && run_) absorbStart(*snapshot.start);
  if (snapshot.history && job_.kind == RunJob::Kind::ReadRun) {
    opened_ = snapshot.history;
    started_ = true;
    absorbReadRun(*snapshot.history, job_.folder);
  }
  for (const train::SettingChange& change : snapshot.changes) absorbChange(change);
  for (const std::string& sentence : snapshot.notices) emit noticed(sentenceOf(sentence));
  for (const train::DeviceChange& change : snapshot.devices)
    emit noticed(tr("From epoch %1 on: %2.").arg(change.position.epoch).arg(deviceWords(change)));
  if (!snapshot.refused.empty()) {
    execution_ = snapshot.execution;
    emit failed(sentenceOf(snapshot.refused));
    emit executionRefused(execution_);
  }
  if (started_) progress_ = snapshot.progress;  // what only loads data leaves the run at hand alone
  progress_.loading = snapshot.progress.loading;
}

// Settings that were changed while the session was being made have not reached it yet; they win.
void TrainingController::absorbStart(const train::StartInfo& start) {
  started_ = true;
  if (!job_.resume) emit runBegan();
  train::Settings now = start.settings;
  for (const std::string& key : posted_)
    train::apply_setting(now, key, train::any_value(run_->settings, key));
  if (now == run_->settings) return;
  run_->settings = now;
  emit settingsChanged(now);
}

// What the engine set is what holds: the epochs are never fewer than have begun.
void TrainingController::absorbChange(const train::SettingChange& change) {
  if (!run_) return;
  train::Settings now = run_->settings;
  if (!train::apply_setting(now, change.key, change.value) || now == run_->settings) return;
  run_->settings = now;
  emit settingsChanged(now);
}

void TrainingController::absorbReadRun(const train::History& history,
                                       const std::filesystem::path& folder_or_file) {
  const bool is_file = folder_or_file.filename() == train::kHistoryFile;
  const std::filesystem::path folder = is_file ? folder_or_file.parent_path() : folder_or_file;
  std::error_code ignored;
  run_ = OpenRun{history.settings(), folder, history.start.settings.epochs,
                 std::filesystem::exists(folder / train::kLastCheckpoint, ignored)};
  emit settingsChanged(run_->settings);
}

// A run that is shown may be another program's.
void TrainingController::follow() {
  if (!run_ || !opened_) return;
  follow_mailbox_ = std::make_shared<SnapshotMailbox>([this] { emit woken(); });
  follow_mailbox_->beginAt(*opened_);
  follower_.emplace(run_->folder, std::exchange(opened_, nullptr), follow_mailbox_);
}

void TrainingController::stopFollowing() {
  follower_.reset();
  follow_mailbox_.reset();
  if (state_ == RunState::Elsewhere) state_ = RunState::Stopped;  // as a run is that nobody looks after
}

// While data are being loaded the state is what the window returns to afterwards.
void TrainingController::takeFollowed() {
  Snapshot snapshot = follow_mailbox_->take();
  const bool grown = snapshot.history || !snapshot.losses.empty() || !snapshot.evaluations.empty() ||
                     !snapshot.changes.empty() || !snapshot.devices.empty();
  if (snapshot.history) absorbReadRun(*snapshot.history, run_->folder);
  for (const train::SettingChange& change : snapshot.changes) absorbChange(change);
  if (grown) {
    snapshot.followed = true;
    progress_ = snapshot.progress;
    emit updated(snapshot);
  }
  for (const StateChange& change : snapshot.states) {
    std::error_code ignored;
    run_->saved = std::filesystem::exists(run_->folder / train::kLastCheckpoint, ignored);
    if (busy()) {
      settled_ = change.state;
    } else {
      setState(change.state, QString::fromStdString(change.reason));
    }
  }
}

void TrainingController::finishJob() {
  thread_.join();  // it has said its last word: no wait
  stopping_ = false;
  if (!started_) abandonJob();
  if (job_.kind == RunJob::Kind::ReadRun && started_ && !next_ && !shutting_down_) follow();
  if (shutting_down_) next_.reset();
  if (const std::optional<Request> next = std::exchange(next_, std::nullopt)) {
    carryOut(*next);
  } else {
    emit idle();
  }
}

// The job came to nothing, or only loaded data: everything is as it was before.
void TrainingController::abandonJob() {
  if (job_.kind == RunJob::Kind::Train && !job_.resume) run_ = run_before_;
  setState(settled_, QString());
}

void TrainingController::setState(RunState state, const QString& reason) {
  if (state_ == state && reason.isEmpty()) return;
  state_ = state;
  emit stateChanged(state, reason);
}

}  // namespace synann::ui
