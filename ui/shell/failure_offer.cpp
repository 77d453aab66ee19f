// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/failure_offer.h"

#include <utility>

#include "engine/train/failure.h"
#include "ui/shell/message_bar.h"

namespace synann::ui {

namespace {
constexpr int kSlow = 1000;  // milliseconds after which it is told how far it is, and again
}

FailureOffer::FailureOffer(Workspace& workspace, MessageBar& messages, QObject* parent)
    : QObject(parent),
      workspace_(workspace),
      messages_(messages),
      worker_(
          [](const Question& question, const std::stop_token& cancelled, const auto& tell) {
            std::stop_source stop = question.stop;
            const std::stop_callback relay(cancelled, [&stop] { stop.request_stop(); });
            tell(answerTo(question, {.stop = stop.get_token(), .progress = [&](int part, int count) {
                                       *question.done = static_cast<double>(part) / count;
                                     }}));
          },
          [this](const Answer& answer) { answered(answer); }) {
  slow_.setInterval(kSlow);
  connect(&slow_, &QTimer::timeout, this, &FailureOffer::tellProgress);
  TrainingController& controller = workspace.controller();
  connect(&controller, &TrainingController::updated, this, &FailureOffer::take);
  connect(&controller, &TrainingController::stateChanged, this,
          [this](RunState, const QString& reason) { offer(reason); });
  connect(&controller, &TrainingController::failed, this, &FailureOffer::offer);
}

// A run that begins, goes on or is opened takes the place of the one that failed. What is told of one that is
// opened may come in two parts.
void FailureOffer::take(const Snapshot& snapshot) {
  const auto& history = snapshot.history;
  const bool sound = history && (!history->end || history->end->fault == train::FaultPlace::None);
  if (!snapshot.start && !sound && !snapshot.failure) return;
  stop();
  slow_.stop();
  ++asked_.number;
  failure_ = snapshot.failure;
  fault_.reset();
}

// Only of the message that tells it.
void FailureOffer::offer(const QString& told) {
  if (!failure_ || told != QString::fromStdString(failure_->reason)) return;
  messages_.addOffer(tr("Show what failed"), [this] { look(); });
}

FailureOffer::Answer FailureOffer::answerTo(const Question& question, const infer::Work& work) {
  Answer answer{.number = question.number, .failure = question.failure};
  const auto without = [&answer](const Error& error) {
    if (error.kind != ErrorKind::Cancelled) answer.why = QString::fromStdString(error.sentence()) + '.';
    return answer;
  };
  if (!answer.failure->weights) {
    auto read = train::read_failure(question.run, question.opened);
    if (!read) return without(read.error());
    answer.failure = std::make_shared<const train::Failure>(std::move(*read));
  }
  auto fault = infer::locate_fault(infer::fault_query(*answer.failure), work);
  if (!fault) return without(fault.error());
  answer.fault = std::move(*fault);
  return answer;
}

void FailureOffer::look() {
  if (!failure_) return;
  asked_ = {.number = asked_.number + 1,
            .run = workspace_.controller().runFolder(),
            .failure = failure_,
            .opened = workspace_.source().data(),
            .stop = std::stop_source(),
            .done = std::make_shared<std::atomic<double>>(0)};
  slow_.start();
  worker_.ask(asked_);
}

void FailureOffer::stop() {
  asked_.stop.request_stop();
}

void FailureOffer::tellProgress() {
  const int percent = static_cast<int>(100 * asked_.done->load());
  messages_.showOffer(tr("Looking for what failed: %1 %").arg(percent), tr("Stop"), [this] { stop(); });
}

void FailureOffer::answered(const Answer& answer) {
  if (answer.number != asked_.number) return;
  slow_.stop();
  if (!answer.fault) {
    const QString reason = QString::fromStdString(failure_->reason);
    messages_.showError(answer.why.isEmpty() ? reason : answer.why);
    if (answer.why.isEmpty()) offer(reason);
    return;
  }
  failure_ = answer.failure;
  fault_ = answer.fault;
  Selection& selection = workspace_.selection();
  selection.setStep(failure_->steps);
  if (fault_->headroom) {
    selection.setLayer(QString::fromStdString(fault_->headroom->layer));
    selection.setCell({fault_->headroom->cell.row, fault_->headroom->cell.column});
  }
  if (fault_->no_headroom()) {
    showCell();
  } else {
    showImage();
  }
}

void FailureOffer::showCell() {
  if (!fault_) return;  // of a run that is over: another one has begun meanwhile
  emit pageWanted(QStringLiteral("synapses"));
  messages_.showOffer(sentence(), tr("Show the image"), [this] { showImage(); });
}

// Images held back are the last of the training set to everybody who did not hold them back.
void FailureOffer::showImage() {
  if (!fault_) return;
  auto image = static_cast<int>(fault_->no_headroom() ? fault_->headroom->image : fault_->image);
  infer::Part part = fault_->part;
  if (part == infer::Part::Validation) {
    part = infer::Part::Train;
    image = static_cast<int>(failure_->data->train_number(failure_->data->train.count() + image));
  }
  workspace_.selection().openImage(part, image);
  if (!fault_->headroom) return messages_.showNote(sentence());
  messages_.showOffer(sentence(), tr("Show the cell"), [this] { showCell(); });
}

QString FailureOffer::sentence() const {
  const QString words = QString::fromStdString(infer::fault_words(*fault_));
  const train::Position& at = failure_->position;
  if (failure_->place == train::FaultPlace::Step)
    return tr("Epoch %1, step %2: %3.").arg(at.epoch).arg(at.step).arg(words);
  if (failure_->steps == 0) return tr("Before training: %1.").arg(words);
  return tr("End of epoch %1: %2.").arg(at.epoch).arg(words);
}

}  // namespace synann::ui
