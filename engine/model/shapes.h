// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/result.h"
#include "engine/model/description.h"

namespace synann::model {

// What a layer makes of what it sees; its `in` is known, and its `out` a number.
// Errors: `expected` and `found`, without `where`; a result of no rows or columns is no error here.
Result<Shape> result_shape(const Layer& layer);

}  // namespace synann::model
