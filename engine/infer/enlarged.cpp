// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/enlarged.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

#include <Eigen/Dense>

namespace synann::infer {
namespace {

enum class Enlarging { Nearest, Area, Linear, Cubic, SharpCubic, Lanczos };
constexpr int kRefinements = 20;
constexpr double kBetter = 0.5;
constexpr double kRidge = 1e-6;
constexpr double kGain = 0.97;  // a refinement that leaves more than this of what is missed is the last
constexpr double kExact = 1e-3, kHopeless = 0.15;  // of the ink: what is missed where it need not be refined

// Keys' kernels: a = −1/2 is Pillow's, −3/4 OpenCV's.
double cubic(double t, double a) {
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? a * (((t - 5) * t + 8) * t - 4) : 0;
}

// How much a pixel at this distance counts, where the method has such a kernel; its reach is at most 3.
double kernel(Enlarging how, double distance) {
  const double t = std::abs(distance), angle = std::numbers::pi * t;
  switch (how) {
    case Enlarging::Linear:
      return std::max(0.0, 1 - t);
    case Enlarging::Cubic:
      return cubic(t, -0.5);
    case Enlarging::SharpCubic:
      return cubic(t, -0.75);
    case Enlarging::Lanczos:
      if (t >= 3) return 0;
      return t < 1e-9 ? 1 : 3 * std::sin(angle) * std::sin(angle / 3) / (angle * angle);
    case Enlarging::Nearest:
    case Enlarging::Area:
      break;
  }
  return 0;
}

using Plane = Eigen::MatrixXd;

// How the pixels of a side of `side` make those of one of `from`: a row for each of these.
Plane weights_of(Enlarging how, int from, int side) {
  const double factor = static_cast<double>(from) / side;
  Plane weights = Plane::Zero(from, side);
  for (int large = 0; large < from; ++large) {
    // Pixels beyond the edge are those at the edge.
    const auto add = [&](int pixel, double weight) {
      weights(large, std::clamp(pixel, 0, side - 1)) += weight;
    };
    const double centre = (large + 0.5) / factor - 0.5, begin = large / factor, end = (large + 1) / factor;
    const int below = static_cast<int>(std::floor(centre)), first = static_cast<int>(std::floor(begin));
    const double share = std::min(1.0, (first + 1 - begin) / (end - begin));
    switch (how) {
      case Enlarging::Nearest:
        add(static_cast<int>(std::floor((large + 0.5) / factor)), 1.0);
        break;
      case Enlarging::Area:
        add(first, share);
        if (share < 1) add(first + 1, 1 - share);
        break;
      case Enlarging::Linear:
      case Enlarging::Cubic:
      case Enlarging::SharpCubic:
      case Enlarging::Lanczos:
        for (int k = -2; k <= 3; ++k) add(below + k, kernel(how, centre - below - k));
        break;
    }
    weights.row(large) /= weights.row(large).sum();
  }
  return weights;
}

Plane bounded(const Plane& plane) {
  return plane.cwiseMax(0.0).cwiseMin(255.0);
}

struct Found {
  Plane small;
  double miss = 1;  // of the ink
};

// Looks for what, enlarged so, is the picture: by least squares, then what is missing because a picture of
// bytes cuts off what cubic curves overshoot is added again.
Found undo(const Plane& large, int side, Enlarging how) {
  const Plane weights = weights_of(how, static_cast<int>(large.rows()), side);
  const Plane normal = weights.transpose() * weights + kRidge * Plane::Identity(side, side);
  const Plane inverse = normal.ldlt().solve(weights.transpose());
  const double ink = large.sum();
  Found found{bounded(inverse * large * inverse.transpose())};
  for (int round = 0;; ++round) {
    const double before = found.miss;
    const Plane rest = large - bounded(weights * found.small * weights.transpose());
    found.miss = rest.cwiseAbs().sum() / ink;
    if (found.miss < kExact || found.miss > kHopeless || found.miss > kGain * before || round == kRefinements)
      return found;
    found.small = bounded(found.small + inverse * rest * inverse.transpose());
  }
}

}  // namespace

std::optional<data::Picture> before_enlarging(const data::Picture& picture, int side) {
  if (picture.rows != picture.columns || picture.rows <= side) return {};
  Plane large(picture.rows, picture.columns);
  auto pixel = picture.pixels.begin();
  for (int r = 0; r < picture.rows; ++r)
    for (int c = 0; c < picture.columns; ++c) large(r, c) = *pixel++;
  if (large.sum() <= 0) return {};
  Found best;
  for (const Enlarging how : {Enlarging::Nearest, Enlarging::Area, Enlarging::Linear, Enlarging::Cubic,
                              Enlarging::SharpCubic, Enlarging::Lanczos}) {
    Found found = undo(large, side, how);
    // What is enlarged linearly can nearly be had cubically too, from another picture.
    if (found.miss < kBetter * best.miss) best = std::move(found);
    if (best.miss < kExact) break;
  }
  if (best.miss > kEnlargedMiss) return {};
  data::Picture result{.rows = side, .columns = side, .pixels = {}};
  for (int r = 0; r < side; ++r)
    for (int c = 0; c < side; ++c)
      result.pixels.push_back(static_cast<std::uint8_t>(std::lround(best.small(r, c))));
  return result;
}

}  // namespace synann::infer
