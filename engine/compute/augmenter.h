// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/compute/isa.h"
#include "engine/core/thread_pool.h"
#include "engine/data/augment.h"
#include "engine/data/dataset.h"

namespace synann::compute {

namespace augment {
struct Kernels;
}

// Makes augmented images of one size with one augmentation: engine/data/augment.h says what they are. The
// bytes are the same on every instruction set. Immutable: any number of threads may use one together, each
// with scratch memory of its own.
class Augmenter {
 public:
  Augmenter(const data::Augmentation& augmentation, int rows, int columns, Isa isa = chosen_isa());

  const data::Augmentation& augmentation() const { return augmentation_; }
  bool fits(const data::Augmentation& augmentation, const data::Dataset& set) const {
    return augmentation == augmentation_ && set.rows == rows_ && set.columns == columns_;
  }

  class Scratch {
    friend class Augmenter;
    std::vector<std::uint8_t> padded_;
    std::vector<std::uint32_t> cells_;
    std::vector<float> noise_, smooth_, field_;
  };
  // from, to: [rows, columns], not the same memory.
  void make(const std::uint8_t* from, const data::AugmentPlace& place, std::uint8_t* to,
            Scratch& scratch) const;

 private:
  const float* make_field(const data::AugmentPlace& place, Scratch& scratch) const;

  data::Augmentation augmentation_;
  int rows_, columns_;
  const augment::Kernels& kernels_;
  data::ElasticLayout layout_;
  std::vector<float> along_rows_;     // [rows, rows]: α times the Gaussian's weights
  std::vector<float> along_columns_;  // [columns, pitch]: the weights
};

// Augments batches; owned and called by one thread, helped by threads of its own from the first batch on.
class BatchAugmenter {
 public:
  explicit BatchAugmenter(int threads) : threads_(threads) {}

  // The samples of a set in an epoch, augmented, as a set in this order; valid until the next call.
  const data::Dataset& make(const data::Dataset& set, std::span<const std::uint32_t> samples,
                            const data::Augmentation& augmentation, std::uint64_t seed, int epoch);
  // 0, 1, … as many as that set has: its samples in order.
  std::span<const std::uint32_t> order() const { return order_; }

 private:
  int threads_;
  std::unique_ptr<ThreadPool> pool_;
  std::optional<Augmenter> augmenter_;
  std::vector<Augmenter::Scratch> scratch_;  // [threads]
  data::Dataset made_;
  std::vector<std::uint32_t> order_;
};

}  // namespace synann::compute
