// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

// In which order to show the rows and columns of a matrix, so that what belongs together stands together.
// Pure functions; any thread. The result holds each index once; equal rows keep their places.
namespace synann::synapse {

enum class Axis { Rows, Columns };

std::vector<int> natural_order(std::size_t count);

// The largest Euclidean norm first.
std::vector<int> order_by_norm(std::span<const float> matrix, std::size_t rows, std::size_t columns,
                               Axis axis);

// A chain in which each row is followed by the most similar one (cosine) of those left, beginning with that
// of the largest norm. O(count² · length).
std::vector<int> order_by_similarity(std::span<const float> matrix, std::size_t rows, std::size_t columns,
                                     Axis axis);

}  // namespace synann::synapse
