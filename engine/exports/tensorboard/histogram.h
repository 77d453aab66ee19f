// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace synann::exports::tensorboard {

inline constexpr std::size_t kBuckets = 30;  // as TensorBoard's own writer

// How often numbers lie between two edges: even buckets from the least to the most, as TensorBoard's writer
// makes them. Where all are equal they are in the last bucket, and all edges are that number.
struct Histogram {
  std::vector<double> rows;    // [kBuckets, 3]: left edge, right edge, count; empty: no number is finite
  std::size_t not_finite = 0;  // numbers that are in no bucket
};
Histogram histogram_of(std::span<const float> values);

}  // namespace synann::exports::tensorboard
