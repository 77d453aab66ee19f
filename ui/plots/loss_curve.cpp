// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_curve.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace synann::ui {
namespace {

void widen(std::optional<LossCurve::Extent>& extent, double value) {
  if (!extent) {
    extent = LossCurve::Extent{value, value};
    return;
  }
  extent->min = std::min(extent->min, value);
  extent->max = std::max(extent->max, value);
}

}  // namespace

std::uint64_t LossCurve::newGeneration() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

void LossCurve::clear() {
  const std::uint64_t revision = revision_;
  *this = LossCurve();
  revision_ = revision + 1;
}

void LossCurve::setTrainCount(int samples) {
  train_count_ = std::max(0, samples);
  ++revision_;
}

void LossCurve::append(const LossSteps& steps) {
  if (steps.losses.empty()) return;
  if (!examples_.empty() && steps.first_examples <= examples_.back()) cutBack(steps.first_examples);
  examples_.reserve(examples_.size() + steps.losses.size());
  for (std::size_t k = 0; k < steps.losses.size(); ++k) {
    examples_.push_back(steps.first_examples + static_cast<std::int64_t>(k) * steps.batch_size);
    losses_.push_back(steps.losses[k]);
    count(examples_.back(), static_cast<double>(steps.losses[k]));
  }
  ++revision_;
}

void LossCurve::append(std::span<const std::int64_t> examples, std::span<const float> losses) {
  const std::size_t size = std::min(examples.size(), losses.size());
  if (size == 0) return;
  if (!examples_.empty() && examples.front() <= examples_.back()) cutBack(examples.front());
  for (std::size_t k = 0; k < size; ++k) {
    examples_.push_back(examples[k]);
    losses_.push_back(losses[k]);
    count(examples[k], static_cast<double>(losses[k]));
  }
  ++revision_;
}

void LossCurve::append(const LossEvaluation& evaluation) {
  const auto same = std::find_if(evaluations_.begin(), evaluations_.end(), [&](const LossEvaluation& known) {
    return known.epoch >= evaluation.epoch;
  });
  if (same != evaluations_.end()) {  // a resumed run repeats the epoch it was in
    evaluations_.erase(same, evaluations_.end());
    recount();
    generation_ = newGeneration();
  }
  evaluations_.push_back(evaluation);
  count(evaluation.examples, evaluation.test_loss);
  ++revision_;
}

void LossCurve::mark(std::int64_t examples, const std::string& words) {
  if (!marks_.empty() && marks_.back().examples == examples) {
    marks_.back().words += ", " + words;
  } else {
    marks_.push_back({examples, words});
  }
  ++revision_;
}

void LossCurve::cutBack(std::int64_t examples) {
  const auto keep = std::lower_bound(examples_.begin(), examples_.end(), examples) - examples_.begin();
  examples_.resize(static_cast<std::size_t>(keep));
  losses_.resize(static_cast<std::size_t>(keep));
  std::erase_if(evaluations_, [&](const LossEvaluation& e) { return e.examples > examples; });
  std::erase_if(marks_, [&](const SettingMark& m) { return m.examples > examples; });
  recount();
  ++revision_;
  generation_ = newGeneration();
}

int LossCurve::epochAt(std::int64_t examples) const {
  return train_count_ > 0 ? static_cast<int>(examples / train_count_) + 1 : 0;
}

std::optional<std::size_t> LossCurve::best() const {
  for (std::size_t i = evaluations_.size(); i-- > 0;)
    if (evaluations_[i].best) return i;  // each "best so far" beats those before it, so the last one wins
  return std::nullopt;
}

std::int64_t LossCurve::lastExamples() const {
  const std::int64_t train = examples_.empty() ? 0 : examples_.back();
  return evaluations_.empty() ? train : std::max(train, evaluations_.back().examples);
}

void LossCurve::count(std::int64_t examples, double loss) {
  if (!std::isfinite(loss)) {
    ++not_finite_;
    if (!first_not_finite_ || examples < *first_not_finite_) first_not_finite_ = examples;
    return;
  }
  widen(all_, loss);
  if (loss > 0)
    widen(positive_, loss);
  else
    ++not_positive_;
}

void LossCurve::recount() {
  all_.reset();
  positive_.reset();
  first_not_finite_.reset();
  not_finite_ = not_positive_ = 0;
  for (std::size_t k = 0; k < losses_.size(); ++k) count(examples_[k], static_cast<double>(losses_[k]));
  for (const LossEvaluation& evaluation : evaluations_) count(evaluation.examples, evaluation.test_loss);
}

}  // namespace synann::ui
