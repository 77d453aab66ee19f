// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/core/random.h"

// Augmentation: training images that are moved a little, differently in every epoch. What is drawn for an
// image follows from (seed, epoch, number of the image) alone: it is the same on any number of threads, in
// any batch and on any device. Pure functions; any thread may call them.
namespace synann::data {

// How far images may be moved; 0 is never.
struct Augmentation {
  double rotation = 0;       // degrees: from − to +
  double zoom = 0;           // fraction: rows and columns each by 1 − zoom to 1 + zoom
  double shift = 0;          // fraction of the side: down and right each from − to +
  double shear = 0;          // degrees: from − to +
  double elastic = 0;        // pixels, the α of Simard et al. 2003
  double elastic_sigma = 4;  // pixels, the deviation of the Gaussian that smooths the field
  double erase = 0;          // probability of a black rectangle (Zhong et al. 2017)
  double erase_min = 0.02;   // its least and largest part of the area
  double erase_max = 0.33;

  bool on() const { return rotation > 0 || zoom > 0 || shift > 0 || shear > 0 || elastic > 0 || erase > 0; }
  bool operator==(const Augmentation&) const = default;
};

// Which image of which epoch; `image` is its number in the training set.
struct AugmentPlace {
  std::uint64_t seed = 0;
  int epoch = 1;
  std::uint32_t image = 0;
};

struct Rectangle {
  int row = 0, column = 0, rows = 0, columns = 0;
  bool operator==(const Rectangle&) const = default;
};

// What was drawn for one image.
struct Drawn {
  double rotation = 0;                       // degrees
  double zoom_rows = 1, zoom_columns = 1;    // above 1 the digit becomes smaller
  double shift_rows = 0, shift_columns = 0;  // pixels
  double shear = 0;                          // degrees
  Rectangle erased{};                        // no rows: none
};

// Uniform draws of the stream (seed, Augment, epoch, image): elements 0 … 5 are rotation, zoom of rows and
// columns, shift of rows and columns, shear; 6 whether to erase; from 8 on four for each try of a rectangle.
// An element is the same whatever else is on.
Drawn draw_augmentation(const Augmentation& augmentation, const AugmentPlace& place, int rows, int columns);

// Where the pixel (row r, column c) of the new image comes from in the old one:
// row[0] + row[1] r + row[2] c, and the same for the column.
struct AffineMap {
  double row[3] = {0, 1, 0}, column[3] = {0, 0, 1};
};

// As Keras' ImageDataGenerator, in (row, column) around the centre m = ((rows − 1)/2, (columns − 1)/2):
//   old = m + R (S Z (new − m) + t),  R = [cos θ, −sin θ; sin θ, cos θ],  S = [1, −sin φ; 0, cos φ],
//   Z = diag(zoom_rows, zoom_columns),  t = (shift_rows, shift_columns).
AffineMap inverse_map(const Drawn& drawn, int rows, int columns);

// The noise of the elastic distortion is [2 axes, rows, pitch] numbers in [−1, 1); number k of them is word
// k / blocks of the Philox block k % blocks of the stream (seed, Augment + 1, epoch, image).
struct ElasticLayout {
  int pitch = 0;   // floats from row to row, a multiple of 32
  int blocks = 0;  // a multiple of 16
};
ElasticLayout elastic_layout(int rows, int columns);

// w(d) ∝ exp(−d² / 2σ²) for |d| ≤ 4σ, the sum over all d one: weight of the distance d, 0 beyond.
// As scipy.ndimage.gaussian_filter(mode="constant", truncate=4).
double elastic_weight(double sigma, int distance);

inline RandomStream augment_stream(const AugmentPlace& place, std::uint32_t index) {
  return random_stream(place.seed, Purpose::Augment, index, place.image,
                       static_cast<std::uint32_t>(place.epoch));
}

}  // namespace synann::data
