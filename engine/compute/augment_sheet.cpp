// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/augment_sheet.h"

#include <vector>

#include "engine/compute/augmenter.h"

namespace synann::compute {
namespace {

constexpr std::uint8_t kGround = 255;

// One image into the picture, its upper left corner at (row, column).
void put_image(const std::uint8_t* image, int rows, int columns, int enlarged, data::Picture& picture,
               int row, int column) {
  for (int r = 0; r < rows * enlarged; ++r) {
    std::uint8_t* to =
        picture.pixels.data() + static_cast<std::ptrdiff_t>(row + r) * picture.columns + column;
    for (int c = 0; c < columns * enlarged; ++c)
      to[c] = static_cast<std::uint8_t>(255 - image[r / enlarged * columns + c / enlarged]);
  }
}

}  // namespace

data::Picture augment_sheet(const data::Dataset& set, std::span<const std::uint32_t> samples,
                            const AugmentSheet& sheet) {
  const int high = set.rows * sheet.enlarged + sheet.gap, wide = set.columns * sheet.enlarged + sheet.gap;
  data::Picture picture{.rows = high * (1 + sheet.epochs) - sheet.gap,
                        .columns = wide * static_cast<int>(samples.size()) - sheet.gap,
                        .pixels = {}};
  picture.pixels.assign(static_cast<std::size_t>(picture.rows) * static_cast<std::size_t>(picture.columns),
                        kGround);
  const Augmenter augmenter(sheet.augmentation, set.rows, set.columns);
  Augmenter::Scratch scratch;
  std::vector<std::uint8_t> made(set.image_size());
  int column = 0;
  for (const std::uint32_t sample : samples) {
    const std::uint8_t* image = set.image(static_cast<int>(sample)).data();
    put_image(image, set.rows, set.columns, sheet.enlarged, picture, 0, column);
    for (int k = 0; k < sheet.epochs; ++k) {
      augmenter.make(image, {.seed = sheet.seed, .epoch = sheet.first_epoch + k, .image = sample},
                     made.data(), scratch);
      put_image(made.data(), set.rows, set.columns, sheet.enlarged, picture, (1 + k) * high, column);
    }
    column += wide;
  }
  return picture;
}

}  // namespace synann::compute
