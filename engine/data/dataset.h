// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/data/image_file.h"

namespace synann::data {

// Labelled grey images, kept as the bytes they came as; normalised on the fly where they are used.
// Immutable once built; shared freely between threads.
struct Dataset {
  int rows = 0;                      // pixels
  int columns = 0;                   // pixels
  int classes = 0;                   // labels are 0 … classes − 1
  std::vector<std::uint8_t> pixels;  // [count, rows, columns], 0 = background, 255 = ink
  std::vector<std::uint8_t> labels;  // [count]
  // Instead of `pixels`, which is empty then: images that stay in their file.
  std::shared_ptr<const StoredImages> stored{};

  int count() const { return static_cast<int>(labels.size()); }
  std::size_t image_size() const {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  }
  // Of stored images: until the calling thread asks for the next one.
  std::span<const std::uint8_t> image(int index) const {
    if (stored) return stored->image(static_cast<std::uint32_t>(index));
    return {pixels.data() + static_cast<std::size_t>(index) * image_size(), image_size()};
  }
};

// A training and a test set that belong together, with the digest that names their content for ever.
struct DataPair {
  std::string name;  // for people: "Digits (built in)", "MNIST", or the folder's name
  std::string spec;  // what opens it again: "digits", or the folder or file as given
  std::string
      sha256;  // lower-case hex digest over dimensions, labels and pixels of both sets (see data_digest)
  Dataset train;
  Dataset test;
  Dataset validation{};    // training images held back (hold_back); empty by default
  std::string location{};  // the absolute path of the folder or file; empty for what is built in
  std::vector<std::string> class_names{};  // for people, as many as classes; empty: their numbers
  std::vector<std::string>
      notes{};  // what opening it was worth saying, each one sentence without a full stop
  // Where only some training images are used (draw_training): the numbers of these in the whole training set,
  // then of those held back; empty: from 0 on.
  std::vector<std::uint32_t> train_numbers{};

  // The number in the whole training set of a training image, or, from train.count() on, of one held back.
  std::uint32_t train_number(int index) const {
    return train_numbers.empty() ? static_cast<std::uint32_t>(index)
                                 : train_numbers[static_cast<std::size_t>(index)];
  }

  // What a person reads for a class: its name, or its number.
  std::string class_name(int label) const;
};

using DataPairPtr = std::shared_ptr<const DataPair>;

// The same data with the last `count` training images moved to `validation`; count < train.count().
std::shared_ptr<const DataPair> hold_back(const DataPair& data, int count);

// The same data with `count` of the training images, drawn without replacement by `seed`, in their order;
// what is held back stays. count in [1, train.count()]; the data have all their training images.
std::shared_ptr<const DataPair> draw_training(const DataPair& data, int count, std::uint64_t seed);

// SHA-256 over, for train then test: count, rows, columns, classes as little-endian u32, labels, pixels.
// Independent of file names and compression, so a copy under another name has the same digest. Empty where
// the thread's ReadingWatch gave it up.
std::string data_digest(const Dataset& train, const Dataset& test);

}  // namespace synann::data
