// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/data/image_file.h"

namespace synann::data {

// What a file holds of one set: images, labels, or both.
struct Part {
  int rows = 0, columns = 0;                  // pixels
  std::vector<std::uint8_t> pixels;           // [count, rows, columns]; empty where the file holds no images
  std::vector<std::uint8_t> labels;           // [count]; empty where it holds none
  std::shared_ptr<const ImageFile> stored{};  // images that stay in their file, in place of pixels

  std::size_t image_size() const {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  }
  std::size_t image_count() const {
    if (stored) return static_cast<std::size_t>(stored->count());
    return image_size() == 0 ? 0 : pixels.size() / image_size();
  }
};

// What a file holds in all.
struct Content {
  Part train;
  std::optional<Part> test;
};

// Pixels of a side that an image may have.
inline constexpr int kLargestSide = 256;

}  // namespace synann::data
