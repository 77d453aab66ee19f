// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Plain numbers, so that the kernels of an instruction set may include it.
namespace synann::compute {

// Adam's numbers of one step: momentum += new1 (g − momentum), square = beta2 square + new2 g², value −= rate
// · momentum / (√square / correct2 + epsilon). The rate is divided by the first moment's bias correction.
struct AdamNumbers {
  float rate, new1, beta2, new2, correct2, epsilon;
};

}  // namespace synann::compute
