// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QString>

namespace synann::ui {

// A run that was left, in a sentence: "Yesterday: SynaCNN stopped in epoch 13 of 80." Empty where the folder
// has no checkpoint that can be read. Reads the checkpoint's header alone.
QString lastRunWords(const std::filesystem::path& folder);

}  // namespace synann::ui
