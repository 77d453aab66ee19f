// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/result.h"
#include "ui/shell/studio_options.h"

namespace synann::ui {

// Saves a picture of the window as it stands once it shows the run of the options, on the page they name, and
// leaves the person's settings alone. Needs a QApplication. Errors: no such page, a run that cannot be shown,
// a file that cannot be written.
Status saveWindowPicture(const StudioOptions& options);

}  // namespace synann::ui
