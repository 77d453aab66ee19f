// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/digits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/core/random.h"
#include "engine/core/thread_pool.h"
#include "engine/data/digit_strokes.h"

// Only +, −, ×, ÷ and the square root are used, and this file is compiled without contraction to fused
// multiply-adds: IEEE 754 rounds those exactly, so the built-in digits have the same bytes, and one digest,
// on every machine.
namespace synann::data {
namespace {

constexpr int kSide = 28;         // pixels
constexpr float kBox = 20.0f;     // pixels: the longer side of the ink, as in MNIST
constexpr float kPlay = 1.0f;     // pixels: how far from the middle the centre of mass may lie, each way
constexpr int kPartsPerSpan = 6;  // straight pieces between two points of a stroke
constexpr int kImagesPerTask = 128;

// Draws random numbers of one image in a row.
class Dice {
 public:
  explicit Dice(const RandomStream& stream) : stream_(stream) {}

  // Uniform in [low, high).
  float uniform(float low = 0.0f, float high = 1.0f) {
    if ((next_ & 3u) == 0)
      block_ = philox4x32_10({{next_ >> 2, stream_.purpose, stream_.step, stream_.epoch}}, stream_.seed);
    const std::uint32_t word = block_.v[next_++ & 3u];
    return low + (high - low) * (static_cast<float>(word >> 8) * 0x1.0p-24f);
  }
  // Bell-shaped, mean 0, standard deviation 1, never beyond ±3.5: the sum of four uniform numbers.
  float bell() {
    float sum = uniform();  // one by one: compilers may draw the terms of one expression in any order
    for (int i = 0; i < 3; ++i) sum += uniform();
    return (sum - 2.0f) * 1.7320508f;
  }
  int below(int count) {
    return std::min(count - 1, static_cast<int>(uniform() * static_cast<float>(count)));
  }

 private:
  RandomStream stream_;
  Philox4 block_{};
  std::uint32_t next_ = 0;
};

// A smooth random displacement of the plane: a cubic B-spline over a coarse grid of random vectors.
class ElasticField {
 public:
  ElasticField(Dice& dice, float strength) {
    for (auto& vector : vectors_) vector = {strength * dice.bell(), strength * dice.bell()};
  }

  StrokePoint operator()(StrokePoint p) const {
    const auto [column, across] = locate(p.x);
    const auto [row, down] = locate(p.y);
    StrokePoint moved = p;
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) {
        const float weight = down[i] * across[j];
        const StrokePoint& v = vectors_[(row + i) * kKnots + column + j];
        moved.x += weight * v.x;
        moved.y += weight * v.y;
      }
    }
    return moved;
  }

 private:
  static constexpr std::size_t kCells = 4;  // across the digit's box and a quarter around it
  static constexpr std::size_t kKnots = kCells + 3;

  static std::pair<std::size_t, std::array<float, 4>> locate(float t) {
    const float u = std::clamp((t + 0.25f) * (kCells / 1.5f), 0.0f, kCells - 0.001f);
    const auto cell = static_cast<std::size_t>(u);
    const float f = u - static_cast<float>(cell), g = 1.0f - f;
    return {cell,
            {g * g * g / 6.0f, (3.0f * f * f * f - 6.0f * f * f + 4.0f) / 6.0f,
             (-3.0f * f * f * f + 3.0f * f * f + 3.0f * f + 1.0f) / 6.0f, f * f * f / 6.0f}};
  }

  std::array<StrokePoint, kKnots * kKnots> vectors_;
};

// The slope, turn and proportions of one hand.
class AffineMap {
 public:
  explicit AffineMap(Dice& dice) {
    const float angle = std::clamp(0.2f * dice.bell(), -0.4f, 0.4f);            // radians
    const float shear = std::clamp(0.27f * dice.bell(), -0.55f, 0.55f) + 0.1f;  // hands lean to the right
    const float width = dice.uniform(0.6f, 1.3f);
    const float square = angle * angle;
    const float sine = angle * (1.0f - square / 6.0f + square * square / 120.0f);
    const float cosine = 1.0f - square / 2.0f + square * square / 24.0f;
    xx_ = cosine * width, xy_ = -cosine * shear - sine;
    yx_ = sine * width, yy_ = cosine - sine * shear;
  }

  StrokePoint operator()(StrokePoint p) const {
    const float x = p.x - 0.5f, y = p.y - 0.5f;
    return {xx_ * x + xy_ * y, yx_ * x + yy_ * y};
  }

 private:
  float xx_, xy_, yx_, yy_;
};

// A straight piece of a pen's path. Lengths in digit heights at first, in pixels after fit_to_box().
struct InkPiece {
  StrokePoint from, to;
  float radius_from = 0, radius_to = 0;
  float ink_from = 0, ink_to = 0;  // 0 … 1
};

// Catmull–Rom: through b at t = 0 and c at t = 1.
float spline(float a, float b, float c, float d, float t) {
  return b + 0.5f * t * (c - a + t * (2.0f * a - 5.0f * b + 4.0f * c - d + t * (3.0f * (b - c) + d - a)));
}

// How the pen presses along one stroke: width and darkness change slowly; now and then it runs dry for a
// moment.
class Pressure {
 public:
  explicit Pressure(Dice& dice) : middle_(0.12f * dice.bell()), slope_(0.12f * dice.bell()) {
    dry_ = dice.uniform() < 0.12f ? dice.uniform(0.4f, 0.75f) : 0.0f;
    dry_at_ = dice.uniform();
  }
  float width(float t) const {
    return std::clamp(1.0f + slope_ * (t - 0.5f) * 2.0f + middle_ * 4.0f * t * (1.0f - t), 0.6f, 1.5f);
  }
  float ink(float t) const {
    const float distance = (t - dry_at_) * 7.0f;
    return 1.0f - dry_ / (1.0f + distance * distance * distance * distance);
  }

 private:
  float middle_, slope_, dry_, dry_at_;
};

void add_stroke(const Stroke& points, const Pressure& pressure, float radius, std::vector<InkPiece>& pieces) {
  const std::size_t spans = points.size() - 1;
  const float steps = static_cast<float>(spans * kPartsPerSpan);
  for (std::size_t i = 0; i < spans; ++i) {
    const StrokePoint &b = points[i], &c = points[i + 1];
    if (b.x == c.x && b.y == c.y) continue;  // a corner
    const StrokePoint &a = points[i == 0 ? 0 : i - 1], &d = points[std::min(i + 2, spans)];
    StrokePoint from = b;
    for (int k = 1; k <= kPartsPerSpan; ++k) {
      const float t = static_cast<float>(k) / kPartsPerSpan;
      const StrokePoint to{spline(a.x, b.x, c.x, d.x, t), spline(a.y, b.y, c.y, d.y, t)};
      const float end = (static_cast<float>(i * kPartsPerSpan) + static_cast<float>(k)) / steps;
      const float begin = end - 1.0f / steps;  // parts of the whole stroke
      pieces.push_back({from, to, radius * pressure.width(begin), radius * pressure.width(end),
                        pressure.ink(begin), pressure.ink(end)});
      from = to;
    }
  }
}

// One handwritten shape as pen pieces, in digit heights.
void write_digit(int digit, Dice& dice, float radius, std::vector<InkPiece>& pieces) {
  pieces.clear();
  const auto skeletons = digit_skeletons(digit);
  const Skeleton& skeleton =
      skeletons[static_cast<std::size_t>(dice.below(static_cast<int>(skeletons.size())))];
  const ElasticField bend(dice, 0.11f);
  const AffineMap lean(dice);
  Stroke points;
  for (const Stroke& stroke : skeleton) {
    points = stroke;
    // Where a pen lands and lifts varies most: rings stay open or overlap, bars fall short or overshoot.
    for (StrokePoint* end : {&points.front(), &points.back()}) {
      end->x += 0.03f * dice.bell();
      end->y += 0.03f * dice.bell();
    }
    for (StrokePoint& p : points) p = lean(bend(p));
    add_stroke(points, Pressure(dice), radius, pieces);
  }
}

// The box around all pieces, and their centre of mass.
struct Extent {
  float left = 1e9f, right = -1e9f, top = 1e9f, bottom = -1e9f;
  float mass = 0, mass_x = 0, mass_y = 0;
};

Extent measure(const std::vector<InkPiece>& pieces) {
  Extent e;
  for (const InkPiece& piece : pieces) {
    for (const StrokePoint& p : {piece.from, piece.to}) {
      e.left = std::min(e.left, p.x), e.right = std::max(e.right, p.x);
      e.top = std::min(e.top, p.y), e.bottom = std::max(e.bottom, p.y);
    }
    const float dx = piece.to.x - piece.from.x, dy = piece.to.y - piece.from.y;
    const float area = std::sqrt(dx * dx + dy * dy) * (piece.radius_from + piece.radius_to);
    const float mass = area * (piece.ink_from + piece.ink_to);
    e.mass += mass;
    e.mass_x += mass * 0.5f * (piece.from.x + piece.to.x);
    e.mass_y += mass * 0.5f * (piece.from.y + piece.to.y);
  }
  return e;
}

// Scales the shape to a box of 20 pixels and puts its centre of mass at `centre`, as MNIST does with the
// middle of the image. `radius` is the pen's, in pixels. A shape much wider than high is squeezed: nobody
// reads a trodden-down 8.
void fit_to_box(std::vector<InkPiece>& pieces, float radius, StrokePoint centre) {
  const Extent e = measure(pieces);
  const float width = e.right - e.left, height = e.bottom - e.top;
  const float allowed = std::min(width, 1.05f * height);
  const float scale = (kBox - 2.0f * radius) / std::max({allowed, height, 0.01f});
  const float scale_x = scale * allowed / std::max(width, 0.01f);
  // A centre of mass further beside the box's centre would push ink out of the image.
  const float room = (kSide - kBox) * 0.5f - kPlay;
  const float middle_x = 0.5f * (e.left + e.right), middle_y = 0.5f * (e.top + e.bottom);
  const float x = middle_x + std::clamp(e.mass_x / e.mass - middle_x, -room / scale_x, room / scale_x);
  const float y = middle_y + std::clamp(e.mass_y / e.mass - middle_y, -room / scale, room / scale);
  for (InkPiece& piece : pieces) {
    for (StrokePoint* p : {&piece.from, &piece.to}) {
      *p = {(p->x - x) * scale_x + centre.x, (p->y - y) * scale + centre.y};
    }
  }
}

// Lays one piece onto the image with soft edges; overlapping ink does not add up.
void draw(const InkPiece& piece, std::array<float, kSide * kSide>& ink) {
  const float reach = std::max(piece.radius_from, piece.radius_to) + 0.5f;
  const auto first = [&](float a, float b) {
    return std::clamp(static_cast<int>(std::min(a, b) - reach), 0, kSide - 1);
  };
  const auto last = [&](float a, float b) {
    return std::clamp(static_cast<int>(std::max(a, b) + reach), 0, kSide - 1);
  };
  const float dx = piece.to.x - piece.from.x, dy = piece.to.y - piece.from.y;
  const float per_square = 1.0f / std::max(dx * dx + dy * dy, 1e-6f);
  const int left = first(piece.from.x, piece.to.x), right = last(piece.from.x, piece.to.x);
  const int top = first(piece.from.y, piece.to.y), bottom = last(piece.from.y, piece.to.y);
  for (int row = top; row <= bottom; ++row) {
    const float py = static_cast<float>(row) + 0.5f - piece.from.y;
    for (int column = left; column <= right; ++column) {
      const float px = static_cast<float>(column) + 0.5f - piece.from.x;
      const float t = std::clamp((px * dx + py * dy) * per_square, 0.0f, 1.0f);
      const float ex = px - t * dx, ey = py - t * dy;
      const float radius = piece.radius_from + t * (piece.radius_to - piece.radius_from);
      const float covered = std::clamp(radius + 0.5f - std::sqrt(ex * ex + ey * ey), 0.0f, 1.0f);
      float& pixel = ink[static_cast<std::size_t>(row * kSide + column)];
      pixel = std::max(pixel, covered * (piece.ink_from + t * (piece.ink_to - piece.ink_from)));
    }
  }
}

void make_image(int digit, const RandomStream& stream, std::vector<InkPiece>& pieces, std::uint8_t* pixels) {
  Dice dice(stream);
  const float radius = std::clamp(1.38f + 0.45f * dice.bell(), 0.7f, 2.0f);  // pixels
  const float darkness = dice.uniform(0.92f, 1.15f);
  const float middle = kSide * 0.5f;
  const StrokePoint centre{dice.uniform(middle - kPlay, middle + kPlay),
                           dice.uniform(middle - kPlay, middle + kPlay)};
  write_digit(digit, dice, radius, pieces);
  fit_to_box(pieces, radius, centre);
  std::array<float, kSide * kSide> ink{};
  for (const InkPiece& piece : pieces) draw(piece, ink);
  for (std::size_t i = 0; i < ink.size(); ++i) {
    if (ink[i] <= 0.0f) continue;  // paper stays clean
    const float grain = 1.0f - 0.12f * dice.uniform();
    pixels[i] = static_cast<std::uint8_t>(std::min(1.0f, ink[i] * darkness * grain) * 255.0f + 0.5f);
  }
}

// The label of image k: each ten images in a row hold every digit once, in random order.
int label_of(std::uint64_t seed, std::uint32_t k) {
  const RandomStream stream = random_stream(seed, Purpose::Digits, 1, k / 10);
  std::array<int, 10> order{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  for (std::uint32_t i = 10; i-- > 1;) {
    const auto j = static_cast<std::size_t>((std::uint64_t{stream.word(i)} * (i + 1u)) >> 32);
    std::swap(order[i], order[j]);
  }
  return order[k % 10];
}

}  // namespace

Dataset make_digits(int count, std::uint64_t seed, int threads) {
  Dataset set;
  set.rows = set.columns = kSide;
  set.classes = 10;
  count = std::max(0, count);
  set.labels.resize(static_cast<std::size_t>(count));
  set.pixels.resize(set.labels.size() * set.image_size());
  ThreadPool pool(threads > 0 ? threads : hardware_threads());
  pool.run((count + kImagesPerTask - 1) / kImagesPerTask, [&](int task, int) {
    std::vector<InkPiece> pieces;
    const int end = std::min(count - task * kImagesPerTask, kImagesPerTask) + task * kImagesPerTask;
    for (int k = task * kImagesPerTask; k < end; ++k) {
      const auto index = static_cast<std::uint32_t>(k);
      const int digit = label_of(seed, index);
      set.labels[index] = static_cast<std::uint8_t>(digit);
      make_image(digit, random_stream(seed, Purpose::Digits, 0, index), pieces,
                 set.pixels.data() + index * set.image_size());
    }
  });
  return set;
}

}  // namespace synann::data
