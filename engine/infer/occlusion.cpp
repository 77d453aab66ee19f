// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/occlusion.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace synann::infer {
namespace {

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

// The image as it is, then once for each place of the patch.
data::Dataset hidden_images(const OcclusionQuery& q, int rows, int columns) {
  const data::Dataset& set = *q.set;
  const auto image = set.image(static_cast<int>(q.image));
  const auto count = static_cast<std::size_t>(1 + rows * columns);
  data::Dataset hidden{.rows = set.rows,
                       .columns = set.columns,
                       .classes = set.classes,
                       .pixels = {},
                       .labels = std::vector<std::uint8_t>(count, set.labels[q.image])};
  hidden.pixels.reserve(count * image.size());
  for (std::size_t k = 0; k < count; ++k)
    hidden.pixels.insert(hidden.pixels.end(), image.begin(), image.end());
  auto at = hidden.pixels.begin() + static_cast<std::ptrdiff_t>(image.size());
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c, at += static_cast<std::ptrdiff_t>(image.size()))
      for (int y = r; y < r + q.side; ++y) std::fill_n(at + y * set.columns + c, q.side, q.fill);
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
  const data::Dataset hidden = hidden_images(query, o.rows, o.columns);
  const auto said = asker.predict(query.network, hidden, {}, work);
  if (!said) return said.error();
  const auto log_p = [&](int k) {
    return static_cast<double>(said->row(k)[static_cast<std::size_t>(query.label)]);
  };
  o.log_prob = log_p(0);
  for (int k = 1; k < said->count(); ++k) o.change.push_back(log_p(k) - o.log_prob);
  o.pixels = spread_over_pixels(o, query);
  return o;
}

}  // namespace synann::infer
