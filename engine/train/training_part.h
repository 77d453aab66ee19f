// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/train/settings.h"

namespace synann::train {

// What of the data a run is trained on and measured with: without the images that the settings hold back,
// which are its validation set, and of the rest as many as they draw. Data of which that was taken already
// stay as they are. The digest stays that of the whole. Stateless; any thread. Errors: nothing would be left
// to train on; fewer images than are to be drawn.
Result<data::DataPairPtr> training_part(const data::DataPairPtr& whole, const Settings& settings);

}  // namespace synann::train
