// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/synapse_source.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include <QTimer>

namespace synann::ui {

SynapseSource::SynapseSource(TrainingController& controller, Selection& selection, QObject* parent)
    : QObject(parent), controller_(controller), selection_(selection) {
  connect(&controller_, &TrainingController::updated, this, &SynapseSource::take);
  connect(&controller_, &TrainingController::runBegan, this, &SynapseSource::runChanged);
  connect(&controller_, &TrainingController::idle, this, &SynapseSource::runChanged);
  connect(&selection_, &Selection::layerChanged, this, &SynapseSource::ask);
  connect(&selection_, &Selection::imageChanged, this, &SynapseSource::ask);
  connect(&selection_, &Selection::classesChanged, this, &SynapseSource::ask);
  connect(&selection_, &Selection::stepChanged, this, &SynapseSource::ask);
  connect(&worker_, &SynapseWorker::answered, this, &SynapseSource::answered);
  connect(&worker_, &SynapseWorker::rangeKnown, this, [this] {
    if (!live_) ask();
  });
}

void SynapseSource::setOptions(const train::SynapseQuery& options) {
  options_ = options;
  ask();
}

void SynapseSource::setShown(QObject* page, bool shown) {
  if (!shown) {
    shown_.remove(page);
  } else if (!shown_.contains(page)) {
    shown_.insert(page);
    controller_.requestWeights();
    ask();
  }
}

void SynapseSource::setSamplesWanted(QObject* page, bool wanted) {
  if (include(want_samples_, page, wanted)) ask();
}

void SynapseSource::setNetworkWanted(QObject* page, bool wanted) {
  if (include(want_network_, page, wanted)) ask();
}

// Whether there is something new to be asked for.
bool SynapseSource::include(QSet<QObject*>& pages, QObject* page, bool wanted) {
  if (!wanted) {
    pages.remove(page);
    return false;
  }
  if (pages.contains(page)) return false;
  pages.insert(page);
  return true;
}

// Another run, or the same one with other files: everything is looked at anew.
void SynapseSource::runChanged() {
  ++opened_;
  live_.reset();
  if (active()) controller_.requestWeights();
  ask();
}

void SynapseSource::take(const Snapshot& snapshot) {
  if (snapshot.data) {
    data_ = snapshot.data;
    emit dataChanged();
  }
  if (snapshot.start) {
    wanted_data_.clear();  // the session has opened it
    ++opened_;
    live_.reset();
    if (active()) controller_.requestWeights();
  }
  if (snapshot.history && !snapshot.start) {
    wanted_data_ = snapshot.history->settings().data;
    runChanged();
  }
  if (snapshot.followed && !snapshot.history) {
    ++opened_;
    ask();
  }
  if (snapshot.weights) live_ = snapshot.weights;
  if (snapshot.weights || snapshot.data) ask();
}

// A run that was only opened to be looked at has its data still closed. One try: the window tells what is
// wrong.
void SynapseSource::openData() {
  if (wanted_data_.empty() || controller_.busy()) return;
  const std::string spec = std::exchange(wanted_data_, {});
  if (!data_ || data_->spec != spec) controller_.openData(QString::fromStdString(spec));
}

void SynapseSource::ask() {
  if (!active()) return;
  openData();
  train::SynapseQuery query = options_;
  query.live = selection_.live() && controller_.sessionOpen() ? live_ : nullptr;
  query.run = controller_.runFolder();
  query.steps = selection_.live() ? train::kLatestStep : knownStep(selection_.step());
  query.layer = selection_.layer().toStdString();
  query.data = data_;
  query.image = std::clamp(selection_.image(), 0, data_ ? std::max(0, data_->test.count() - 1) : 0);
  query.class_a = selection_.classA();
  query.class_b = selection_.classB();
  query.opened = opened_;
  query.samples = want_samples_.intersects(shown_);
  query.network = want_network_.intersects(shown_);
  since_ask_.start();
  worker_.ask(query);
}

std::int64_t SynapseSource::knownStep(std::int64_t steps) const {
  if (options_.lens == train::Lens::Beta || !frame_ || !frame_->network_frames ||
      frame_->network_frames->empty())
    return steps;
  const auto& known = *frame_->network_frames;
  const auto after =
      std::upper_bound(known.begin(), known.end(), steps,
                       [](std::int64_t step, const train::FrameStep& frame) { return step < frame.steps; });
  return after == known.begin() ? known.front().steps : std::prev(after)->steps;
}

void SynapseSource::answered(const SynapseFramePtr& frame) {
  frame_ = frame;
  if (!active()) return;
  emit frameChanged(frame);
  // The next numbers only when these are shown: the training never runs ahead of the window.
  if (selection_.live()) requestLater();
}

// A forward pass over images of every class takes its time from the training: it rests twice as long as it
// worked.
void SynapseSource::requestLater() {
  if (!want_samples_.intersects(shown_)) return controller_.requestWeights();
  QTimer::singleShot(std::chrono::milliseconds(2 * since_ask_.elapsed()), this, [this] {
    if (active()) controller_.requestWeights();
  });
}

}  // namespace synann::ui
