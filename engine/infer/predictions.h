// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/compute/confusion.h"
#include "engine/core/result.h"

// What a network says of images, and what can be read off that. Plain values and pure functions; any thread.
namespace synann::infer {

// The answers for some samples of a set, in the order they were asked.
struct Predictions {
  int classes = 0;
  std::vector<std::uint32_t> samples;  // their numbers in the set
  std::vector<std::uint8_t> labels;    // their true classes
  std::vector<float> log_probs;        // [count, classes], nats

  int count() const { return static_cast<int>(samples.size()); }
  std::span<const float> row(int k) const {
    return std::span(log_probs).subspan(static_cast<std::size_t>(k) * static_cast<std::size_t>(classes),
                                        static_cast<std::size_t>(classes));
  }
  int truth(int k) const { return labels[static_cast<std::size_t>(k)]; }
  int said(int k) const;  // the most probable class; of equals the first
  bool right(int k) const { return said(k) == truth(k); }
  double surprisal(int k) const {  // −log p of the true class, nats
    return -static_cast<double>(row(k)[static_cast<std::size_t>(truth(k))]);
  }
  double confidence(int k) const;  // p of the class it says, 0 … 1
};

// Sums over all of them, added up in their order, as an evaluation does.
struct Score {
  double loss_sum = 0;  // nats
  int correct = 0, count = 0;
  double loss() const { return count > 0 ? loss_sum / count : 0; }
  double accuracy() const { return count > 0 ? static_cast<double>(correct) / count : 0; }  // 0 … 1
  bool operator==(const Score&) const = default;
};
Score score(const Predictions& predictions);

compute::Confusion confusion(const Predictions& predictions);

// after − before, cell by cell, of two measurements with the same classes. Error: other classes.
Result<std::vector<int>> difference(const compute::Confusion& before, const compute::Confusion& after);

// In which order images are listed.
enum class Order {
  Given,
  Surest,        // by the probability of the class that is said, the highest first
  Hardest,       // by the surprisal of the true class, the highest first
  SureMistakes,  // those that are wrong alone, the surest first
};

// What is listed: of one true class, of those said to be one class, or both: a cell of the confusion matrix.
struct Listing {
  std::optional<int> truth{}, said{};
  Order order = Order::Given;
  std::span<const int> given{};  // the order that is given, as places k; empty: as they were asked
};

// Places k of the predictions; equals in the order that is given.
std::vector<int> listed(const Predictions& predictions, const Listing& listing);

}  // namespace synann::infer
