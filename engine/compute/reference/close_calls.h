// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/description.h"

namespace synann::compute::reference {

// Max-pooling behind a convolution sends a window's whole gradient to one position, and the ReLU behind it
// passes or stops it: two decisions that float32 rounding can turn around where the best two sums of a
// window, or the best and zero, differ by less than they were rounded. A training path forks there. So such
// sums are added up again in double, written back, and set in the order of the doubles.
//
// One sample: x [conv.in], y [conv.result], w and b the convolution's parameters; `pool` is the MaxPool2d
// that follows, directly or behind a Dropout2d. Any thread.
void settle_close_calls(const model::Layer& conv, const model::Layer& pool, const float* x, const float* w,
                        const float* b, float* y);

// The MaxPool2d that settle_close_calls() needs for layer k, or null where k is no convolution before one.
const model::Layer* pool_behind(const model::Model& model, std::size_t k);

}  // namespace synann::compute::reference
