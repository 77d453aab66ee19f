// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_player.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <QElapsedTimer>

namespace synann::ui {

namespace {
constexpr int kPlayFrame = 33;  // milliseconds: nothing is shown more often
constexpr qint64 kSlice = 10;   // milliseconds of work before the window has its turn
}  // namespace

CircuitPlayer::CircuitPlayer(QObject* parent) : QObject(parent) {
  connect(&timer_, &QTimer::timeout, this, &CircuitPlayer::tick);
  setRate(rate_);
}

void CircuitPlayer::setCircuit(const synapse::Circuit& circuit) {
  auto run = synapse::CircuitRun::create(circuit);
  if (!run) {  // no synapses yet
    run_.reset();
    names_.clear();
    before_.clear();
    starts_.clear();
    history_ = {};
    step_ = 0;
    pause();
    return emit stepped();
  }
  std::unordered_map<std::string, double> state;
  const bool begun = step_ > 1;
  for (std::size_t k = 0; k < names_.size() && begun; ++k) state.emplace(names_[k], before_[k]);
  run_ = std::move(*run);
  run_->set_clamped(clamped_);
  names_.clear();
  before_.clear();
  starts_.clear();
  for (const synapse::CircuitSynapse& s : circuit.synapses) {
    const auto kept = state.find(s.name);
    names_.push_back(s.name);
    starts_.push_back(s.start);
    before_.push_back(kept == state.end() ? s.start : kept->second);
  }
  if (step_ == 0) step_ = 1;
  const auto previous = [](const synapse::CircuitSource& source) {
    return source.kind == synapse::SourceKind::Previous;
  };
  remembers_ = std::any_of(
      circuit.synapses.begin(), circuit.synapses.end(),
      [&](const synapse::CircuitSynapse& s) { return previous(s.excitatory) || previous(s.inhibitory); });
  chooseTraced(circuit);
  evaluate();
}

// Outputs, or the first few synapses.
void CircuitPlayer::chooseTraced(const synapse::Circuit& circuit) {
  std::vector<std::string> names = circuit.outputs;
  for (std::size_t k = 0; circuit.outputs.empty() && k < std::min(kMostTraced, names_.size()); ++k)
    names.push_back(names_[k]);
  if (names.size() > kMostTraced) names.resize(kMostTraced);
  traced_.clear();
  for (const std::string& name : names)
    traced_.push_back(
        static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin()));
  if (names == history_.names) return;
  history_ = {.names = std::move(names), .values = {}, .first = step_};
}

// The step that is shown, once more.
void CircuitPlayer::evaluate() {
  if (!run_) return;
  run_->set_state(before_);
  run_->step();
  record();
  emit stepped();
}

void CircuitPlayer::record() {
  std::vector<double> now;
  if (step_ == 1) history_.values.clear();  // the starts may be others
  if (history_.values.empty()) {            // what was before: the starts, at step 0
    history_.first = remembers_ ? step_ - 1 : step_;
    for (const std::size_t k : traced_) now.push_back(before_[k]);
    if (remembers_) history_.values.push_back(now);  // else nothing ever takes them
    now.clear();
  }
  for (const std::size_t k : traced_) now.push_back(run_->values()[k]);
  const auto place = static_cast<std::size_t>(step_ - history_.first);
  if (place < history_.values.size()) {
    history_.values[place] = std::move(now);
    history_.values.resize(place + 1);
  } else {
    history_.values.push_back(std::move(now));
  }
  if (history_.values.size() <= kMostSteps) return;
  history_.values.pop_front();
  ++history_.first;
}

void CircuitPlayer::advance() {
  before_.assign(run_->values().begin(), run_->values().end());
  run_->step();
  ++step_;
  record();
}

void CircuitPlayer::step() {
  if (!run_) return;
  advance();
  emit stepped();
}

void CircuitPlayer::goTo(qint64 step) {
  if (!run_) return;
  const qint64 most = kMostReplayed / std::max<qint64>(1, static_cast<qint64>(starts_.size()));
  for (qint64 left = std::min(step - step_, most); left > 0; --left) advance();
  emit stepped();
}

void CircuitPlayer::reset() {
  pause();
  if (!run_) return;
  before_ = starts_;
  step_ = 1;
  history_.values.clear();
  evaluate();
}

void CircuitPlayer::setClamped(bool clamped) {
  if (clamped == clamped_) return;
  clamped_ = clamped;
  if (!run_) return;
  run_->set_clamped(clamped);
  evaluate();
}

void CircuitPlayer::setRate(int steps_per_second) {
  rate_ = std::max(1, steps_per_second);
  timer_.setInterval(std::max(kPlayFrame, 1000 / rate_));
}

void CircuitPlayer::setPlaying(bool playing) {
  if (playing == this->playing() || (playing && !run_)) return;
  setRate(rate_);
  if (playing)
    timer_.start();
  else
    timer_.stop();
  emit playingChanged();
}

void CircuitPlayer::pause() {
  if (!timer_.isActive()) return;
  timer_.stop();
  emit playingChanged();
}

void CircuitPlayer::place(std::vector<double> before, qint64 step) {
  pause();
  if (!run_ || before.size() != before_.size()) return;
  before_ = std::move(before);
  step_ = step;
  history_.values.clear();
  evaluate();
}

bool CircuitPlayer::passTo(qint64 step) {
  pause();
  if (!run_ || step < step_ || (step - step_) * static_cast<qint64>(before_.size()) > kMostPassed)
    return false;
  goTo(step);
  return true;
}

void CircuitPlayer::tick() {
  QElapsedTimer since;
  since.start();
  const int steps = std::max(1, rate_ * timer_.interval() / 1000);
  for (int k = 0; k < steps && since.elapsed() < kSlice; ++k) advance();
  emit stepped();
}

CircuitValues CircuitPlayer::values() const {
  if (!run_) return {};
  return {.shown = {run_->values().begin(), run_->values().end()},
          .unclamped = {run_->unclamped().begin(), run_->unclamped().end()},
          .step = step_};
}

}  // namespace synann::ui
