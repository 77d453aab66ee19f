// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/npy.h"

// NPZ archives as numpy.savez writes them: a ZIP of NPY files, not compressed.
namespace synann::io {

// One array of an archive, whose numbers come piece by piece.
struct NpzArray {
  std::string name;  // its key in NumPy
  NpyType type = NpyType::F32;
  std::vector<std::int64_t> shape;
  // The next bytes of the numbers, little-endian in C order; they hold until the next call. Is called until
  // the product of the shape has come, which must not be more or less.
  std::function<Result<std::span<const std::uint8_t>>()> next;
};

// An array of numbers that are at hand, which it keeps.
NpzArray npz_array(std::string name, std::vector<std::int64_t> shape, std::vector<float> values);
NpzArray npz_array(std::string name, std::vector<std::int64_t> shape, std::vector<double> values);
NpzArray npz_array(std::string name, std::vector<std::int64_t> shape, std::vector<std::int64_t> values);

// Writes the archive aside, then puts it into its place. Equal arrays give equal bytes. `progress` is told
// the share that is written, 0 to 1. Errors: of an array, of the file; Cancelled where it was stopped.
Status write_npz(const std::filesystem::path& path, std::vector<NpzArray> arrays, const std::stop_token& stop,
                 const std::function<void(double)>& progress);

}  // namespace synann::io
