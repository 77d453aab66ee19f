// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/version.h"

#include "engine/compute/eigen/kernels.h"
#include "engine/core/version.h"

namespace synann::ui {

QString programVersion() {
  return QString::fromUtf8(kVersion);
}

QString instructionSet() {
  return QString::fromUtf8(compute::eigen::kernels().isa);
}

}  // namespace synann::ui
