// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "engine/data/augment.h"

// Augmentation straight from its formulas, in double and pixel by pixel: what the fast one is held to.
namespace synann::testing {

inline double plain_pixel(std::span<const std::uint8_t> image, int rows, int columns, int row, int column) {
  if (row < 0 || row >= rows || column < 0 || column >= columns) return 0;
  return image[static_cast<std::size_t>(row * columns + column)];
}

// The image at a place between its pixels, black beyond the edges.
inline double plain_bilinear(std::span<const std::uint8_t> image, int rows, int columns, double row,
                             double column) {
  const int top = static_cast<int>(std::floor(row)), left = static_cast<int>(std::floor(column));
  double sum = 0;
  for (int r = top; r <= top + 1; ++r)
    for (int c = left; c <= left + 1; ++c)
      sum += (1 - std::abs(row - r)) * (1 - std::abs(column - c)) * plain_pixel(image, rows, columns, r, c);
  return sum;
}

// Noise of the elastic field, smoothed: [axis][row · columns + column].
inline std::vector<std::vector<double>> plain_field(const data::Augmentation& a,
                                                    const data::AugmentPlace& place, int rows, int columns) {
  const auto stream =
      random_stream(place.seed, Purpose::Augment, 1, place.image, static_cast<std::uint32_t>(place.epoch));
  const int pitch = (columns + 31) / 32 * 32;
  const auto blocks = static_cast<std::uint32_t>(rows * pitch / 2);
  const auto noise = [&](int axis, int row, int column) {
    const auto k = static_cast<std::uint32_t>((axis * rows + row) * pitch + column);
    return 2 * static_cast<double>(stream.uniform(4 * (k % blocks) + k / blocks)) - 1;
  };
  const int radius = static_cast<int>(4 * a.elastic_sigma + 0.5);
  const auto gauss = [&](int d) { return std::exp(-d * d / (2 * a.elastic_sigma * a.elastic_sigma)); };
  double all = 0;
  for (int d = -radius; d <= radius; ++d) all += gauss(d);
  std::vector<std::vector<double>> field(2);
  for (int axis = 0; axis < 2; ++axis)
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c) {
        double sum = 0;
        for (int i = 0; i < rows; ++i)
          for (int j = 0; j < columns; ++j)
            if (std::abs(i - r) <= radius && std::abs(j - c) <= radius)
              sum += gauss(i - r) * gauss(j - c) * noise(axis, i, j);
        field[static_cast<std::size_t>(axis)].push_back(a.elastic * sum / (all * all));
      }
  return field;
}

// [rows, columns], 0 … 255, not rounded.
inline std::vector<double> plain_augmented(std::span<const std::uint8_t> image, int rows, int columns,
                                           const data::Augmentation& a, const data::AugmentPlace& place) {
  const data::Drawn d = data::draw_augmentation(a, place, rows, columns);
  const double theta = d.rotation * std::numbers::pi / 180, phi = d.shear * std::numbers::pi / 180;
  const auto field =
      a.elastic > 0 ? plain_field(a, place, rows, columns) : std::vector<std::vector<double>>();
  std::vector<double> made;
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const double y = d.zoom_rows * (r - (rows - 1) / 2.0), x = d.zoom_columns * (c - (columns - 1) / 2.0);
      const double down = y - std::sin(phi) * x + d.shift_rows, right = std::cos(phi) * x + d.shift_columns;
      double row = (rows - 1) / 2.0 + std::cos(theta) * down - std::sin(theta) * right;
      double column = (columns - 1) / 2.0 + std::sin(theta) * down + std::cos(theta) * right;
      const auto k = static_cast<std::size_t>(r * columns + c);
      if (!field.empty()) row += field[0][k], column += field[1][k];
      const data::Rectangle& e = d.erased;
      const bool gone = r >= e.row && r < e.row + e.rows && c >= e.column && c < e.column + e.columns;
      made.push_back(gone ? 0 : plain_bilinear(image, rows, columns, row, column));
    }
  }
  return made;
}

}  // namespace synann::testing
