// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/run_teller.h"

#include <mutex>
#include <thread>
#include <utility>

#include "ui/session/words.h"

namespace synann::ui {
namespace {

using train::Announcement;
using train::Milestone;

constexpr const char* kMetrics[] = {"accuracy", "test-loss", "train-loss"};

}  // namespace

QVariantMap TellSettings::toMap() const {
  return {{"at_end", at_end},
          {"at_milestone", at_milestone},
          {"metric", QString::fromLatin1(kMetrics[static_cast<int>(milestone.metric)])},
          {"value", milestone.value},
          {"command", command}};
}

TellSettings TellSettings::fromMap(const QVariantMap& map) {
  TellSettings s;
  s.at_end = map.value("at_end").toBool();
  s.at_milestone = map.value("at_milestone").toBool();
  for (int k = 0; k < 3; ++k)
    if (map.value("metric").toString() == QLatin1String(kMetrics[k]))
      s.milestone.metric = static_cast<Milestone::Metric>(k);
  bool is_number = false;
  const double value = map.value("value").toDouble(&is_number);
  if (is_number && value >= 0 && value <= 1000) s.milestone.value = value;
  s.command = map.value("command").toString();
  return s;
}

struct RunTeller::Receiver {
  std::mutex mutex;
  RunTeller* teller = nullptr;
};

RunTeller::RunTeller(TrainingController& controller, QObject* parent)
    : QObject(parent), controller_(controller), receiver_(std::make_shared<Receiver>()) {
  receiver_->teller = this;
  connect(&controller, &TrainingController::stateChanged, this, &RunTeller::onState);
  connect(&controller, &TrainingController::updated, this, &RunTeller::onSnapshot);
  connect(&controller, &TrainingController::runBegan, this, [this] { takeHistory({}); });
}

RunTeller::~RunTeller() {
  const std::lock_guard lock(receiver_->mutex);
  receiver_->teller = nullptr;
}

void RunTeller::setSettings(const TellSettings& settings) {
  const bool as_before = settings_.at_milestone && settings_.milestone == settings.milestone;
  passed_ = passed_ && as_before;
  settings_ = settings;
}

void RunTeller::onState(RunState state, const QString& reason) {
  if (state == RunState::Training || state == RunState::Evaluating || state == RunState::Paused)
    watching_ = controller_.sessionOpen();
  const bool finished = state == RunState::Finished, broke = state == RunState::Failed;
  if (!finished && !broke && state != RunState::Stopped) return;
  if (!std::exchange(watching_, false) || !settings_.at_end || state == RunState::Stopped) return;
  QString text = reason;
  if (last_) {
    const QString reached = QString::fromStdString(Milestone{}.words(*last_));
    text = text.isEmpty() ? reached : text + QStringLiteral("; ") + reached;
  }
  announce(broke ? Announcement::Outcome::Failed : Announcement::Outcome::Finished,
           broke ? tr("The run failed") : tr("The run is finished"), text);
}

void RunTeller::onSnapshot(const Snapshot& snapshot) {
  if (snapshot.followed) return;
  if (snapshot.history && controller_.runFolder() != run_) takeHistory(*snapshot.history);
  for (const train::Evaluation& e : snapshot.evaluations) {
    if (e.epoch < 1) continue;
    last_ = e;
    if (!settings_.at_milestone || passed_ || !settings_.milestone.passed_by(e)) continue;
    passed_ = true;
    announce(Announcement::Outcome::Reached, tr("The run has passed your value"),
             QString::fromStdString(settings_.milestone.words(e)));
  }
}

// Of another run, which begins or was opened.
void RunTeller::takeHistory(const train::History& history) {
  run_ = controller_.runFolder();
  last_.reset();
  passed_ = false;
  for (const train::Evaluation& e : history.evaluations) {
    if (e.epoch < 1) continue;
    last_ = e;
    passed_ = passed_ || settings_.milestone.passed_by(e);
  }
}

void RunTeller::announce(Announcement::Outcome outcome, const QString& title, const QString& text) {
  const train::Settings* const run = controller_.runSettings();
  const QString of = run ? tr("%1 on %2").arg(modelWords(run->model), dataWords(run->data)) : QString();
  const QString whole = text.isEmpty() ? of : of + QStringLiteral(": ") + text;
  emit announced(title, whole);
  notifier_.notify(title, whole, [this, title, whole] { emit told(tr("%1. %2.").arg(title, whole)); });
  if (!settings_.command.trimmed().isEmpty())
    runCommand(
        {.outcome = outcome, .folder = controller_.runFolder(), .reason = text.toStdString(), .last = last_});
}

// On a thread that nobody waits for.
void RunTeller::runCommand(const Announcement& announcement) {
  std::thread([receiver = receiver_,
               what = train::announcing_command(settings_.command.toStdString(), announcement)] {
    const Status done = run_user_command(what);
    if (done) return;
    const std::lock_guard lock(receiver->mutex);
    if (!receiver->teller) return;
    QMetaObject::invokeMethod(
        receiver->teller,
        [teller = receiver->teller, sentence = QString::fromStdString(done.error().sentence())] {
          emit teller->failed(sentence);
        },
        Qt::QueuedConnection);
  }).detach();
}

}  // namespace synann::ui
