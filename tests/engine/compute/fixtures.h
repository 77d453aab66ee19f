// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/compute/batch.h"
#include "engine/core/random.h"
#include "engine/model/description.h"
#include "engine/model/state.h"

// Small models and random batches for the tests of the tiers.
namespace synann::testing {

inline model::Model resolved(std::vector<model::Layer> layers, model::Shape input, int classes) {
  auto model = model::resolve({.id = "test",
                               .title = {},
                               .help = {},
                               .scaling = {},
                               .input = input,
                               .classes = classes,
                               .layers = std::move(layers),
                               .parameters = {}});
  return *model;
}

template <class T>
struct RandomBatch {
  std::vector<T> input;
  std::vector<std::uint8_t> target;
  compute::Batch<T> view() const { return {static_cast<int>(target.size()), input, target}; }
};

// Inputs in (−1, 1), targets in [0, classes).
template <class T>
RandomBatch<T> random_batch(const model::Model& model, int count, std::uint64_t seed) {
  const auto values = random_stream(seed, Purpose::Check, 1), labels = random_stream(seed, Purpose::Check, 2);
  RandomBatch<T> batch;
  for (int k = 0; k < count * model.input.size(); ++k) {
    batch.input.push_back(
        static_cast<T>(2 * static_cast<double>(values.uniform(static_cast<std::uint32_t>(k))) - 1));
  }
  for (int k = 0; k < count; ++k) {
    batch.target.push_back(static_cast<std::uint8_t>(labels.word(static_cast<std::uint32_t>(k)) %
                                                     static_cast<std::uint32_t>(model.classes)));
  }
  return batch;
}

// ‖a − b‖ / ‖b‖
template <class A, class B>
double relative_error(const A& a, const B& b) {
  double difference = 0, norm = 0;
  for (std::size_t k = 0; k < b.size(); ++k) {
    const double d = static_cast<double>(a[k]) - static_cast<double>(b[k]);
    difference += d * d;
    norm += static_cast<double>(b[k]) * static_cast<double>(b[k]);
  }
  return norm > 0 ? std::sqrt(difference / norm) : std::sqrt(difference);
}

}  // namespace synann::testing
