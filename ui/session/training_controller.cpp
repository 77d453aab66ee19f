// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/training_controller.h"

#include <algorithm>
#include <utility>

#include "engine/core/thread_pool.h"
#include "engine/data/registry.h"
#include "engine/train/checkpoint.h"
#include "engine/train/run_folder.h"
#include "engine/train/session.h"
#include "ui/session/words.h"

namespace synann::ui {

namespace {

// Whether two runs differ in nothing but what may change while a run is open.
bool sameRun(const train::Settings& a, const train::Settings& b) {
  train::Settings c = b;
  for (const std::string& key : train::live_keys()) train::apply_setting(c, key, train::any_value(a, key));
  return a == c;
}

}  // namespace

TrainingController::TrainingController(QObject* parent)
    : QObject(parent), open_data_(data::open_dataset), choose_folder_(train::default_run_folder) {
  take_timer_.setSingleShot(true);
  connect(&take_timer_, &QTimer::timeout, this, &TrainingController::takeSnapshot);
  connect(this, &TrainingController::woken, this, &TrainingController::wake, Qt::QueuedConnection);
  since_take_.start();
}

TrainingController::~TrainingController() {
  if (link_) link_->requestStop();
  if (thread_.joinable()) thread_.join();
}

TrainingController::Next TrainingController::next(const train::Settings& settings) const {
  if (sessionOpen() && !stopping_) return {Next::Kind::GoOn, run_->settings.epochs};
  const bool can = !busy() && ended() && run_ && run_->saved && sameRun(run_->settings, settings);
  if (can && settings.epochs > epochsDone()) return {Next::Kind::TrainOn, settings.epochs};
  // As many as at first once more, where nothing else was asked for.
  if (can && settings.epochs == run_->settings.epochs)
    return {Next::Kind::TrainOn, epochsDone() + std::max(1, run_->first_epochs)};
  return {Next::Kind::Begin, settings.epochs};
}

void TrainingController::openData(const QString& spec) {
  Request wanted{Intent::OpenData, {}, {}};
  wanted.settings.data = spec.toStdString();
  request(std::move(wanted));
}

void TrainingController::openRun(const QString& folder) {
  if (sessionOpen()) stop();
  request({Intent::OpenRun, {}, folder.toStdString()});
}

void TrainingController::train(const train::Settings& settings) {
  request({Intent::Train, settings, {}});
}
void TrainingController::stepBatch(const train::Settings& settings) {
  request({Intent::StepBatch, settings, {}});
}
void TrainingController::stepEpoch(const train::Settings& settings) {
  request({Intent::StepEpoch, settings, {}});
}

void TrainingController::restart(const train::Settings& settings) {
  if (sessionOpen()) stop();
  request({Intent::Restart, settings, {}});
}

void TrainingController::trainFrom(const NetworkStartPtr& start) {
  if (sessionOpen()) stop();
  request({Intent::Restart, start->checkpoint.settings, {}, start});
}

void TrainingController::pause() {
  if (sessionOpen() && !stopping_) link_->post({.kind = train::Command::Kind::Pause});
}

void TrainingController::stop() {
  next_.reset();
  if (!sessionOpen()) return;
  stopping_ = true;
  link_->requestStop();
  emit stateChanged(state_, {});  // "stopping": the window tells at once that it has understood
}

void TrainingController::shutDown() {
  shutting_down_ = true;
  stopFollowing();
  stop();
}

void TrainingController::requestWeights() {
  if (sessionOpen()) mailbox_->wantWeights();
}

void TrainingController::setExecution(const train::Execution& execution) {
  if (execution == execution_) return;
  execution_ = execution;
  if (!sessionOpen() || stopping_) return;
  link_->requestDevice(execution);
  if (started_ && progress_.position.step > 0)
    emit noticed(tr("The run moves there when epoch %1 is over.").arg(progress_.position.epoch));
}

void TrainingController::setLive(std::string_view key, const train::SettingValue& value) {
  if (!sessionOpen() || !run_ || train::any_value(run_->settings, key) == value) return;
  postLive(key, value);
}

void TrainingController::postLive(std::string_view key, const train::SettingValue& value) {
  if (!train::is_live(key)) return;
  train::apply_setting(run_->settings, key, value);
  posted_.emplace_back(key);
  link_->post({.kind = train::Command::Kind::Set, .key = std::string(key), .value = value});
}

void TrainingController::request(Request request) {
  if (shutting_down_) return;
  if (!busy()) {
    carryOut(request);
  } else if (sessionOpen() && !stopping_) {
    steer(request);
  } else {
    next_ = std::move(request);
  }
}

// Commands to the session that is open.
void TrainingController::steer(const Request& request) {
  switch (request.intent) {
    case Intent::Train:
    case Intent::StepBatch:
    case Intent::StepEpoch:
      postIntent(*link_, request.intent);
      break;
    case Intent::Restart:
    case Intent::OpenRun:
    case Intent::OpenData:
      next_ = request;
      break;
  }
}

void TrainingController::postIntent(CommandLink& link, Intent intent) {
  if (intent == Intent::StepBatch) {
    link.post({.kind = train::Command::Kind::StepBatch});
  } else if (intent == Intent::StepEpoch) {
    link.post({.kind = train::Command::Kind::StepEpoch});
  } else {
    link.post({.kind = train::Command::Kind::Train});
  }
}

void TrainingController::carryOut(const Request& request) {
  RunJob job;
  switch (request.intent) {
    case Intent::OpenData:
      job.kind = RunJob::Kind::LoadData;
      job.settings = request.settings;
      launch(std::move(job), request.intent);
      break;
    case Intent::OpenRun:
      job.kind = RunJob::Kind::ReadRun;
      job.folder = request.folder;
      launch(std::move(job), request.intent);
      break;
    case Intent::Restart:
      beginRun(request);
      break;
    case Intent::Train:
    case Intent::StepBatch:
    case Intent::StepEpoch:
      if (next(request.settings).kind == Next::Kind::TrainOn) {
        continueRun(request);
      } else {
        beginRun(request);
      }
      break;
  }
}

void TrainingController::beginRun(const Request& request) {
  if (const Status valid = train::validate(request.settings); !valid) {
    emit failed(QString::fromStdString(valid.error().sentence()));
    return;
  }
  run_before_ = run_;
  run_ = OpenRun{request.settings, choose_folder_(request.settings), request.settings.epochs, false};
  RunJob job;
  job.kind = RunJob::Kind::Train;
  job.settings = request.settings;
  job.folder = run_->folder;
  job.start = request.start;
  job.start_paused = request.intent == Intent::StepBatch || request.intent == Intent::StepEpoch;
  emit settingsChanged(run_->settings);
  launch(std::move(job), request.intent);
}

void TrainingController::continueRun(const Request& request) {
  train::Settings settings = request.settings;
  if (settings.epochs <= epochsDone()) {
    settings.epochs = request.intent == Intent::Train ? next(request.settings).epochs : epochsDone() + 1;
    emit noticed(tr("The run goes on: %1 in all.").arg(epochsWords(settings.epochs)));
    emit settingsChanged(settings);
  }
  RunJob job;
  job.kind = RunJob::Kind::Train;
  job.settings = settings;
  job.folder = run_->folder;
  job.resume = true;
  for (const std::string& key : train::live_keys())
    train::ask_for(job.asked, key, train::any_value(settings, key));
  job.start_paused = request.intent != Intent::Train;
  run_->settings = settings;
  launch(std::move(job), request.intent);
}

void TrainingController::launch(RunJob job, Intent intent) {
  if (job.kind != RunJob::Kind::LoadData) stopFollowing();
  job.execution = execution_;
  job.record = record_;
  job.open_data = open_data_;
  job.data = data_;
  job_ = job;
  stopping_ = false;
  started_ = false;
  posted_.clear();
  settled_ = state_;
  link_ = std::make_shared<CommandLink>();
  if (job.start_paused) postIntent(*link_, intent);  // before the thread could wait without it
  // Emitting a queued signal is all that the training thread does to this object; the destructor joins before
  // it is gone. A signal without arguments carries no memory of ours through Qt's event queue, whose locks
  // ThreadSanitizer cannot see.
  mailbox_ = std::make_shared<SnapshotMailbox>([this] { emit woken(); });
  thread_ = std::jthread([job = std::move(job), link = link_, mailbox = mailbox_] {
    lower_thread_priority();
    runJob(job, *link, *mailbox);
  });
  setState(RunState::Loading, {});
}

}  // namespace synann::ui
