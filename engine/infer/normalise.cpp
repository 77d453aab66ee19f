// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/normalise.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/infer/enlarged.h"

namespace synann::infer {
namespace {

using data::Picture;

constexpr int kSmallestKept = 19;  // pixels of a longest side that is left as it is
constexpr int kSmallestFound = 17;
constexpr int kFaintest = 128;     // darker ink is stretched to full light
constexpr int kMostRounding = 20;  // what is fainter in a picture that was found again may be rounding
// Pixels of a centre of mass about midway between two places, by which an enlarged digit that was found again
// may differ from what it was.
constexpr double kNearTie = 0.1;
constexpr double kInkShare = 0.15;  // of the lightest: what counts as ink on a ground that is not even

std::uint8_t pixel(const Picture& p, int row, int column) {
  return p.pixels[static_cast<std::size_t>(row) * static_cast<std::size_t>(p.columns) +
                  static_cast<std::size_t>(column)];
}

std::uint8_t byte_of(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

// A part of a picture.
struct Box {
  int top = 0, left = 0, rows = 0, columns = 0;
  int longest() const { return std::max(rows, columns); }
};

// Around all pixels above a level.
Box box_above(const Picture& p, int level) {
  int top = p.rows, left = p.columns, bottom = -1, right = -1;
  for (int r = 0; r < p.rows; ++r)
    for (int c = 0; c < p.columns; ++c) {
      if (pixel(p, r, c) <= level) continue;
      top = std::min(top, r), bottom = std::max(bottom, r);
      left = std::min(left, c), right = std::max(right, c);
    }
  return bottom < 0 ? Box{} : Box{top, left, bottom - top + 1, right - left + 1};
}

// Every step-th pixel of a part.
Picture cut(const Picture& p, const Box& box, int step = 1) {
  Picture part{.rows = box.rows / step, .columns = box.columns / step, .pixels = {}};
  for (int r = 0; r < part.rows; ++r)
    for (int c = 0; c < part.columns; ++c)
      part.pixels.push_back(pixel(p, box.top + r * step, box.left + c * step));
  return part;
}

std::vector<std::uint8_t> border_of(const Picture& p) {
  std::vector<std::uint8_t> border;
  for (int c = 0; c < p.columns; ++c) border.insert(border.end(), {pixel(p, 0, c), pixel(p, p.rows - 1, c)});
  for (int r = 1; r + 1 < p.rows; ++r)
    border.insert(border.end(), {pixel(p, r, 0), pixel(p, r, p.columns - 1)});
  return border;
}

// Light ink on black.
struct Ink {
  Picture picture;
  bool clean = true;  // the ground was black and even
};

Ink take_off_ground(Picture p) {
  auto border = border_of(p);
  const auto middle = border.begin() + static_cast<std::ptrdiff_t>(border.size() / 2);
  std::nth_element(border.begin(), middle, border.end());
  if (*middle > 127) {
    for (std::uint8_t& v : p.pixels) v = static_cast<std::uint8_t>(255 - v);
    for (std::uint8_t& v : border) v = static_cast<std::uint8_t>(255 - v);
  }
  std::sort(border.begin(), border.end());
  const int ground = border[border.size() / 2], high = border[border.size() * 3 / 4];
  if (high == 0) return {std::move(p), true};
  // Three quarters of the border lie below `high`; ground as light as that, and as much again, is ground.
  const int level = high + (high - ground);
  for (std::uint8_t& v : p.pixels) v = static_cast<std::uint8_t>(std::max(0, v - level));
  return {std::move(p), false};
}

bool is_kept(int longest) {
  return longest >= kSmallestKept && longest <= kInkSide;
}

// How many times each pixel stands side by side in rows and columns, where that makes ink to be kept.
std::optional<int> repeats(const Picture& p, const Box& box) {
  for (const int side : {kInkSide, kSmallestKept}) {
    const int times = box.longest() / side;
    if (times < 2 || box.longest() != times * side || box.rows % times != 0 || box.columns % times != 0)
      continue;
    bool equal = true;
    for (int r = 0; r < box.rows && equal; ++r)
      for (int c = 0; c < box.columns && equal; ++c)
        equal = pixel(p, box.top + r, box.left + c) ==
                pixel(p, box.top + r - r % times, box.left + c - c % times);
    if (equal) return times;
  }
  return {};
}

// The part of the picture in `box`, its longest side made kInkSide pixels: means over the area that a pixel
// covers, which where it covers less than one are the pixels themselves.
Picture resized(const Picture& p, const Box& box) {
  const double factor = static_cast<double>(box.longest()) / kInkSide;
  const auto side = [&](int length) { return std::max(1, static_cast<int>(std::lround(length / factor))); };
  Picture result{.rows = side(box.rows), .columns = side(box.columns), .pixels = {}};
  // Along one axis: how much of source pixel s lies within target pixel t.
  const auto share = [factor](int source, double begin) {
    return std::max(0.0, std::min(source + 1.0, begin + factor) - std::max<double>(source, begin));
  };
  const double top = (box.rows - result.rows * factor) / 2,
               left = (box.columns - result.columns * factor) / 2;
  for (int r = 0; r < result.rows; ++r)
    for (int c = 0; c < result.columns; ++c) {
      const double begin_r = top + r * factor, begin_c = left + c * factor;
      double sum = 0;
      for (int y = std::max(0, static_cast<int>(begin_r)); y < std::min<double>(box.rows, begin_r + factor);
           ++y)
        for (int x = std::max(0, static_cast<int>(begin_c));
             x < std::min<double>(box.columns, begin_c + factor); ++x)
          sum += share(y, begin_r) * share(x, begin_c) * pixel(p, box.top + y, box.left + x);
      result.pixels.push_back(byte_of(sum / (factor * factor)));
    }
  return result;
}

// Faint ink, or that of a ground that was not clean, made as light as MNIST's.
void stretch(Picture& ink, bool clean) {
  const int most = *std::max_element(ink.pixels.begin(), ink.pixels.end());
  if (most == 0 || (clean && most >= kFaintest)) return;
  for (std::uint8_t& v : ink.pixels) v = byte_of(255.0 * v / most);
}

// The ink alone, at its size in MNIST, and where it lay, if that is known.
struct Sized {
  Picture ink;
  std::optional<Box> place = {};
};

// Ink of at most kInkSide pixels a side onto black, its centre of mass at kInkCentre.
Picture centred(const Sized& sized) {
  const Picture& ink = sized.ink;
  double mass = 0, down = 0, across = 0;
  for (int r = 0; r < ink.rows; ++r)
    for (int c = 0; c < ink.columns; ++c) {
      const double v = pixel(ink, r, c);
      mass += v, down += r * v, across += c * v;
    }
  // Sums of whole numbers are exact, so that a centre that lies midway goes up wherever the ink stood.
  const auto offset = [&](double moment, int length, std::optional<int> before) {
    const double least = ((2 * kInkCentre - 1) * mass - 2 * moment) / (2 * mass);
    if (before && *before > least - kNearTie && *before < least + 1 + kNearTie) return *before;
    return std::clamp(static_cast<int>(std::ceil(least)), 0, kDigitSide - length);
  };
  const auto& place = sized.place;
  const int top = offset(down, ink.rows, place ? std::optional(place->top) : std::nullopt),
            left = offset(across, ink.columns, place ? std::optional(place->left) : std::nullopt);
  Picture result{.rows = kDigitSide, .columns = kDigitSide, .pixels = {}};
  result.pixels.resize(static_cast<std::size_t>(kDigitSide * kDigitSide));
  for (int r = 0; r < ink.rows; ++r)
    for (int c = 0; c < ink.columns; ++c)
      result.pixels[static_cast<std::size_t>((top + r) * kDigitSide + left + c)] = pixel(ink, r, c);
  return result;
}

// The ink of a picture that was found again: rounding around it may have made it larger, and the level that
// takes that off may take a faint edge with it. Nothing where it has another size than MNIST's.
std::optional<Box> box_of_found(const Picture& small) {
  Box found = box_above(small, 0);
  if (found.longest() < kSmallestKept) return {};
  for (int level = 1; found.longest() > kInkSide && level <= kMostRounding; ++level)
    found = box_above(small, level);
  if (found.longest() > kInkSide || found.longest() < kSmallestFound) return {};
  return found;
}

Sized sized(const Ink& ink, const Box& box, Origin origin) {
  if (is_kept(box.longest())) return {cut(ink.picture, box)};
  if (const auto times = repeats(ink.picture, box)) return {cut(ink.picture, box, *times)};
  if (origin == Origin::File) {
    if (const auto large = before_reducing(ink.picture, kDigitSide)) {
      if (const auto found = box_of_found(*large)) return {cut(*large, *found)};
    } else if (const auto small = before_enlarging(ink.picture, kDigitSide)) {
      if (const auto found = box_of_found(small->picture))
        return {cut(small->picture, *found), small->whole ? found : std::nullopt};
    }
  }
  const int most = *std::max_element(ink.picture.pixels.begin(), ink.picture.pixels.end());
  const Box solid = ink.clean ? box : box_above(ink.picture, static_cast<int>(kInkShare * most));
  return {resized(ink.picture, solid)};
}

}  // namespace

Result<Picture> normalise_as_mnist(const Picture& picture, Origin origin) {
  const Ink ink = take_off_ground(picture);
  const Box box = box_above(ink.picture, 0);
  if (box.rows == 0) return input_error("picture", "shows no ink", "draw a digit first");
  Sized made = sized(ink, box, origin);
  stretch(made.ink, ink.clean);
  if (std::all_of(made.ink.pixels.begin(), made.ink.pixels.end(), [](std::uint8_t v) { return v == 0; }))
    return input_error("picture", "shows too little ink", "draw with a wider pen");
  return centred(made);
}

}  // namespace synann::infer
