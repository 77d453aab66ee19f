// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/console.h"
#include "engine/compute/backend.h"

namespace synann::cli {

// The flag that ends a computation early; one for the program, which runs one command.
inline compute::CancelFlag& interrupt_flag() {
  static compute::CancelFlag flag;
  return flag;
}

// While alive, an interrupt sets interrupt_flag().
class CancelOnInterrupt {
 public:
  CancelOnInterrupt() {
    interrupt_flag();
  }  // made here: a signal handler must not be the first to ask for it

 private:
  InterruptGuard guard_{[] { interrupt_flag().set(); }};
};

}  // namespace synann::cli
