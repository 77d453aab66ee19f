// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/dataset.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/random.h"
#include "engine/core/sha256.h"
#include "engine/data/reading.h"

namespace synann::data {
namespace {

constexpr std::size_t kDigestPiece = 1 << 20;  // bytes between two looks at the watch

// What two sets hold, followed by the watch.
class PixelDigest {
 public:
  PixelDigest(Sha256& digest, const Dataset& first, const Dataset& second)
      : digest_(digest), bytes_(size(first) + size(second)) {}

  // False: given up. Where images cannot be read from their file, its trouble() tells.
  bool add(const Dataset& set) {
    if (set.stored) return add_stored(set);
    const std::span<const std::uint8_t> all = set.pixels;
    for (std::size_t at = 0; at < all.size(); at += kDigestPiece)
      if (!add(all.subspan(at, std::min(kDigestPiece, all.size() - at)))) return false;
    return true;
  }

 private:
  static std::uint64_t size(const Dataset& set) {
    return set.stored ? static_cast<std::uint64_t>(set.count()) * set.image_size() : set.pixels.size();
  }
  bool add_stored(const Dataset& set) {
    const auto count = static_cast<std::uint32_t>(set.count());
    const auto most = static_cast<std::uint32_t>(std::max<std::size_t>(1, kDigestPiece / set.image_size()));
    std::vector<std::uint8_t> piece(most * set.image_size());
    for (std::uint32_t first = 0; first < count; first += most) {
      const std::uint32_t some = std::min(most, count - first);
      if (!set.stored->file().read(first, some, piece.data())) return true;
      if (!add(std::span(piece).first(some * set.image_size()))) return false;
    }
    return true;
  }
  bool add(std::span<const std::uint8_t> piece) {
    digest_.add(piece);
    done_ += piece.size();
    return ReadingWatch::goes_on(done_, bytes_);
  }

  Sha256& digest_;
  std::uint64_t done_ = 0;
  const std::uint64_t bytes_;
};

}  // namespace

std::string data_digest(const Dataset& train, const Dataset& test) {
  Sha256 digest;
  PixelDigest pixels(digest, train, test);
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
    if (!pixels.add(*set)) return {};
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
