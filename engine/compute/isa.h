// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

// The instruction sets the kernels of this build are compiled for.
namespace synann::compute {

enum class Isa { Baseline, Avx2, Avx512 };

// Those this processor and operating system can run, the slowest first.
std::vector<Isa> available_isas();

// The fastest of them; the variable SYNANN_ISA=x86-64|avx2|avx512 forces a lower one (a higher one than the
// machine has is ignored). Chosen once.
Isa chosen_isa();

}  // namespace synann::compute
