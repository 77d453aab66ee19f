// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The inner loops of augmentation, compiled once per instruction set from kernels_augment.cpp and bit for bit
// alike on all of them: every product and sum is rounded by itself. As in kernels.h nothing but plain
// pointers and numbers crosses this boundary.
namespace synann::compute::augment {

// A new image by bilinear interpolation of an old one, black beyond its edges. Pixel (r, c) of the new one is
// the old one's at (row[0] + row[1] r + row[2] c + row_field, column[0] + column[1] r + column[2] c +
// column_field), rounded to a byte. At most a million pixels.
struct Warp {
  const unsigned char* from;  // [rows, columns]
  unsigned char* to;          // [rows, columns]
  int rows, columns;
  const double *row, *column;             // [3]
  const float *row_field, *column_field;  // [rows, pitch]; both null: none
  int pitch;                              // of the fields
  unsigned char* padded;                  // scratch [(rows + 3)(columns + 3) + kSlack]
  unsigned* cells;                        // scratch [(rows + 2)(columns + 2) + kSlack]
};
inline constexpr int kSlack = 64;

struct Kernels {
  void (*warp)(const Warp&);
  // Word w of block b of a Philox stream, as a number in [−1, 1), at to[w · blocks + b]. blocks is a multiple
  // of 16.
  void (*noise)(unsigned long long seed, unsigned purpose, unsigned step, unsigned epoch, int blocks,
                float* to);
  // to[rows, columns] = a[rows, inner] b[inner, columns], summed from the first on; columns, the pitch of b
  // and of `to`, is a multiple of 32.
  void (*multiply)(const float* a, int a_pitch, const float* b, int rows, int inner, int columns, float* to);
};

}  // namespace synann::compute::augment
