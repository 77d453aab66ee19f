// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/train/synapse_frame.h"
#include "ui/pages/digits/digits_scene.h"
#include "ui/pages/view_options.h"
#include "ui/plots/shown_figure.h"

// The Digits page's figures without a window. Any thread.
namespace synann::ui {

std::vector<std::string> digitsViews();
Result<ShownFigure> digitsViewFigure(const ViewOptions& options);

// What an exported figure remembers: which moment of which run, and the scene.
QJsonObject digitsJson(const DigitsScene& scene, const train::SynapseFrame& frame,
                       const std::filesystem::path& run);

}  // namespace synann::ui
