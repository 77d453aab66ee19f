// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/exports/foreign_curve.h"

// Private to engine/exports: what the readers of other programs' curves share.
namespace synann::exports {

// Puts a curve in the order of its x, the last of equal ones, without what is not finite, and adds it;
// nothing where nothing is left of it.
void add_foreign_curve(ForeignRun& run, ForeignCurve curve);

}  // namespace synann::exports
