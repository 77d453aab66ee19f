// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "engine/core/result.h"
#include "ui/pages/swap/swap_scene.h"

// The tables that the Swap page opens.
namespace synann::ui {

enum class SwapTable {
  None,
  Pairs,       // the columns of matched pairs
  Series,      // day and exposures
  TwoColumns,  // of any names, which could be something else as well
};
// By the header; reads no more than the beginning of the file.
SwapTable swapTableOf(const QString& file);

// Reads the file into the scene, whose figure becomes that of the table; an error leaves the scene as it is.
Status openPairs(const QString& file, SwapScene& scene);
Status openSeries(const QString& file, SwapScene& scene);

}  // namespace synann::ui
