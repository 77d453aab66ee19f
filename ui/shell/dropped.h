// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/core/result.h"

namespace synann::ui {

// What a person dropped on the window, and what is to be opened for it.
struct Dropped {
  enum class Kind { Data, Run, Figure, Model };
  Kind kind = Kind::Data;
  std::filesystem::path path;  // of a checkpoint and of a history: the folder of the run
};

// Told by what the folder holds, or by the first bytes of the file; data sets are only looked at where they
// are opened. Errors: what cannot be opened, and what to do instead.
Result<Dropped> recogniseDropped(const std::filesystem::path& path);

}  // namespace synann::ui
