// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/data/dataset.h"

namespace synann::data {

inline constexpr int kDigitsTrainCount = 20'000;
inline constexpr int kDigitsTestCount = 4'000;
inline constexpr std::uint64_t kDigitsTrainSeed = 1;
inline constexpr std::uint64_t kDigitsTestSeed = 2;

// Draws `count` handwritten-looking digits, 28×28, ten classes: stroke skeletons bent by a random affine map
// and an elastic field, drawn with a random pen width and noise, then normalised as MNIST is (20×20 box,
// centre of mass within a pixel of the middle). Image k depends on (seed, k) alone, so the first n of a
// larger set are the same images; bit-identical on any number of threads. Cost: about 25 µs an image and
// core.
Dataset make_digits(int count, std::uint64_t seed, int threads = 0);

}  // namespace synann::data
