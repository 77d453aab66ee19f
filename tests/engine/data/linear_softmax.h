// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/core/random.h"
#include "engine/data/dataset.h"

namespace synann::data::test {

// The simplest classifier there is, log-softmax of one linear layer, trained by plain stochastic gradient
// descent: the yardstick for how hard a data set is.
class LinearSoftmax {
 public:
  // One pass over `set` in random order, one image a step.
  void train_epoch(const Dataset& set, float learning_rate, int epoch) {
    for (const std::uint32_t index : epoch_order(5, epoch, set.count())) {
      Scores error = probabilities(set, static_cast<int>(index));
      error[set.labels[index]] -= 1.0f;
      for (std::size_t c = 0; c < error.size(); ++c) biases_[c] -= learning_rate * error[c];
      for (const auto& [place, ink] : ink_) {
        for (std::size_t c = 0; c < error.size(); ++c) weights_[place][c] -= learning_rate * error[c] * ink;
      }
    }
  }

  // Percent of `set` that is labelled rightly.
  double accuracy(const Dataset& set) {
    int correct = 0;
    for (int i = 0; i < set.count(); ++i) {
      const Scores p = probabilities(set, i);
      std::size_t best = 0;
      for (std::size_t c = 1; c < p.size(); ++c) best = p[c] > p[best] ? c : best;
      correct += best == set.labels[static_cast<std::size_t>(i)];
    }
    return 100.0 * correct / set.count();
  }

 private:
  using Scores = std::array<float, 10>;
  struct Ink {
    std::size_t place;
    float ink;
  };

  // Four pixels of five are blank: only the others are kept, in ink_.
  Scores probabilities(const Dataset& set, int index) {
    ink_.clear();
    Scores scores = biases_;
    const auto image = set.image(index);
    for (std::size_t i = 0; i < image.size(); ++i) {
      if (image[i] == 0) continue;
      ink_.push_back({i, static_cast<float>(image[i]) / 255.0f});
      for (std::size_t c = 0; c < scores.size(); ++c) scores[c] += weights_[i][c] * ink_.back().ink;
    }
    float largest = scores[0], sum = 0;
    for (const float score : scores) largest = std::max(largest, score);
    for (float& score : scores) sum += score = std::exp(score - largest);
    for (float& score : scores) score /= sum;
    return scores;
  }

  std::vector<Scores> weights_ = std::vector<Scores>(28 * 28, Scores{});
  Scores biases_{};
  std::vector<Ink> ink_;
};

}  // namespace synann::data::test
