// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/dataset.h"

#include <algorithm>
#include <array>

#include "engine/core/random.h"
#include "engine/core/sha256.h"

namespace synann::data {
namespace {

// Images in their file are read a megabyte at a time; where they cannot be, their file's trouble() tells.
void add_pixels(Sha256& digest, const Dataset& set) {
  digest.add(set.pixels);
  if (!set.stored) return;
  constexpr std::size_t kPiece = 1 << 20;  // bytes
  const auto count = static_cast<std::uint32_t>(set.count());
  const auto most = static_cast<std::uint32_t>(std::max<std::size_t>(1, kPiece / set.image_size()));
  std::vector<std::uint8_t> piece(most * set.image_size());
  for (std::uint32_t first = 0; first < count; first += most) {
    const std::uint32_t some = std::min(most, count - first);
    if (!set.stored->file().read(first, some, piece.data())) return;
    digest.add(std::span(piece).first(some * set.image_size()));
  }
}

}  // namespace

std::string data_digest(const Dataset& train, const Dataset& test) {
  Sha256 digest;
  for (const Dataset* set : {&train, &test}) {
    std::array<std::uint8_t, 16> header{};
    std::size_t at = 0;
    for (const int value : {set->count(), set->rows, set->columns, set->classes}) {
      for (unsigned shift = 0; shift < 32; shift += 8) {
        header[at++] = static_cast<std::uint8_t>(static_cast<std::uint32_t>(value) >> shift);
      }
    }
    digest.add(header);
    digest.add(set->labels);
    add_pixels(digest, *set);
  }
  return digest.hex();
}

std::string DataPair::class_name(int label) const {
  const auto index = static_cast<std::size_t>(label);
  return label >= 0 && index < class_names.size() ? class_names[index] : std::to_string(label);
}

std::shared_ptr<const DataPair> hold_back(const DataPair& data, int count) {
  auto split = std::make_shared<DataPair>(data);
  const auto kept = static_cast<std::ptrdiff_t>(data.train.count() - count);
  const auto kept_pixels = kept * static_cast<std::ptrdiff_t>(data.train.image_size());
  Dataset &train = split->train, &validation = split->validation;
  validation = {.rows = train.rows,
                .columns = train.columns,
                .classes = train.classes,
                .pixels = {},
                .labels = {train.labels.begin() + kept, train.labels.end()}};
  if (train.stored) {
    validation.stored = train.stored->from(static_cast<std::uint32_t>(kept));
  } else {
    validation.pixels = {train.pixels.begin() + kept_pixels, train.pixels.end()};
    train.pixels.resize(static_cast<std::size_t>(kept_pixels));
  }
  train.labels.resize(static_cast<std::size_t>(kept));
  return split;
}

std::shared_ptr<const DataPair> draw_training(const DataPair& data, int count, std::uint64_t seed) {
  auto drawn = std::make_shared<DataPair>(data);
  const Dataset& whole = data.train;
  drawn->train_numbers = drawn_subset(seed, count, whole.count());
  drawn->train = {
      .rows = whole.rows, .columns = whole.columns, .classes = whole.classes, .pixels = {}, .labels = {}};
  if (whole.stored) drawn->train.stored = whole.stored->drawn(drawn->train_numbers);
  for (const std::uint32_t k : drawn->train_numbers) {
    drawn->train.labels.push_back(whole.labels[k]);
    if (whole.stored) continue;
    const auto image = whole.image(static_cast<int>(k));
    drawn->train.pixels.insert(drawn->train.pixels.end(), image.begin(), image.end());
  }
  for (int k = 0; k < data.validation.count(); ++k)
    drawn->train_numbers.push_back(static_cast<std::uint32_t>(whole.count() + k));
  return drawn;
}

}  // namespace synann::data
