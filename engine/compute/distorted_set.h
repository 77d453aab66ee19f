// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "engine/core/result.h"
#include "engine/data/augment.h"
#include "engine/data/dataset.h"

namespace synann::compute {

// A large training set made of a small one.
struct DistortedSet {
  data::Augmentation augmentation{.rotation = 15, .zoom = 0.15, .shift = 0.1};
  std::uint64_t seed = 1;
  int train = 600'000;  // images
  int threads = 0;      // 0 = all; the bytes are the same for any number
};

// Writes `folder` as plain IDX files with MNIST's names: image k of the training set is image k mod n of the
// source's n training images, augmented as in epoch k / n + 1 of a run; the test set is the source's. Returns
// false when stopped; the same call goes on where it was, also after a kill. `progress` is told how many
// images are written, from the calling thread. Errors: files that are there, or that another set was begun in
// the folder; a full disk.
Result<bool> write_distorted_set(const data::DataPair& source, const DistortedSet& what,
                                 const std::filesystem::path& folder, const std::atomic<bool>& stop,
                                 const std::function<void(int written)>& progress);

}  // namespace synann::compute
