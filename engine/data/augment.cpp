// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/augment.h"

#include <algorithm>
#include <cmath>

namespace synann::data {
namespace {

constexpr std::uint32_t kEraseElement = 6, kFirstTry = 8;
constexpr int kTries = 10;            // of a rectangle, as in torchvision
constexpr double kLeastAspect = 0.3;  // rows / columns of a rectangle: 0.3 to 1 / 0.3
constexpr double kPi = 3.14159265358979323846;

// The C library's functions may differ in the last digit from machine to machine: these do not, since sums,
// products and quotients are rounded alike everywhere. |x| ≤ π.
double plain_sine(double x) {
  double term = x, sum = x;
  for (int k = 2; k < 34; k += 2) {
    term *= -x * x / (k * (k + 1));
    sum += term;
  }
  return sum;
}
double plain_cosine(double x) {
  double term = 1, sum = 1;
  for (int k = 1; k < 34; k += 2) {
    term *= -x * x / (k * (k + 1));
    sum += term;
  }
  return sum;
}
// e^−x for 0 ≤ x ≤ 16.
double plain_decay(double x) {
  const double part = x / 16;
  double term = 1, sum = 1;
  for (int k = 1; k < 24; ++k) {
    term *= part / k;
    sum += term;
  }
  for (int k = 0; k < 4; ++k) sum *= sum;
  return 1 / sum;
}

// A rectangle of a drawn area and aspect, where one of some tries fits.
Rectangle draw_rectangle(const Augmentation& a, const RandomStream& stream, int rows, int columns) {
  for (std::uint32_t k = 0; k < kTries; ++k) {
    const auto draw = [&](std::uint32_t element) {
      return static_cast<double>(stream.uniform(kFirstTry + 4 * k + element));
    };
    const double area = rows * columns * (a.erase_min + (a.erase_max - a.erase_min) * draw(0));
    const double aspect = kLeastAspect + (1 / kLeastAspect - kLeastAspect) * draw(1);
    const int high = static_cast<int>(std::sqrt(area * aspect) + 0.5),
              wide = static_cast<int>(std::sqrt(area / aspect) + 0.5);
    if (high < 1 || wide < 1 || high > rows || wide > columns) continue;
    return {static_cast<int>(draw(2) * (rows - high + 1)), static_cast<int>(draw(3) * (columns - wide + 1)),
            high, wide};
  }
  return {};
}

}  // namespace

Drawn draw_augmentation(const Augmentation& a, const AugmentPlace& place, int rows, int columns) {
  const RandomStream stream = augment_stream(place, 0);
  const auto within = [&](double most, std::uint32_t element) {
    return most > 0 ? most * (2 * static_cast<double>(stream.uniform(element)) - 1) : 0.0;
  };
  Drawn drawn{.rotation = within(a.rotation, 0),
              .zoom_rows = 1 + within(a.zoom, 1),
              .zoom_columns = 1 + within(a.zoom, 2),
              .shift_rows = rows * within(a.shift, 3),
              .shift_columns = columns * within(a.shift, 4),
              .shear = within(a.shear, 5),
              .erased = {}};
  if (a.erase > 0 && static_cast<double>(stream.uniform(kEraseElement)) < a.erase)
    drawn.erased = draw_rectangle(a, stream, rows, columns);
  return drawn;
}

AffineMap inverse_map(const Drawn& d, int rows, int columns) {
  const double cosine = plain_cosine(d.rotation * kPi / 180), sine = plain_sine(d.rotation * kPi / 180);
  const double lean = -plain_sine(d.shear * kPi / 180), upright = plain_cosine(d.shear * kPi / 180);
  const double middle_row = (rows - 1) / 2.0, middle_column = (columns - 1) / 2.0;
  // S Z = [zr, lean zc; 0, upright zc]
  const double rr = cosine * d.zoom_rows, rc = (cosine * lean - sine * upright) * d.zoom_columns;
  const double cr = sine * d.zoom_rows, cc = (sine * lean + cosine * upright) * d.zoom_columns;
  const double row = cosine * d.shift_rows - sine * d.shift_columns,
               column = sine * d.shift_rows + cosine * d.shift_columns;
  return {.row = {middle_row + row - rr * middle_row - rc * middle_column, rr, rc},
          .column = {middle_column + column - cr * middle_row - cc * middle_column, cr, cc}};
}

ElasticLayout elastic_layout(int rows, int columns) {
  const int pitch = (columns + 31) / 32 * 32;
  return {pitch, rows * pitch / 2};
}

double elastic_weight(double sigma, int distance) {
  const int radius = static_cast<int>(4 * sigma + 0.5);
  if (std::abs(distance) > radius) return 0;
  double sum = 1;
  for (int d = 1; d <= radius; ++d) sum += 2 * plain_decay(d * d / (2 * sigma * sigma));
  return plain_decay(distance * distance / (2 * sigma * sigma)) / sum;
}

}  // namespace synann::data
