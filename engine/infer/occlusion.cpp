// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/occlusion.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace synann::infer {
namespace {

constexpr std::size_t kMostPixels = 16 << 20;  // of hidden images at a time

Status check_query(const OcclusionQuery& q) {
  if (!q.set) return input_error("images", "no data set is open", "choose one");
  if (q.label < 0 || q.label >= q.network.model->classes) {
    return Error{.where = "class",
                 .problem = "there is no such class",
                 .expected = fmt::format("from 0 to {}", q.network.model->classes - 1),
                 .found = fmt::format("{}", q.label)};
  }
  const int most = std::min(q.set->rows, q.set->columns);
  if (q.side >= 1 && q.side <= most) return {};
  return Error{.where = "patch",
               .problem = "the patch does not fit the image",
               .expected = fmt::format("a side of 1 to {} pixels", most),
               .found = fmt::format("{}", q.side)};
}

// The image with the patch at each of `count` places from the `first` on, row by row.
data::Dataset hidden_images(const OcclusionQuery& q, int columns, int first, int count) {
  const data::Dataset& set = *q.set;
  const auto image = set.image(static_cast<int>(q.image));
  data::Dataset hidden{
      .rows = set.rows,
      .columns = set.columns,
      .classes = set.classes,
      .pixels = {},
      .labels = std::vector<std::uint8_t>(static_cast<std::size_t>(count), set.labels[q.image])};
  hidden.pixels.reserve(static_cast<std::size_t>(count) * image.size());
  for (int k = first; k < first + count; ++k) {
    const auto at = static_cast<std::ptrdiff_t>(hidden.pixels.size());
    hidden.pixels.insert(hidden.pixels.end(), image.begin(), image.end());
    const int r = k / columns, c = k % columns;
    for (int y = r; y < r + q.side; ++y)
      std::fill_n(hidden.pixels.begin() + at + y * set.columns + c, q.side, q.fill);
  }
  return hidden;
}

std::vector<double> spread_over_pixels(const Occlusion& o, const OcclusionQuery& q) {
  const auto size = q.set->image_size();
  std::vector<double> sums(size);
  std::vector<int> counts(size);
  for (int r = 0; r < o.rows; ++r)
    for (int c = 0; c < o.columns; ++c)
      for (int y = r; y < r + q.side; ++y)
        for (int x = c; x < c + q.side; ++x) {
          const auto pixel = static_cast<std::size_t>(y * q.set->columns + x);
          sums[pixel] += o.change[static_cast<std::size_t>(r * o.columns + c)];
          ++counts[pixel];
        }
  for (std::size_t k = 0; k < size; ++k) sums[k] /= counts[k];
  return sums;
}

}  // namespace

Result<Occlusion> occlude(Asker& asker, const OcclusionQuery& query, const Work& work) {
  if (auto status = check_query(query); !status) return status.error();
  const std::array chosen{query.image};
  if (const auto image = samples_of(query.network, *query.set, chosen); !image) return image.error();
  Occlusion o;
  o.rows = query.set->rows - query.side + 1;
  o.columns = query.set->columns - query.side + 1;
  const auto label = static_cast<std::size_t>(query.label);
  const auto seen = asker.predict(query.network, *query.set, chosen, {work.stop, {}});
  if (!seen) return seen.error();
  o.log_prob = static_cast<double>(seen->row(0)[label]);
  // So many at a time as take little memory, whatever the size of the images.
  const int places = o.rows * o.columns;
  const int most = static_cast<int>(std::max<std::size_t>(1, kMostPixels / query.set->image_size()));
  for (int first = 0; first < places; first += most) {
    const data::Dataset hidden = hidden_images(query, o.columns, first, std::min(most, places - first));
    const auto said = asker.predict(query.network, hidden, {}, {work.stop, {}});
    if (!said) return said.error();
    for (int k = 0; k < said->count(); ++k)
      o.change.push_back(static_cast<double>(said->row(k)[label]) - o.log_prob);
    work.tell(first + hidden.count(), places);
  }
  o.pixels = spread_over_pixels(o, query);
  return o;
}

}  // namespace synann::infer
