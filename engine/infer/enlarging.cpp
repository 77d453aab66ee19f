// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/enlarging.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Dense>

namespace synann::infer {
namespace {

double sinc(double t) {
  return t < 1e-9 ? 1 : std::sin(std::numbers::pi * t) / (std::numbers::pi * t);
}

// Keys' kernels.
double cubic(double t, double a) {
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? a * (((t - 5) * t + 8) * t - 4) : 0;
}

// The basis of cubic splines.
double cubic_basis(double t) {
  if (t < 1) return (4 - 3 * t * t * (2 - t)) / 6;
  return t < 2 ? (2 - t) * (2 - t) * (2 - t) / 6 : 0;
}

// How much a pixel at this distance counts, where the method has such a kernel.
double kernel(Enlarging how, double distance) {
  const double t = std::abs(distance);
  switch (how) {
    case Enlarging::Linear:
    case Enlarging::LinearCorners:
      return std::max(0.0, 1 - t);
    case Enlarging::Cubic:
      return cubic(t, -0.5);
    case Enlarging::SharpCubic:
    case Enlarging::SharpCubicCorners:
      return cubic(t, -0.75);
    case Enlarging::Spline:
    case Enlarging::SplineCorners:
      return cubic_basis(t);
    case Enlarging::Hamming:
      return t < 1 ? sinc(t) * (0.54 + 0.46 * std::cos(std::numbers::pi * t)) : 0;
    case Enlarging::Lanczos3:
      return t < 3 ? sinc(t) * sinc(t / 3) : 0;
    case Enlarging::Lanczos4:
      return t < 4 ? sinc(t) * sinc(t / 4) : 0;
    case Enlarging::Nearest:
    case Enlarging::NearestEdge:
    case Enlarging::Area:
    case Enlarging::Pooled:
      break;
  }
  return 0;
}

// The coefficients of the spline through `side` pixels, which goes on mirrored beyond them: [side, side].
Eigen::MatrixXd spline_coefficients(int side) {
  Eigen::MatrixXd values = Eigen::MatrixXd::Zero(side, side);
  for (int k = 0; k < side; ++k) {
    values(k, k) = 4.0 / 6;
    if (side == 1) continue;
    values(k, k == 0 ? 1 : k - 1) += 1.0 / 6;
    values(k, k == side - 1 ? side - 2 : k + 1) += 1.0 / 6;
  }
  return values.inverse();
}

bool is_spline(Enlarging how) {
  return how == Enlarging::Spline || how == Enlarging::SplineCorners;
}

bool keeps_corners(Enlarging how) {
  return how == Enlarging::LinearCorners || how == Enlarging::SharpCubicCorners ||
         how == Enlarging::SplineCorners;
}

using Row = Eigen::Ref<Eigen::RowVectorXd, 0, Eigen::InnerStride<>>;  // of the weights of a line: [side]

// In units of 1/from of a small pixel, so that where a line begins or ends with a pixel is exact.
void take_area(Row weights, int line, int from, const SameAsBefore& same) {
  const auto side = static_cast<int>(weights.size());
  const int first = line * side / from;
  const double share = std::min(1.0, ((first + 1.0) * from - line * side) / side);
  // OpenCV takes a line that begins a pixel for the last one of the pixel before, where it rounds so.
  const bool still = line > 0 && (line * side) % from == 0 && same && same(line);
  weights[std::min(still ? first - 1 : first, side - 1)] += share;
  weights[std::min(first + 1, side - 1)] += 1 - share;
}

// A spline goes on mirrored beyond the edge, the others with the pixel at it.
void take_kernel(Row weights, Enlarging how, int line, int from) {
  const auto side = static_cast<int>(weights.size());
  const double centre =
      keeps_corners(how) ? line * (side - 1.0) / std::max(1, from - 1) : (line + 0.5) * side / from - 0.5;
  const int below = static_cast<int>(std::floor(centre));
  for (int k = below - 3; k <= below + 4; ++k) {
    int pixel = k;
    if (is_spline(how)) pixel = pixel < 0 ? -pixel : pixel < side ? pixel : 2 * (side - 1) - pixel;
    weights[std::clamp(pixel, 0, side - 1)] += kernel(how, centre - k);
  }
  weights /= weights.sum();
}

}  // namespace

bool copies_pixels(Enlarging how) {
  return how == Enlarging::Nearest || how == Enlarging::NearestEdge;
}

// Whole numbers: whether a line lies just between two pixels is exact.
CopiedPixel copied_pixel(Enlarging how, int line, int from, int side) {
  const int place = how == Enlarging::Nearest ? (2 * line + 1) * side : 2 * line * side;
  const int pixel = std::clamp(place / (2 * from), 0, side - 1);
  return {.pixel = pixel, .between = pixel > 0 && place % (2 * from) == 0};
}

bool rounds_between(Enlarging how) {
  return how == Enlarging::Cubic || how == Enlarging::Hamming || how == Enlarging::Lanczos3;
}

double spread_of(Enlarging how) {
  switch (how) {
    case Enlarging::Nearest:
    case Enlarging::NearestEdge:
    case Enlarging::Area:
      return 0;
    case Enlarging::Pooled:
    case Enlarging::Linear:
    case Enlarging::LinearCorners:
    case Enlarging::Hamming:
      return 0.5;
    case Enlarging::Cubic:
    case Enlarging::SharpCubic:
    case Enlarging::SharpCubicCorners:
      return 1.5;
    case Enlarging::Spline:
    case Enlarging::SplineCorners:
    case Enlarging::Lanczos3:
      return 2.5;
    case Enlarging::Lanczos4:
      return 3.5;
  }
  return 0;
}

Eigen::MatrixXd weights_of(Enlarging how, int from, int side, const SameAsBefore& same) {
  Eigen::MatrixXd weights = Eigen::MatrixXd::Zero(from, side);
  for (int line = 0; line < from; ++line) {
    const auto row = weights.row(line);
    if (copies_pixels(how)) {
      const auto [pixel, between] = copied_pixel(how, line, from, side);
      weights(line, between && same && same(line) ? pixel - 1 : pixel) = 1;
    } else if (how == Enlarging::Area) {
      take_area(row, line, from, same);
    } else if (how == Enlarging::Pooled) {
      const int first = line * side / from, end = ((line + 1) * side + from - 1) / from;
      weights.row(line).segment(first, end - first).setConstant(1.0 / (end - first));
    } else {
      take_kernel(row, how, line, from);
    }
  }
  if (is_spline(how)) weights *= spline_coefficients(side);
  return weights;
}

}  // namespace synann::infer
