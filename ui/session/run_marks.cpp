// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/run_marks.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QLocale>
#include <QStringList>

#include "ui/session/words.h"

namespace synann::ui {

RunMarks::RunMarks(TrainingController& controller, QObject* parent) : QObject(parent) {
  connect(&controller, &TrainingController::updated, this, &RunMarks::take);
  connect(&controller, &TrainingController::runBegan, this, &RunMarks::clear);
}

void RunMarks::clear() {
  fork_.reset();
  marks_.clear();
  stretches_.clear();
  width_ = 1;
  epochs_ = best_ = 0;
  ++revision_;
  emit changed();
}

std::int64_t RunMarks::stepsAt(const train::Position& position) const {
  return std::int64_t{position.epoch - 1} * steps_per_epoch_ + position.step;
}

void RunMarks::take(const Snapshot& snapshot) {
  if (snapshot.start) steps_per_epoch_ = snapshot.start->steps_per_epoch;
  if (snapshot.history) {
    addHistory(*snapshot.history);
  } else if (snapshot.start) {
    setStart(*snapshot.start);
  }
  for (const LossBatch& batch : snapshot.losses) {
    std::int64_t step = stepsAt({batch.epoch, batch.first_step});
    for (const float loss : batch.losses) addLoss(step++, loss);
  }
  for (const train::Evaluation& evaluation : snapshot.evaluations) addEvaluation(evaluation);
  for (const train::SettingChange& change : snapshot.changes) addChange(change);
  for (const train::DeviceChange& change : snapshot.devices) addDevice(change);
  const bool any = snapshot.start || snapshot.history || !snapshot.losses.empty() ||
                   !snapshot.evaluations.empty() || !snapshot.changes.empty() || !snapshot.devices.empty();
  if (!any) return;
  ++revision_;
  emit changed();
}

// Where a run goes on, what came after is not part of it any more.
void RunMarks::setStart(const train::StartInfo& start) {
  const std::int64_t steps = stepsAt(start.position);
  if (steps <= 0) return;
  cutBack(steps);
  addResume(steps);
}

void RunMarks::addResume(std::int64_t steps) {
  marks_.push_back({TimeMark::Kind::Resumed, steps, tr("resumed at step %1").arg(countWords(steps))});
}

void RunMarks::cutBack(std::int64_t steps) {
  std::erase_if(marks_, [steps](const TimeMark& mark) { return mark.steps > steps; });
  if (steps_per_epoch_ > 0) epochs_ = std::min(epochs_, static_cast<int>(steps / steps_per_epoch_));
  if (best_ > epochs_) best_ = 0;
  const auto kept = static_cast<std::size_t>((steps + width_ - 1) / width_);
  if (kept < stretches_.size()) stretches_.resize(kept);
}

void RunMarks::addHistory(const train::History& history) {
  marks_.clear();
  stretches_.clear();
  width_ = 1;
  epochs_ = best_ = 0;
  steps_per_epoch_ = history.start.steps_per_epoch;
  std::int64_t step = 0;
  for (const float loss : history.losses) addLoss(step++, loss);
  for (const train::Evaluation& evaluation : history.evaluations) addEvaluation(evaluation);
  for (const train::SettingChange& change : history.changes) addChange(change);
  for (const train::DeviceChange& change : history.devices) addDevice(change);
  for (const train::Resume& resume : history.resumes) addResume(stepsAt(resume.position));
  fork_.reset();
  if (!history.forks.empty()) fork_ = history.forks.back();
  for (const train::Fork& fork : history.forks) {
    const std::int64_t at = stepsAt(fork.position);
    marks_.push_back(
        {TimeMark::Kind::Fork, at,
         tr("forked at step %1 from %2").arg(countWords(at), QString::fromStdString(fork.from))});
  }
}

void RunMarks::addLoss(std::int64_t step, float loss) {
  if (step < 0) return;
  while (step / width_ >= static_cast<std::int64_t>(kMostPoints)) {  // two stretches become one
    width_ *= 2;
    std::vector<Stretch> joined((stretches_.size() + 1) / 2);
    for (std::size_t k = 0; k < stretches_.size(); ++k) {
      joined[k / 2].sum += stretches_[k].sum;
      joined[k / 2].count += stretches_[k].count;
    }
    stretches_ = std::move(joined);
  }
  const auto at = static_cast<std::size_t>(step / width_);
  if (at >= stretches_.size()) stretches_.resize(at + 1);
  if (!std::isfinite(loss)) return;
  stretches_[at].sum += static_cast<double>(loss);
  ++stretches_[at].count;
}

void RunMarks::addEvaluation(const train::Evaluation& evaluation) {
  if (evaluation.epoch < 1) return;
  epochs_ = std::max(epochs_, evaluation.epoch);
  if (evaluation.best) best_ = evaluation.epoch;
  marks_.push_back({TimeMark::Kind::Epoch, std::int64_t{evaluation.epoch} * steps_per_epoch_,
                    tr("end of epoch %1").arg(evaluation.epoch)});
}

void RunMarks::addChange(const train::SettingChange& change) {
  const std::int64_t steps = stepsAt(change.position);
  const std::string words = train::setting_words(change.key, change.value);
  marks_.push_back({TimeMark::Kind::Setting, steps,
                    tr("%1 from step %2 on").arg(QString::fromStdString(words), countWords(steps))});
}

void RunMarks::addDevice(const train::DeviceChange& change) {
  const std::int64_t steps = stepsAt(change.position);
  marks_.push_back({TimeMark::Kind::Device, steps,
                    tr("on %1 from step %2 on").arg(deviceWords(change), countWords(steps))});
}

std::vector<TimeMark> RunMarks::marks() const {
  std::vector<TimeMark> all = marks_;
  if (best_ > 0)
    all.push_back({TimeMark::Kind::Best, std::int64_t{best_} * steps_per_epoch_,
                   tr("best, after epoch %1").arg(best_)});
  std::stable_sort(all.begin(), all.end(),
                   [](const TimeMark& a, const TimeMark& b) { return a.steps < b.steps; });
  return all;
}

RunMarks::Outline RunMarks::outline() const {
  Outline outline{.width = width_, .means = {}};
  outline.means.reserve(stretches_.size());
  for (const Stretch& s : stretches_)
    outline.means.push_back(s.count > 0 ? static_cast<float>(s.sum / static_cast<double>(s.count))
                                        : std::numeric_limits<float>::quiet_NaN());
  return outline;
}

QString RunMarks::summary() const {
  QStringList parts;
  if (epochs_ > 0) parts << epochsWords(epochs_);
  for (const TimeMark& mark : marks()) {
    if (mark.kind != TimeMark::Kind::Epoch) parts << mark.words;
  }
  return parts.join(QStringLiteral(", "));
}

}  // namespace synann::ui
