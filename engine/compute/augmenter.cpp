// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/augmenter.h"

#include <algorithm>
#include <numeric>

#include "engine/compute/cpu/augment_kernels.h"

namespace synann::compute {

namespace augment {

namespace baseline {
extern const Kernels table;
}
#if defined(SYNANN_X86_VARIANTS)
namespace avx2 {
extern const Kernels table;
}
namespace avx512 {
extern const Kernels table;
}
#endif

namespace {

const Kernels& kernels_of([[maybe_unused]] Isa isa) {
#if defined(SYNANN_X86_VARIANTS)
  if (isa == Isa::Avx512) return avx512::table;
  if (isa == Isa::Avx2) return avx2::table;
#endif
  return baseline::table;
}

}  // namespace
}  // namespace augment

Augmenter::Augmenter(const data::Augmentation& augmentation, int rows, int columns, Isa isa)
    : augmentation_(augmentation),
      rows_(rows),
      columns_(columns),
      kernels_(augment::kernels_of(isa)),
      layout_(data::elastic_layout(rows, columns)) {
  if (augmentation.elastic <= 0) return;
  const auto side = static_cast<std::size_t>(rows), pitch = static_cast<std::size_t>(layout_.pitch);
  std::vector<double> weights;
  weights.reserve(static_cast<std::size_t>(std::max(rows, columns)));
  for (int d = 0; d < std::max(rows, columns); ++d)
    weights.push_back(data::elastic_weight(augmentation.elastic_sigma, d));
  const auto weight = [&weights](std::size_t a, std::size_t b) { return weights[a > b ? a - b : b - a]; };
  along_rows_.resize(side * side);
  for (std::size_t a = 0; a < side; ++a)
    for (std::size_t b = 0; b < side; ++b)
      along_rows_[a * side + b] = static_cast<float>(augmentation.elastic * weight(a, b));
  along_columns_.resize(static_cast<std::size_t>(columns) * pitch);
  for (std::size_t a = 0; a < static_cast<std::size_t>(columns); ++a)
    for (std::size_t b = 0; b < static_cast<std::size_t>(columns); ++b)
      along_columns_[a * pitch + b] = static_cast<float>(weight(a, b));
}

// [2, rows, pitch]: how far each pixel's origin moves along the rows and the columns.
const float* Augmenter::make_field(const data::AugmentPlace& place, Scratch& s) const {
  const auto plane = static_cast<std::size_t>(rows_ * layout_.pitch);
  s.noise_.resize(2 * plane);
  s.smooth_.resize(plane);
  s.field_.resize(2 * plane);
  const RandomStream stream = data::augment_stream(place, 1);
  kernels_.noise(stream.seed, stream.purpose, stream.step, stream.epoch, layout_.blocks, s.noise_.data());
  for (std::size_t axis = 0; axis < 2; ++axis) {
    kernels_.multiply(s.noise_.data() + axis * plane, layout_.pitch, along_columns_.data(), rows_, columns_,
                      layout_.pitch, s.smooth_.data());
    kernels_.multiply(along_rows_.data(), rows_, s.smooth_.data(), rows_, rows_, layout_.pitch,
                      s.field_.data() + axis * plane);
  }
  return s.field_.data();
}

void Augmenter::make(const std::uint8_t* from, const data::AugmentPlace& place, std::uint8_t* to,
                     Scratch& s) const {
  const data::Drawn drawn = data::draw_augmentation(augmentation_, place, rows_, columns_);
  const data::AffineMap map = data::inverse_map(drawn, rows_, columns_);
  s.padded_.resize(static_cast<std::size_t>((rows_ + 3) * (columns_ + 3) + augment::kSlack));
  s.cells_.resize(static_cast<std::size_t>((rows_ + 2) * (columns_ + 2) + augment::kSlack));
  const float* const field = augmentation_.elastic > 0 ? make_field(place, s) : nullptr;
  kernels_.warp({.from = from,
                 .to = to,
                 .rows = rows_,
                 .columns = columns_,
                 .row = map.row,
                 .column = map.column,
                 .row_field = field,
                 .column_field = field != nullptr ? field + rows_ * layout_.pitch : nullptr,
                 .pitch = layout_.pitch,
                 .padded = s.padded_.data(),
                 .cells = s.cells_.data()});
  const data::Rectangle& e = drawn.erased;
  for (int r = e.row; r < e.row + e.rows; ++r) std::fill_n(to + r * columns_ + e.column, e.columns, 0);
}

const data::Dataset& BatchAugmenter::make(const data::Dataset& set, std::span<const std::uint32_t> samples,
                                          const data::Augmentation& augmentation, std::uint64_t seed,
                                          int epoch) {
  constexpr std::size_t kTogether = 8;
  if (pool_ == nullptr) {
    pool_ = std::make_unique<ThreadPool>(std::max(1, threads_));
    scratch_.resize(static_cast<std::size_t>(pool_->threads()));
  }
  if (!augmenter_ || !augmenter_->fits(augmentation, set))
    augmenter_.emplace(augmentation, set.rows, set.columns);
  made_.rows = set.rows;
  made_.columns = set.columns;
  made_.classes = set.classes;
  made_.pixels.resize(samples.size() * set.image_size());
  made_.labels.resize(samples.size());
  const std::size_t groups = (samples.size() + kTogether - 1) / kTogether;
  pool_->run(static_cast<int>(groups), [&](int group, int thread) {
    const std::size_t first = static_cast<std::size_t>(group) * kTogether;
    for (std::size_t k = first; k < std::min(first + kTogether, samples.size()); ++k) {
      augmenter_->make(
          set.image(static_cast<int>(samples[k])).data(), {.seed = seed, .epoch = epoch, .image = samples[k]},
          made_.pixels.data() + k * set.image_size(), scratch_[static_cast<std::size_t>(thread)]);
      made_.labels[k] = set.labels[samples[k]];
    }
  });
  if (order_.size() != samples.size()) {
    order_.resize(samples.size());
    std::iota(order_.begin(), order_.end(), 0u);
  }
  return made_;
}

}  // namespace synann::compute
