// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/core/result.h"
#include "engine/data/content.h"

namespace synann::data {

// NumPy's archive of arrays, as Keras' mnist.npz: x_train and y_train, and x_test and y_test where there is a
// test part. Also train_images and train_labels with test_images and test_labels; and an archive of one array
// of images or of labels. Arrays are NPY files of integers, plain or deflated: images [count, rows, columns]
// or [count, rows, columns, 1] from 0 to 255, labels [count] or [count, 1] from 0 to 61. A pure function of a
// byte span; what an array takes is known and held against `limit` before it is read.
Result<Content> parse_npz(std::span<const std::uint8_t> bytes, std::string_view file, std::uint64_t limit);

}  // namespace synann::data
