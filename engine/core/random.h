// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/philox.h"

// Every random number of the engine: key = seed, counter = (element / 4, purpose, step, epoch).
namespace synann {

// What a stream is for; part of the counter, so streams never overlap. Values are on disk by their effect: do
// not change.
enum class Purpose : std::uint32_t {
  Initialise = 0x1000,  // + index of the parameter in its table
  Shuffle = 0x2000,
  Dropout = 0x3000,  // + index of the layer
  Digits = 0x4000,   // built-in digits: step = image
  Check = 0x5000,    // self-tests
  Disturb = 0x6000,  // + kind of disturbance (engine/infer/robustness.h): step = image
  Subset = 0x7000,   // the training images that are drawn
  Augment = 0x8000,  // + 1 for the elastic field: step = image of the training set
};

// One place of one stream.
struct RandomStream {
  std::uint64_t seed = 0;
  std::uint32_t purpose = 0;
  std::uint32_t step = 0;
  std::uint32_t epoch = 0;

  // The words of the elements 4 · index to 4 · index + 3, for the price of one.
  SYNANN_HOST_DEVICE Philox4 block(std::uint32_t index) const {
    return philox4x32_10({{index, purpose, step, epoch}}, seed);
  }
  // The 32-bit word of `element`.
  SYNANN_HOST_DEVICE std::uint32_t word(std::uint32_t element) const {
    return block(element >> 2).v[element & 3u];
  }
  // Uniform in [0, 1) with 24 bits: (word >> 8) · 2⁻²⁴, exact in float.
  SYNANN_HOST_DEVICE float uniform(std::uint32_t element) const {
    return static_cast<float>(word(element) >> 8) * 0x1.0p-24f;
  }
};

inline RandomStream random_stream(std::uint64_t seed, Purpose purpose, std::uint32_t index = 0,
                                  std::uint32_t step = 0, std::uint32_t epoch = 0) {
  return {seed, static_cast<std::uint32_t>(purpose) + index, step, epoch};
}

// Dropout keeps an element when its word is at or above this threshold; p in [0, 1).
inline std::uint32_t dropout_threshold(double p) {
  return static_cast<std::uint32_t>(p * 4294967296.0);
}

// The order in which `epoch` visits `count` samples: Fisher–Yates by the stream (seed, Shuffle, epoch).
std::vector<std::uint32_t> epoch_order(std::uint64_t seed, int epoch, int count);

// `count` of `all` samples, drawn without replacement by the stream (seed, Subset); ascending. count in [0,
// all].
std::vector<std::uint32_t> drawn_subset(std::uint64_t seed, int count, int all);

}  // namespace synann
