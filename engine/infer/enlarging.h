// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <functional>
#include <string_view>

#include <Eigen/Core>

// How image libraries enlarge a picture. All methods work on rows and columns alike, one after the other, so
// that an enlarged picture is W·picture·Wᵀ, cut off to bytes. Pure functions; any thread.
namespace synann::infer {

enum class Enlarging {
  Nearest,        // the pixel below the centre: Pillow, PyTorch's nearest-exact
  NearestEdge,    // the pixel below the upper left corner: OpenCV, PyTorch
  Area,           // the mean over the area covered: Pillow's box, OpenCV
  Pooled,         // the mean over all pixels touched: PyTorch's area
  Linear,         // Pillow, OpenCV, PyTorch, scikit-image
  LinearCorners,  // the first and the last pixel stay where they are: SciPy's zoom, PyTorch's align_corners
  Cubic,          // Keys 1981, a = −1/2: Pillow
  SharpCubic,     // a = −3/4: OpenCV, PyTorch
  SharpCubicCorners,  // PyTorch's align_corners
  Spline,             // cubic spline through the pixels: SciPy's grid_mode, scikit-image
  SplineCorners,      // SciPy's zoom
  Hamming,            // a window of 1: Pillow
  Lanczos3,           // a window of 3: Pillow
  Lanczos4,           // a window of 4: OpenCV
};

inline constexpr std::array kEnlargings = {
    Enlarging::Nearest,  Enlarging::NearestEdge,   Enlarging::Area,
    Enlarging::Pooled,   Enlarging::Linear,        Enlarging::LinearCorners,
    Enlarging::Cubic,    Enlarging::SharpCubic,    Enlarging::SharpCubicCorners,
    Enlarging::Spline,   Enlarging::SplineCorners, Enlarging::Hamming,
    Enlarging::Lanczos3, Enlarging::Lanczos4};

// Whether each pixel of the large picture is one of the small picture.
bool copies_pixels(Enlarging how);

// Whether rows are made bytes before the columns are made of them, as Pillow does.
bool rounds_between(Enlarging how);

// How far light may spread beyond a pixel of the small picture, in its pixels.
double spread_of(Enlarging how);

// Where a line of the large picture lies just between two of the small one, libraries round either way; says
// whether this line is the same as the one before it.
using SameAsBefore = std::function<bool(int line)>;

// The pixel of a line of `side` that line `line` of `from` is a copy of, where copies_pixels(how).
struct CopiedPixel {
  int pixel = 0;
  bool between = false;  // lies just between this pixel and the one before it, which it may be as well
};
CopiedPixel copied_pixel(Enlarging how, int line, int from, int side);

// How `side` pixels in a line make `from` of them, side ≤ from: [from, side], each row sums to one. Pixels
// beyond the edge are those at the edge.
Eigen::MatrixXd weights_of(Enlarging how, int from, int side, const SameAsBefore& same = {});

}  // namespace synann::infer
