// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace synann::ui {

// Where a setting was changed.
struct SettingMark {
  std::int64_t examples = 0;  // seen before the first step with the new value
  std::string words;          // "learning rate 0.006"
  bool operator==(const SettingMark&) const = default;
};

// The losses of consecutive batches; valid during the call only.
struct LossSteps {
  int batch_size = 0;  // examples; a smaller last batch does not change the x positions before it
  std::int64_t first_examples = 0;  // seen before the first of them
  std::span<const float> losses;    // mean negative log-likelihood of each batch, nats
};

// One measurement on the test set. Epoch 0 is the one before training.
struct LossEvaluation {
  int epoch = 0;
  std::int64_t examples = 0;  // training examples seen so far
  double train_loss = 0;      // mean over the epoch's batches, nats; 0 for epoch 0
  double test_loss = 0;       // mean over the test set, nats
  int correct = 0;
  int count = 0;
  double learning_rate = 0;  // of the epoch's last step
  double seconds = 0;        // wall time of the epoch and its evaluation
  bool best = false;         // the best so far
  double accuracy() const { return count > 0 ? 100.0 * correct / count : 0.0; }  // percent
};

// The losses of one run in full resolution: every step, every evaluation, nothing thinned. Plain data without
// a look. The owner appends to it; charts and tables share it read-only and catch up when told to refresh.
// One thread (the window's).
class LossCurve {
 public:
  void clear();                     // a new run begins
  void setTrainCount(int samples);  // training samples of one epoch; 0 = unknown

  // Points must follow those before them. A batch that begins earlier (a run resumed from an older
  // checkpoint) first cuts the curve back to where it begins, so that x stays sorted.
  void append(const LossSteps& steps);
  void append(std::span<const std::int64_t> examples, std::span<const float> losses);  // of equal length
  void append(const LossEvaluation& evaluation);
  // Several changes at one place are one mark.
  void mark(std::int64_t examples, const std::string& words);
  // Drops the train points at and after `examples`, and the evaluations and marks after it.
  void cutBack(std::int64_t examples);

  std::span<const std::int64_t> examples() const {
    return examples_;
  }                                                          // x of each train point: examples seen
  std::span<const float> losses() const { return losses_; }  // y of each train point, nats
  const std::vector<LossEvaluation>& evaluations() const { return evaluations_; }
  const std::vector<SettingMark>& marks() const { return marks_; }  // in order

  bool empty() const { return losses_.empty() && evaluations_.empty(); }
  int trainCount() const { return train_count_; }
  int epochAt(std::int64_t examples) const;  // 1-based; 0 when the samples of an epoch are unknown
  std::optional<std::size_t> best() const;   // index of the best evaluation so far
  std::int64_t lastExamples() const;         // x of the newest point, 0 when empty

  // Over train and test losses together; NaN and infinity left out. Nothing when there is no such value.
  struct Extent {
    double min = 0;
    double max = 0;
  };
  std::optional<Extent> extent() const { return all_; }
  std::optional<Extent> positiveExtent() const { return positive_; }
  std::int64_t notFiniteCount() const { return not_finite_; }  // losses that are NaN or infinite
  std::int64_t notPositiveCount() const {
    return not_positive_;
  }  // finite losses ≤ 0: a logarithm cannot show them
  std::optional<std::int64_t> firstNotFinite() const { return first_not_finite_; }  // x of the first of them

  std::uint64_t revision() const { return revision_; }  // grows with every change
  // Grows when points are taken away, and is never that of another curve, copies apart: an index that is kept
  // with it names the same point as long as the curve has that generation.
  std::uint64_t generation() const { return generation_; }

 private:
  static std::uint64_t newGeneration();
  void count(std::int64_t examples, double loss);
  void recount();

  std::vector<std::int64_t> examples_;
  std::vector<float> losses_;
  std::vector<LossEvaluation> evaluations_;
  std::vector<SettingMark> marks_;
  int train_count_ = 0;
  std::optional<Extent> all_, positive_;
  std::int64_t not_finite_ = 0;
  std::int64_t not_positive_ = 0;
  std::optional<std::int64_t> first_not_finite_;
  std::uint64_t revision_ = 1;
  std::uint64_t generation_ = newGeneration();
};

}  // namespace synann::ui
