// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/robustness.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <numbers>
#include <vector>

#include "engine/core/random.h"

namespace synann::infer {
namespace {

constexpr int kImagesBetweenLooks = 100;  // at whether to stop

constexpr std::array<DisturbanceInfo, kDisturbances> kInfos{{
    {Disturbance::Rotate, "rotate", "Rotation", "°", "Degrees against the clock.", -180, 180},
    {Disturbance::Shift, "shift", "Shift", "px", "Pixels, each image into a direction of its own.", 0, 28},
    {Disturbance::Noise, "noise", "Noise", "", "Standard deviation, as a share of full scale.", 0, 2},
    {Disturbance::Thicken, "thicken", "Thickness", "px", "Pixels that the ink grows; negative: shrinks.", -5,
     5},
}};

using Pixels = std::span<const std::uint8_t>;

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

// One image of a set and where its disturbed form goes.
struct Frame {
  int rows, columns;
  Pixels from;
  std::uint8_t* to;

  // 0 outside.
  double at(int row, int column) const {
    if (row < 0 || row >= rows || column < 0 || column >= columns) return 0;
    return from[static_cast<std::size_t>(row * columns + column)];
  }
  double between(double row, double column) const {
    const double r = std::floor(row), c = std::floor(column), down = row - r, right = column - c;
    const int y = static_cast<int>(r), x = static_cast<int>(c);
    return (1 - down) * ((1 - right) * at(y, x) + right * at(y, x + 1)) +
           down * ((1 - right) * at(y + 1, x) + right * at(y + 1, x + 1));
  }
  template <class Value>
  void fill(Value value) const {
    std::uint8_t* out = to;
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c) *out++ = to_byte(value(r, c));
  }
};

void rotate(const Frame& f, double degrees) {
  const double angle = degrees * std::numbers::pi / 180, cosine = std::cos(angle), sine = std::sin(angle);
  const double middle_r = (f.rows - 1) / 2.0, middle_c = (f.columns - 1) / 2.0;
  f.fill([&](int row, int column) {
    const double down = row - middle_r, across = column - middle_c;
    return f.between(middle_r + cosine * down + sine * across, middle_c - sine * down + cosine * across);
  });
}

void shift(const Frame& f, double pixels, const RandomStream& random) {
  const double angle = 2 * std::numbers::pi * static_cast<double>(random.uniform(0));
  const double down = pixels * std::sin(angle), across = pixels * std::cos(angle);
  f.fill([&](int row, int column) { return f.between(row - down, column - across); });
}

// Box and Muller's pairs of normal numbers.
void add_noise(const Frame& f, double deviation, const RandomStream& random) {
  f.fill([&](int row, int column) {
    const auto element = 2 * static_cast<std::uint32_t>(row * f.columns + column);
    const double u = (static_cast<double>(random.word(element)) + 1) * 0x1.0p-32;
    const double v = static_cast<double>(random.word(element + 1)) * 0x1.0p-32;
    const double normal = std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
    return f.at(row, column) + 255 * deviation * normal;
  });
}

// The pixels of a disc, whose edge fades over one pixel, so that its radius may be any.
struct DiscPixel {
  int down = 0, right = 0;
  double weight = 0;  // above 0
};
std::vector<DiscPixel> disc_of(double radius) {
  std::vector<DiscPixel> disc;
  const int reach = static_cast<int>(std::ceil(radius));
  for (int y = -reach; y <= reach; ++y)
    for (int x = -reach; x <= reach; ++x)
      if (const double weight = std::clamp(radius + 1 - std::hypot(y, x), 0.0, 1.0); weight > 0)
        disc.push_back({y, x, weight});
  return disc;
}

// The lightest pixel of the disc around each.
void thicken(const Frame& f, double pixels, std::span<const DiscPixel> disc) {
  const bool dark = pixels < 0;
  f.fill([&](int row, int column) {
    double most = 0;
    for (const DiscPixel& p : disc) {
      const double value = f.at(row + p.down, column + p.right);
      most = std::max(most, p.weight * (dark ? 255 - value : value));
    }
    return dark ? 255 - most : most;
  });
}

void disturb(const Frame& f, Disturbance kind, double amount, std::span<const DiscPixel> disc,
             const RandomStream& random) {
  switch (kind) {
    case Disturbance::Rotate:
      return rotate(f, amount);
    case Disturbance::Shift:
      return shift(f, amount, random);
    case Disturbance::Noise:
      return add_noise(f, amount, random);
    case Disturbance::Thicken:
      return thicken(f, amount, disc);
  }
}

}  // namespace

std::span<const DisturbanceInfo> disturbance_infos() {
  return kInfos;
}

const DisturbanceInfo& info_of(Disturbance kind) {
  return kInfos[static_cast<std::size_t>(kind)];
}

Result<data::Dataset> disturbed(const data::Dataset& set, Disturbance kind, double amount, std::uint64_t seed,
                                const std::stop_token& stop) {
  const DisturbanceInfo& info = info_of(kind);
  if (!(amount >= info.least && amount <= info.most)) {
    return Error{.where = std::string(info.id),
                 .problem = "the amount is out of range",
                 .expected = fmt::format("from {} to {}", info.least, info.most),
                 .found = fmt::format("{}", amount)};
  }
  data::Dataset result = set;
  if (amount == 0) return result;
  const std::vector<DiscPixel> disc =
      kind == Disturbance::Thicken ? disc_of(std::abs(amount)) : std::vector<DiscPixel>();
  for (int k = 0; k < set.count(); ++k) {
    if (k % kImagesBetweenLooks == 0 && stop.stop_requested()) return interrupted();
    disturb({set.rows, set.columns, set.image(k),
             result.pixels.data() + static_cast<std::size_t>(k) * set.image_size()},
            kind, amount, disc,
            random_stream(seed, Purpose::Disturb, static_cast<std::uint32_t>(kind),
                          static_cast<std::uint32_t>(k)));
  }
  return result;
}

Result<std::vector<RobustnessPoint>> robustness(Asker& asker, const RobustnessQuery& query,
                                                const Work& work) {
  if (!query.set) return input_error("images", "no data set is open", "choose one");
  std::vector<RobustnessPoint> curve;
  const int count = static_cast<int>(query.amounts.size());
  for (const double amount : query.amounts) {
    if (work.stopped()) return interrupted();
    const auto set = disturbed(*query.set, query.kind, amount, query.seed, work.stop);
    if (!set) return set.error();
    const auto said = asker.predict(query.network, *set, {}, {work.stop, {}});
    if (!said) return said.error();
    curve.push_back({amount, score(*said)});
    work.tell(static_cast<int>(curve.size()), count);
  }
  return curve;
}

}  // namespace synann::infer
