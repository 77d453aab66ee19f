// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "engine/model/description.h"

namespace synann::compute::exact {

// Max-pooling behind a convolution sends a window's whole gradient to one position, and a ReLU passes or
// stops it: decisions that float32 rounding can turn around where the best two sums of a window, or a sum and
// zero, differ by less than they were rounded. A training path forks there. This class decides such close
// calls from the same sums in double, for all tiers, so that they take the same path. Convolutions with
// padding, strides or groups, and pooling windows that overlap or leave pixels out, are left as they fall.
//
// Values are the model's flat block, input one sample [model.input]. Any thread. The model must outlive it.
class CloseCalls {
 public:
  explicit CloseCalls(const model::Model& model);

  // The side of the pooling window behind layer k, 0 where there is nothing of that kind to decide.
  int window(std::size_t k) const { return pool_[k]; }

  // What float32 may be off by in b + Σ w x of so many terms, for |x| ≤ largest: rounding errors add up like
  // random steps.
  static float margin(int terms, const float* w, float b, float largest);

  // After the forward pass of layer k in training, for `count` samples: x and y are the layer's, [count,
  // size]. Sums nearer to each other or to zero than margin() get the order and the sign of the exact ones.
  void settle(std::size_t k, int count, const float* values, const float* input, const float* x,
              float* y) const;

  // The best position of a pooling window behind convolution k: its number in the map, row-major, and the sum
  // there. (row, column) is the window's first position.
  struct Best {
    int place = 0;
    double sum = 0;
  };
  Best best_of_window(std::size_t k, const float* values, const float* input, int map, int row,
                      int column) const;

  // Whether all positions of that window see the same pixels: then they are equal, and nothing is to be
  // decided.
  bool is_flat(std::size_t k, const float* input, int row, int column) const;

 private:
  const float* biases(std::size_t k, const float* values) const;  // of layer k; null where it has none
  struct Region {
    int row, column, rows, columns;
  };
  Region seen_by(std::size_t k, Region of) const;  // the part of layer k's input behind a part of its output
  std::vector<double> exact(std::size_t k, const float* values, const float* input, int first_map, int maps,
                            Region of) const;
  void settle_windows(std::size_t k, const float* values, const float* input, const float* x, float* y) const;
  void settle_signs(std::size_t k, int count, const float* values, const float* x, float* y) const;

  const model::Model& model_;
  std::vector<int> pool_;          // per layer: the window of the MaxPool2d behind a convolution, otherwise 0
  std::vector<bool> before_relu_;  // per layer: a Linear with a ReLU behind it
  std::vector<std::size_t> weight_, bias_;  // per layer: offsets in the flat block
};

}  // namespace synann::compute::exact
