// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/check/compare.h"
#include "engine/compute/cpu/kernels.h"

namespace synann::compute {

// The fused tier's convolutions with their pools against plain sums in double: maxima, and which of four sums
// they are, exact ties included.
CheckRow check_convolutions(const char* name, const fused::Kernels& kernels, Numbers& numbers);

}  // namespace synann::compute
