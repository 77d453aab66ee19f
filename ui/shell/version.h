// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace synann::ui {

QString programVersion();  // "0.1.0"
// The processor's instruction set that the engine computes with: "AVX-512".
QString instructionSet();

}  // namespace synann::ui
