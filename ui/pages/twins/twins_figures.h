// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <vector>

#include <QJsonObject>
#include <QString>

#include "engine/data/dataset.h"
#include "engine/runs/twins.h"
#include "ui/pages/page_table.h"
#include "ui/pages/view_options.h"
#include "ui/plots/figure.h"

// What is seen of two runs in lock-step.
namespace synann::ui {

// The views, as --view and files name them.
inline constexpr const char* kTwinLosses = "twins-loss";
inline constexpr const char* kTwinDifference = "twins-difference";
inline constexpr const char* kTwinDistance = "twins-beta";
inline constexpr const char* kTwinImages = "twins-images";

using TwinNames = std::array<QString, 2>;
// By what differs between them; "first" and "second" where nothing does.
TwinNames twinNames(const train::Settings& first, const train::Settings& second);
// "equal to the bit over 1,200 steps", "the losses differ from step 2 on"
QString divergenceWords(const runs::TwinTrace& trace);

// Of both, with the loss on the test set as points; of one where the other has none. Null without losses.
std::shared_ptr<const Figure> twinLossFigure(const runs::TwinTrace& trace, const TwinNames& names);
// How far apart the losses are at each step, on a logarithmic axis. Null before both have a step.
std::shared_ptr<const Figure> twinDifferenceFigure(const runs::TwinTrace& trace);
// How far apart the parameters are. Null where they share none.
std::shared_ptr<const Figure> twinDistanceFigure(const runs::TwinTrace& trace);
// Images of the test set that both give different classes, the first of them. Null where there is none.
std::shared_ptr<const Figure> twinImagesFigure(const std::vector<runs::TwinImage>& images,
                                               const data::DataPair& data);

// The data that a run, the first of the two, was trained on: those that are open, where they are the same,
// else found again by what its history remembers. Any thread. Errors: they are not there any more.
Result<data::DataPairPtr> twinsData(const train::StartInfo& start, const std::filesystem::path& first,
                                    const data::DataPairPtr& open);

// What an exported figure remembers.
QJsonObject twinsView(const QString& view, const std::array<std::filesystem::path, 2>& runs);

Status checkTwins(const ViewOptions& options);
// A view of two runs that were named with --history A,B, without a window.
Result<ShownFigure> twinsViewFigure(const ViewOptions& options);

}  // namespace synann::ui
