// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/studio_options.h"

#include <algorithm>

namespace synann::ui {

bool isSurfaceView(const std::string& view) {
  return std::find(kSurfaceViews.begin(), kSurfaceViews.end(), view) != kSurfaceViews.end();
}

}  // namespace synann::ui
